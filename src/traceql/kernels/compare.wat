;; The walks of compare() over its list of spans: each has its row and, four bytes behind that, its interval.
;; Memory is dealt out by compare-room.ts; parameters are places (bytes) in it. Tables hold words: totals and cells are counts,
;; `places` say where the cells of a code begin, one word for each interval.
(module
  (memory (export "memory") 1)

  ;; Lists the marked rows of a block, those selected as ones, the rest as others, with their intervals; returns where both lists
  ;; end. Each row is written to both: which way they go is hard to foresee, and what is written too much is written over.
  (func (export "divide")
    (param $row i32) (param $to i32) (param $sec i32) (param $nano i32) (param $mark i32) (param $selected i32)
    (param $fromSec f64) (param $fromNano f64) (param $perNs f64) (param $one i32) (param $other i32) (result i32 i32)
    (local $span i64) (local $isListed i32) (local $isOne i32)
    (loop $next
      (local.set $span
        (i64.or
          (i64.extend_i32_u (local.get $row))
          (i64.shl
            (i64.extend_i32_u
              (i32.trunc_sat_f64_s
                (f64.mul
                  (f64.sub
                    (f64.add
                      (f64.mul (f64.sub (f64.load (local.get $sec)) (local.get $fromSec)) (f64.const 1e9))
                      (f64.sub (f64.convert_i32_u (i32.load (local.get $nano))) (local.get $fromNano)))
                    (f64.const 0.5))
                  (local.get $perNs))))
            (i64.const 32))))
      (local.set $isListed (i32.load8_u (local.get $mark)))
      (local.set $isOne (i32.and (local.get $isListed) (i32.load8_u (local.get $selected))))
      (i64.store (local.get $one) (local.get $span))
      (i64.store (local.get $other) (local.get $span))
      (local.set $one (i32.add (local.get $one) (i32.shl (local.get $isOne) (i32.const 3))))
      (local.set $other
        (i32.add (local.get $other) (i32.shl (i32.sub (local.get $isListed) (local.get $isOne)) (i32.const 3))))
      (local.set $sec (i32.add (local.get $sec) (i32.const 8)))
      (local.set $nano (i32.add (local.get $nano) (i32.const 4)))
      (local.set $mark (i32.add (local.get $mark) (i32.const 1)))
      (local.set $selected (i32.add (local.get $selected) (i32.const 1)))
      (br_if $next (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 1))) (local.get $to))))
    (local.get $one)
    (local.get $other))

  ;; Replaces each code by what a table says of it.
  (func (export "lookUp") (param $code i32) (param $end i32) (param $table i32)
    (loop $next
      (if (i32.lt_u (local.get $code) (local.get $end))
        (then
          (i32.store
            (local.get $code)
            (i32.load (i32.add (local.get $table) (i32.shl (i32.load (local.get $code)) (i32.const 2)))))
          (local.set $code (i32.add (local.get $code) (i32.const 4)))
          (br $next)))))

  ;; Counts the codes of spans; `codes` are by row.
  (func (export "countCodes") (param $span i32) (param $end i32) (param $codes i32) (param $totals i32)
    (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $span) (local.get $end))
        (then
          (local.set $cell
            (i32.add
              (local.get $totals)
              (i32.shl
                (i32.load (i32.add (local.get $codes) (i32.shl (i32.load (local.get $span)) (i32.const 2))))
                (i32.const 2))))
          (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
          (local.set $span (i32.add (local.get $span) (i32.const 8)))
          (br $next)))))

  ;; Counts them by interval.
  (func (export "countCells") (param $span i32) (param $end i32) (param $codes i32) (param $places i32)
    (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $span) (local.get $end))
        (then
          (local.set $cell
            (i32.add
              (i32.load
                (i32.add
                  (local.get $places)
                  (i32.shl
                    (i32.load (i32.add (local.get $codes) (i32.shl (i32.load (local.get $span)) (i32.const 2))))
                    (i32.const 2))))
              (i32.shl (i32.load offset=4 (local.get $span)) (i32.const 2))))
          (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
          (local.set $span (i32.add (local.get $span) (i32.const 8)))
          (br $next)))))

  ;; Counts the codes of which spans have several: those of a row are at starts[row] up to starts[row + 1].
  (func (export "countSeveral") (param $span i32) (param $end i32) (param $starts i32) (param $codes i32) (param $totals i32)
    (local $at i32) (local $stop i32) (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $span) (local.get $end))
        (then
          (local.set $at (i32.load (i32.add (local.get $starts) (i32.shl (i32.load (local.get $span)) (i32.const 2)))))
          (local.set $stop
            (i32.load
              (i32.add
                (i32.add (local.get $starts) (i32.const 4))
                (i32.shl (i32.load (local.get $span)) (i32.const 2)))))
          (loop $more
            (if (i32.lt_u (local.get $at) (local.get $stop))
              (then
                (local.set $cell
                  (i32.add
                    (local.get $totals)
                    (i32.shl
                      (i32.load (i32.add (local.get $codes) (i32.shl (local.get $at) (i32.const 2))))
                      (i32.const 2))))
                (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $more))))
          (local.set $span (i32.add (local.get $span) (i32.const 8)))
          (br $next)))))

  ;; Counts by interval those of them whose flag is set. Flags are bytes in a table of their own: a small one is read faster.
  (func (export "countFlagged")
    (param $span i32) (param $end i32) (param $starts i32) (param $codes i32) (param $flags i32) (param $places i32)
    (local $at i32) (local $stop i32) (local $cell i32) (local $code i32)
    (loop $next
      (if (i32.lt_u (local.get $span) (local.get $end))
        (then
          (local.set $at (i32.load (i32.add (local.get $starts) (i32.shl (i32.load (local.get $span)) (i32.const 2)))))
          (local.set $stop
            (i32.load
              (i32.add
                (i32.add (local.get $starts) (i32.const 4))
                (i32.shl (i32.load (local.get $span)) (i32.const 2)))))
          (loop $more
            (if (i32.lt_u (local.get $at) (local.get $stop))
              (then
                (local.set $code (i32.load (i32.add (local.get $codes) (i32.shl (local.get $at) (i32.const 2)))))
                (if (i32.load8_u (i32.add (local.get $flags) (local.get $code)))
                  (then
                    (local.set $cell
                      (i32.add
                        (i32.load (i32.add (local.get $places) (i32.shl (local.get $code) (i32.const 2))))
                        (i32.shl (i32.load offset=4 (local.get $span)) (i32.const 2))))
                    (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (br $more))))
          (local.set $span (i32.add (local.get $span) (i32.const 8)))
          (br $next)))))

  ;; Adds counts to sums, two at a step: none is so large that it would be carried over.
  (func (export "add") (param $sum i32) (param $end i32) (param $count i32)
    (loop $next
      (if (i32.lt_u (local.get $sum) (local.get $end))
        (then
          (i64.store (local.get $sum) (i64.add (i64.load (local.get $sum)) (i64.load (local.get $count))))
          (local.set $sum (i32.add (local.get $sum) (i32.const 8)))
          (local.set $count (i32.add (local.get $count) (i32.const 8)))
          (br $next)))))

  ;; Adds the totals of paths to those that they extend, and to those of their steps: the first ones, and those behind them. Each
  ;; path extends one with a smaller number, or none (a negative number), by one step.
  (func (export "addUp")
    (param $path i32) (param $parents i32) (param $steps i32) (param $totals i32) (param $first i32) (param $later i32)
    (local $total i32) (local $parent i32) (local $cell i32)
    (loop $next
      (if (local.get $path)
        (then
          (local.set $path (i32.sub (local.get $path) (i32.const 1)))
          (local.set $total (i32.load (i32.add (local.get $totals) (i32.shl (local.get $path) (i32.const 2)))))
          (local.set $parent (i32.load (i32.add (local.get $parents) (i32.shl (local.get $path) (i32.const 2)))))
          (local.set $cell
            (i32.add
              (select (local.get $first) (local.get $later) (i32.lt_s (local.get $parent) (i32.const 0)))
              (i32.shl
                (i32.load (i32.add (local.get $steps) (i32.shl (local.get $path) (i32.const 2))))
                (i32.const 2))))
          (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (local.get $total)))
          (if (i32.ge_s (local.get $parent) (i32.const 0))
            (then
              (local.set $cell (i32.add (local.get $totals) (i32.shl (local.get $parent) (i32.const 2))))
              (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (local.get $total)))))
          (br $next)))))

  ;; Lists the pairs from $pair up to $end that may be shown, and returns where the list ends: those with a value and a total
  ;; that is more than is enough for their key, or with a value that always counts, for its type or for itself.
  (func (export "listPairs")
    (param $pair i32) (param $end i32) (param $totals i32) (param $keys i32) (param $values i32) (param $types i32)
    (param $enough i32) (param $alwaysType i32) (param $alwaysValue i32) (param $list i32) (result i32)
    (local $at i32) (local $total i32) (local $value i32)
    (loop $next
      (if (i32.lt_u (local.get $pair) (local.get $end))
        (then
          (local.set $at (i32.shl (local.get $pair) (i32.const 2)))
          (local.set $total (i32.load (i32.add (local.get $totals) (local.get $at))))
          (local.set $value (i32.load (i32.add (local.get $values) (local.get $at))))
          (if
            (i32.and
              (i32.and (i32.ne (local.get $total) (i32.const 0)) (i32.ge_s (local.get $value) (i32.const 0)))
              (i32.or
                (i32.gt_u
                  (local.get $total)
                  (i32.load offset=4
                    (i32.add
                      (local.get $enough)
                      (i32.shl (i32.load (i32.add (local.get $keys) (local.get $at))) (i32.const 2)))))
                (i32.or
                  (i32.eq (local.get $value) (local.get $alwaysValue))
                  (i32.eq
                    (i32.load8_u
                      (i32.add
                        (local.get $types)
                        (select (local.get $value) (i32.const 0) (i32.ge_s (local.get $value) (i32.const 0)))))
                    (local.get $alwaysType)))))
            (then
              (i32.store (local.get $list) (local.get $pair))
              (local.set $list (i32.add (local.get $list) (i32.const 4)))))
          (local.set $pair (i32.add (local.get $pair) (i32.const 1)))
          (br $next))))
    (local.get $list))
)
