;; Which cell each span of a block belongs to: one of its series, which a key decides, and of the interval that it started in.
;; Memory: a room (room.ts). Parameters are places in it, in bytes. There is at least one row.
(module
  (import "room" "memory" (memory 1))

  ;; Makes one key of the key so far and the slot of one more column; $more is added.
  (func (export "join") (param $keys i32) (param $size i32) (param $factor i32) (param $slots i32) (param $more i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $keys) (i32.shl (local.get $size) (i32.const 2))))
    (loop $row
      (i32.store (local.get $keys)
        (i32.add
          (i32.mul (i32.load (local.get $keys)) (local.get $factor))
          (i32.add (i32.load (local.get $slots)) (local.get $more))))
      (local.set $slots (i32.add (local.get $slots) (i32.const 4)))
      (local.set $keys (i32.add (local.get $keys) (i32.const 4)))
      (br_if $row (i32.lt_u (local.get $keys) (local.get $end)))))

  ;; The power of two that a whole number below 2^64 is rounded up to, plus one; 0 for those below 2. It is the number of binary
  ;; digits of the number before.
  (func (export "powers") (param $numbers i32) (param $size i32) (param $slots i32)
    (local $end i32) (local $number i64)
    (local.set $end (i32.add (local.get $numbers) (i32.shl (local.get $size) (i32.const 3))))
    (loop $row
      (local.set $number (i64.trunc_sat_f64_u (f64.load (local.get $numbers))))
      (i32.store (local.get $slots)
        (select
          (i32.sub (i32.const 65) (i32.wrap_i64 (i64.clz (i64.sub (local.get $number) (i64.const 1)))))
          (i32.const 0)
          (i64.gt_u (local.get $number) (i64.const 1))))
      (local.set $slots (i32.add (local.get $slots) (i32.const 4)))
      (local.set $numbers (i32.add (local.get $numbers) (i32.const 8)))
      (br_if $row (i32.lt_u (local.get $numbers) (local.get $end)))))

  ;; The interval that each span started in, counted from a point in time; a nanosecond is $perNs intervals. Intervals hold their
  ;; end. Whole numbers less a half are nowhere near a multiple of the step, so the product is on the right side of it, and half
  ;; an interval less is rounded to the number of the interval; added to 2^52 + 2^51, that is in the low bits.
  (func (export "intervals") (param $seconds i32) (param $size i32) (param $nanos i32)
    (param $fromSec f64) (param $fromNano f64) (param $perNs f64) (param $intervals i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $seconds) (i32.shl (local.get $size) (i32.const 3))))
    (loop $row
      (i64.store32 (local.get $intervals)
        (i64.reinterpret_f64
          (f64.add
            (f64.sub
              (f64.mul
                (f64.sub
                  (f64.add
                    (f64.mul (f64.sub (f64.load (local.get $seconds)) (local.get $fromSec)) (f64.const 1e9))
                    (f64.sub (f64.convert_i32_s (i32.load (local.get $nanos))) (local.get $fromNano)))
                  (f64.const 0.5))
                (local.get $perNs))
              (f64.const 0.5))
            (f64.const 6755399441055744))))
      (local.set $nanos (i32.add (local.get $nanos) (i32.const 4)))
      (local.set $intervals (i32.add (local.get $intervals) (i32.const 4)))
      (local.set $seconds (i32.add (local.get $seconds) (i32.const 8)))
      (br_if $row (i32.lt_u (local.get $seconds) (local.get $end)))))

  ;; Lists the cells of the marked rows whose key has a place other than 0, and the rows; the other marked rows in a list of their
  ;; own. Says how many the former are, plus 65,536 times how many the latter. The cell is as far behind the place as the interval
  ;; says. Without branches: which way they go is hard to foresee. What is not kept is written over.
  (func (export "place") (param $marks i32) (param $size i32) (param $keys i32) (param $places i32) (param $intervals i32)
    (param $cells i32) (param $rows i32) (param $others i32) (result i32)
    (local $row i32) (local $place i32) (local $mark i32) (local $firstRow i32) (local $firstOther i32)
    (local.set $firstRow (local.get $rows))
    (local.set $firstOther (local.get $others))
    (loop $next
      (local.set $place (i32.load (i32.add (local.get $places) (i32.shl (i32.load (local.get $keys)) (i32.const 2)))))
      (local.set $mark (i32.shl (i32.load8_u (i32.add (local.get $marks) (local.get $row))) (i32.const 2)))
      (i32.store (local.get $cells) (i32.add (local.get $place) (i32.load (local.get $intervals))))
      (i32.store (local.get $rows) (local.get $row))
      (i32.store (local.get $others) (local.get $row))
      (local.set $others
        (i32.add (local.get $others) (select (i32.const 0) (local.get $mark) (local.get $place))))
      (local.set $mark (select (local.get $mark) (i32.const 0) (local.get $place)))
      (local.set $cells (i32.add (local.get $cells) (local.get $mark)))
      (local.set $rows (i32.add (local.get $rows) (local.get $mark)))
      (local.set $keys (i32.add (local.get $keys) (i32.const 4)))
      (local.set $intervals (i32.add (local.get $intervals) (i32.const 4)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $size))))
    (i32.or
      (i32.shr_u (i32.sub (local.get $rows) (local.get $firstRow)) (i32.const 2))
      (i32.shl (i32.sub (local.get $others) (local.get $firstOther)) (i32.const 14))))

  ;; Adds one to the cells of the marked rows, which are as far behind the places of their keys as the interval says. Those whose
  ;; place is 0 are listed, too; says how many. Without branches, as above: what is not marked adds 0.
  (func (export "count") (param $marks i32) (param $size i32) (param $keys i32) (param $places i32) (param $intervals i32)
    (param $counts i32) (param $others i32) (result i32)
    (local $row i32) (local $place i32) (local $mark i32) (local $cell i32) (local $first i32)
    (local.set $first (local.get $others))
    (loop $next
      (local.set $place (i32.load (i32.add (local.get $places) (i32.shl (i32.load (local.get $keys)) (i32.const 2)))))
      (local.set $mark (i32.load8_u (i32.add (local.get $marks) (local.get $row))))
      (local.set $cell
        (i32.add
          (local.get $counts)
          (i32.shl (i32.add (local.get $place) (i32.load (local.get $intervals))) (i32.const 2))))
      (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (local.get $mark)))
      (i32.store (local.get $others) (local.get $row))
      (local.set $others
        (i32.add (local.get $others) (i32.shl (i32.and (local.get $mark) (i32.eqz (local.get $place))) (i32.const 2))))
      (local.set $keys (i32.add (local.get $keys) (i32.const 4)))
      (local.set $intervals (i32.add (local.get $intervals) (i32.const 4)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $size))))
    (i32.shr_u (i32.sub (local.get $others) (local.get $first)) (i32.const 2)))
)
