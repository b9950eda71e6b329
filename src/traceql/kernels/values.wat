;; What becomes of the values in one cell: one series in one interval. A cell without any is no number.
;; Memory: a room (room.ts). Parameters are places in it, in bytes; cells and rows are lists as cells.wat makes them, not empty.
(module
  (import "room" "memory" (memory 1))

  ;; Values of the listed rows: their numbers, in another unit.
  (func (export "divide") (param $rows i32) (param $count i32) (param $numbers i32) (param $divisor f64) (param $values i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $rows) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (f64.store (local.get $values)
        (f64.div
          (f64.load (i32.add (local.get $numbers) (i32.shl (i32.load (local.get $rows)) (i32.const 3))))
          (local.get $divisor)))
      (local.set $values (i32.add (local.get $values) (i32.const 8)))
      (local.set $rows (i32.add (local.get $rows) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $rows) (local.get $end)))))

  ;; Values of the listed rows: what the table of numbers holds for their slots. Rows whose slot has a 0 in the table of bytes are
  ;; listed; says how many. What is not listed is written over.
  (func (export "lookUp") (param $rows i32) (param $count i32) (param $slots i32) (param $known i32) (param $table i32)
    (param $values i32) (param $list i32) (result i32)
    (local $end i32) (local $row i32) (local $slot i32) (local $first i32)
    (local.set $first (local.get $list))
    (local.set $end (i32.add (local.get $rows) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $row (i32.load (local.get $rows)))
      (local.set $slot (i32.load (i32.add (local.get $slots) (i32.shl (local.get $row) (i32.const 2)))))
      (f64.store (local.get $values) (f64.load (i32.add (local.get $table) (i32.shl (local.get $slot) (i32.const 3)))))
      (i32.store (local.get $list) (local.get $row))
      (local.set $list
        (i32.add
          (local.get $list)
          (i32.shl (i32.eqz (i32.load8_u (i32.add (local.get $known) (local.get $slot)))) (i32.const 2))))
      (local.set $values (i32.add (local.get $values) (i32.const 8)))
      (local.set $rows (i32.add (local.get $rows) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $rows) (local.get $end))))
    (i32.shr_u (i32.sub (local.get $list) (local.get $first)) (i32.const 2)))

  ;; Keeps the least value of each cell; with $sign -1 the greatest. What is no number is less than nothing.
  (func (export "pick") (param $cells i32) (param $count i32) (param $values i32) (param $best i32) (param $sign f64)
    (local $end i32) (local $cell i32) (local $value f64) (local $known f64)
    (local.set $end (i32.add (local.get $cells) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $cell (i32.add (local.get $best) (i32.shl (i32.load (local.get $cells)) (i32.const 3))))
      (local.set $value (f64.load (local.get $values)))
      (local.set $known (f64.load (local.get $cell)))
      (if
        (i32.or
          (f64.ne (local.get $known) (local.get $known))
          (f64.lt (f64.mul (local.get $value) (local.get $sign)) (f64.mul (local.get $known) (local.get $sign))))
        (then (f64.store (local.get $cell) (local.get $value))))
      (local.set $values (i32.add (local.get $values) (i32.const 8)))
      (local.set $cells (i32.add (local.get $cells) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $cells) (local.get $end)))))

  ;; Kahan's sums: what rounding took from a sum is in $lost. On what is no number, see over-time.ts.
  (func (export "sum") (param $cells i32) (param $count i32) (param $values i32) (param $sums i32) (param $lost i32)
    (local $end i32) (local $at i32) (local $lostAt i32) (local $value f64) (local $sum f64) (local $addend f64) (local $total f64)
    (local.set $end (i32.add (local.get $cells) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $at (i32.shl (i32.load (local.get $cells)) (i32.const 3)))
      (local.set $lostAt (i32.add (local.get $lost) (local.get $at)))
      (local.set $at (i32.add (local.get $sums) (local.get $at)))
      (local.set $value (f64.load (local.get $values)))
      (local.set $sum (f64.load (local.get $at)))
      (if (f64.ne (local.get $sum) (local.get $sum))
        (then (f64.store (local.get $at) (local.get $value)))
        (else
          (local.set $addend (f64.sub (local.get $value) (f64.load (local.get $lostAt))))
          (local.set $total (f64.add (local.get $sum) (local.get $addend)))
          (f64.store (local.get $lostAt)
            (if (result f64) (f64.eq (f64.abs (local.get $total)) (f64.const inf))
              (then (f64.const 0))
              (else
                (if (result f64) (f64.ge (f64.abs (local.get $addend)) (f64.abs (local.get $sum)))
                  (then (f64.add (f64.sub (local.get $addend) (local.get $total)) (local.get $sum)))
                  (else (f64.add (f64.sub (local.get $sum) (local.get $total)) (local.get $addend)))))))
          (f64.store (local.get $at) (local.get $total))))
      (local.set $values (i32.add (local.get $values) (i32.const 8)))
      (local.set $cells (i32.add (local.get $cells) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $cells) (local.get $end)))))

  ;; Means, each value weighed as one of those so far; what is no number is left out.
  (func (export "mean") (param $cells i32) (param $count i32) (param $values i32) (param $means i32) (param $weights i32)
    (local $end i32) (local $at i32) (local $weightAt i32) (local $value f64) (local $mean f64) (local $weight f64)
    (local.set $end (i32.add (local.get $cells) (i32.shl (local.get $count) (i32.const 2))))
    (loop $next
      (local.set $value (f64.load (local.get $values)))
      (if (f64.eq (local.get $value) (local.get $value))
        (then
          (local.set $at (i32.shl (i32.load (local.get $cells)) (i32.const 3)))
          (local.set $weightAt (i32.add (local.get $weights) (local.get $at)))
          (local.set $at (i32.add (local.get $means) (local.get $at)))
          (local.set $weight (f64.add (f64.load (local.get $weightAt)) (f64.const 1)))
          (local.set $mean (f64.load (local.get $at)))
          (f64.store (local.get $weightAt) (local.get $weight))
          (f64.store (local.get $at)
            (if (result f64) (f64.eq (local.get $weight) (f64.const 1))
              (then (local.get $value))
              (else
                (f64.add (local.get $mean)
                  (f64.div (f64.sub (local.get $value) (local.get $mean)) (local.get $weight))))))))
      (local.set $values (i32.add (local.get $values) (i32.const 8)))
      (local.set $cells (i32.add (local.get $cells) (i32.const 4)))
      (br_if $next (i32.lt_u (local.get $cells) (local.get $end)))))

  ;; Quantiles by interval of what was counted in buckets, as log2Quantile (log2.ts) finds them. $buckets has the place of the first
  ;; cell of each, smallest bucket first, and $powers its power of two. Of each interval $powersOut gets the power whose value is
  ;; the quantile, and $bucketsOut the bucket if it is just the largest value of one, plus one, or 0; -1 if nothing was counted.
  (func (export "quantile")
    (param $buckets i32) (param $count i32) (param $powers i32) (param $intervals i32) (param $quantile f64)
    (param $powersOut i32) (param $bucketsOut i32)
    (local $interval i32) (local $cell i32) (local $bucket i32) (local $found i32) (local $last i32) (local $lastPower f64)
    (local $high f64) (local $number f64) (local $total f64) (local $wanted f64) (local $seen f64)
    (loop $next
      (if (i32.lt_u (local.get $interval) (local.get $intervals))
        (then
          (local.set $cell (i32.shl (local.get $interval) (i32.const 2)))
          (local.set $total (f64.const 0))
          (local.set $bucket (i32.const 0))
          (loop $each
            (if (i32.lt_u (local.get $bucket) (local.get $count))
              (then
                (local.set $total
                  (f64.add
                    (local.get $total)
                    (f64.convert_i32_u
                      (i32.load
                        (i32.add
                          (i32.load (i32.add (local.get $buckets) (i32.shl (local.get $bucket) (i32.const 2))))
                          (local.get $cell))))))
                (local.set $bucket (i32.add (local.get $bucket) (i32.const 1)))
                (br $each))))
          (local.set $found (i32.const -1))
          (local.set $last (i32.const 0))
          (local.set $seen (f64.const 0))
          (local.set $bucket (i32.const 0))
          (local.set $wanted
            (f64.max (f64.const 1) (f64.ceil (f64.mul (local.get $quantile) (local.get $total)))))
          (block $done
            (br_if $done (f64.eq (local.get $total) (f64.const 0)))
            (loop $each
              (if (i32.lt_u (local.get $bucket) (local.get $count))
                (then
                  (local.set $number
                    (f64.convert_i32_u
                      (i32.load
                        (i32.add
                          (i32.load (i32.add (local.get $buckets) (i32.shl (local.get $bucket) (i32.const 2))))
                          (local.get $cell)))))
                  (if (f64.gt (local.get $number) (f64.const 0))
                    (then
                      (local.set $high (f64.load (i32.add (local.get $powers) (i32.shl (local.get $bucket) (i32.const 3)))))
                      (if (f64.gt (f64.add (local.get $seen) (local.get $number)) (local.get $wanted))
                        (then
                          (local.set $found (i32.const 0))
                          (if (i32.eqz (local.get $last))
                            (then (local.set $lastPower (f64.sub (local.get $high) (f64.const 1)))))
                          (f64.store
                            (local.get $powersOut)
                            (f64.add
                              (local.get $lastPower)
                              (f64.mul
                                (f64.sub (local.get $high) (local.get $lastPower))
                                (f64.div (f64.sub (local.get $wanted) (local.get $seen)) (local.get $number)))))
                          (br $done)))
                      (local.set $seen (f64.add (local.get $seen) (local.get $number)))
                      (local.set $last (i32.add (local.get $bucket) (i32.const 1)))
                      (local.set $lastPower (local.get $high))
                      (if (f64.eq (local.get $seen) (local.get $wanted))
                        (then
                          (local.set $found (local.get $last))
                          (br $done)))))
                  (local.set $bucket (i32.add (local.get $bucket) (i32.const 1)))
                  (br $each))))
            (local.set $found (local.get $last)))
          (i32.store (local.get $bucketsOut) (local.get $found))
          (local.set $powersOut (i32.add (local.get $powersOut) (i32.const 8)))
          (local.set $bucketsOut (i32.add (local.get $bucketsOut) (i32.const 4)))
          (local.set $interval (i32.add (local.get $interval) (i32.const 1)))
          (br $next)))))
)
