;; The walks of compare() over spans. The side and the interval of each stand in its slot: those of the baseline by interval, those
;; of the selection behind them, and what is left out behind both.
;; Memory is dealt out by compare-room.ts; parameters are places (bytes) in it. Totals have two words, those of the baseline and of the
;; selection; other tables have one. Of cells there is a word for each slot, and `places` say where those of a code begin.
(module
  (memory (export "memory") 1)

  ;; Says the slots of a block's rows, by marks of those that count and of those that are selected; returns how many spans of
  ;; the baseline and of the selection it found. Times are in nanoseconds after a point that is $base after the beginning of the
  ;; first interval, less a half, so that none is a multiple of the step. A number is rounded by adding another whose last bit is
  ;; worth one, as in cells.wat.
  (func (export "divide")
    (param $time i32) (param $end i32) (param $base f64) (param $mark i32) (param $selected i32)
    (param $perNs f64) (param $intervals i32) (param $slot i32) (result i32 i32)
    (local $isListed i32) (local $isOne i32) (local $listed i32) (local $ones i32)
    (loop $next
      (local.set $isListed (i32.load8_u (local.get $mark)))
      (local.set $isOne (i32.and (local.get $isListed) (i32.load8_u (local.get $selected))))
      (i32.store
        (local.get $slot)
        (select
          (i32.add
            (i32.wrap_i64
              (i64.reinterpret_f64
                (f64.add
                  (f64.sub
                    (f64.mul (f64.add (f64.load (local.get $time)) (local.get $base)) (local.get $perNs))
                    (f64.const 0.5))
                  (f64.const 6755399441055744))))
            (i32.mul (local.get $isOne) (local.get $intervals)))
          (i32.shl (local.get $intervals) (i32.const 1))
          (local.get $isListed)))
      (local.set $listed (i32.add (local.get $listed) (local.get $isListed)))
      (local.set $ones (i32.add (local.get $ones) (local.get $isOne)))
      (local.set $mark (i32.add (local.get $mark) (i32.const 1)))
      (local.set $selected (i32.add (local.get $selected) (i32.const 1)))
      (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
      (br_if $next (i32.lt_u (local.tee $time (i32.add (local.get $time) (i32.const 8))) (local.get $end))))
    (i32.sub (local.get $listed) (local.get $ones))
    (local.get $ones))

  ;; Counts codes, as if all were of the baseline.
  (func (export "count") (param $code i32) (param $end i32) (param $totals i32)
    (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $code) (local.get $end))
        (then
          (local.set $cell (i32.add (local.get $totals) (i32.shl (i32.load (local.get $code)) (i32.const 3))))
          (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
          (local.set $code (i32.add (local.get $code) (i32.const 4)))
          (br $next)))))

  ;; Lists the rows whose slot is one of $width from $from on; returns where the list ends. The slots are an even number; two are
  ;; passed over at once if neither is as large as $from: none reaches the highest bit when the distance from $from to that is added.
  (func (export "listRows")
    (param $slots i32) (param $end i32) (param $from i32) (param $width i32) (param $list i32) (result i32)
    (local $at i32) (local $lift i64)
    (local.set $at (local.get $slots))
    (local.set $lift
      (i64.mul (i64.extend_i32_u (i32.sub (i32.const 0x80000000) (local.get $from))) (i64.const 0x100000001)))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (if
            (i32.eqz
              (i64.eqz
                (i64.and
                  (i64.add (i64.load (local.get $at)) (local.get $lift))
                  (i64.const 0x8000000080000000))))
            (then
              (i32.store (local.get $list) (i32.shr_u (i32.sub (local.get $at) (local.get $slots)) (i32.const 2)))
              (local.set $list
                (i32.add
                  (local.get $list)
                  (i32.shl
                    (i32.lt_u (i32.sub (i32.load (local.get $at)) (local.get $from)) (local.get $width))
                    (i32.const 2))))
              (i32.store
                (local.get $list)
                (i32.add (i32.shr_u (i32.sub (local.get $at) (local.get $slots)) (i32.const 2)) (i32.const 1)))
              (local.set $list
                (i32.add
                  (local.get $list)
                  (i32.shl
                    (i32.lt_u (i32.sub (i32.load offset=4 (local.get $at)) (local.get $from)) (local.get $width))
                    (i32.const 2))))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next))))
    (local.get $list))

  ;; Says of listed rows what is added to their totals, both words at once: for the baseline, for the selection, for none. Then
  ;; nothing that follows has to wait for a branch that depends on a slot.
  (func (export "weigh")
    (param $row i32) (param $end i32) (param $slots i32) (param $intervals i32) (param $known i32) (param $by i32)
    (local $slot i32) (local $ofBaseline i64) (local $ofSelection i64) (local $ofNone i64)
    ;; To the upper word 1, and from the lower one 1 is taken if the span was counted there.
    (local.set $ofBaseline (i64.extend_i32_u (i32.eqz (local.get $known))))
    (local.set $ofSelection (i64.sub (i64.const 0x100000000) (i64.extend_i32_u (local.get $known))))
    (local.set $ofNone (i64.sub (i64.const 0) (i64.extend_i32_u (local.get $known))))
    (loop $next
      (if (i32.lt_u (local.get $row) (local.get $end))
        (then
          (local.set $slot
            (i32.load (i32.add (local.get $slots) (i32.shl (i32.load (local.get $row)) (i32.const 2)))))
          (i64.store
            (local.get $by)
            (select
              (local.get $ofBaseline)
              (select
                (local.get $ofSelection)
                (local.get $ofNone)
                (i32.lt_u (local.get $slot) (i32.shl (local.get $intervals) (i32.const 1))))
              (i32.lt_u (local.get $slot) (local.get $intervals))))
          (local.set $by (i32.add (local.get $by) (i32.const 8)))
          (local.set $row (i32.add (local.get $row) (i32.const 4)))
          (br $next)))))

  ;; Adds what was said of listed rows to the totals of their codes.
  (func (export "countListed")
    (param $row i32) (param $end i32) (param $by i32) (param $codes i32) (param $totals i32)
    (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $row) (local.get $end))
        (then
          (local.set $cell
            (i32.add
              (local.get $totals)
              (i32.shl
                (i32.load (i32.add (local.get $codes) (i32.shl (i32.load (local.get $row)) (i32.const 2))))
                (i32.const 3))))
          (i64.store (local.get $cell) (i64.add (i64.load (local.get $cell)) (i64.load (local.get $by))))
          (local.set $by (i32.add (local.get $by) (i32.const 8)))
          (local.set $row (i32.add (local.get $row) (i32.const 4)))
          (br $next)))))

  ;; The same for codes of which a row has several, at starts[row] up to starts[row + 1]. $ranges is for as many pairs of words as rows:
  ;; where they begin and end is looked up first, and then is at hand when a branch depends on it.
  (func (export "countSeveral")
    (param $row i32) (param $end i32) (param $by i32) (param $starts i32) (param $codes i32) (param $totals i32)
    (param $ranges i32)
    (local $at i32) (local $stop i32) (local $cell i32) (local $range i32)
    (local.set $range (local.get $ranges))
    (block $found
      (loop $next
        (br_if $found (i32.ge_u (local.get $row) (local.get $end)))
        (i64.store
          (local.get $range)
          (i64.load (i32.add (local.get $starts) (i32.shl (i32.load (local.get $row)) (i32.const 2)))))
        (local.set $range (i32.add (local.get $range) (i32.const 8)))
        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (br $next)))
    (local.set $end (local.get $range))
    (loop $next
      (if (i32.lt_u (local.get $ranges) (local.get $end))
        (then
          (local.set $at (i32.add (local.get $codes) (i32.shl (i32.load (local.get $ranges)) (i32.const 2))))
          (local.set $stop (i32.add (local.get $codes) (i32.shl (i32.load offset=4 (local.get $ranges)) (i32.const 2))))
          (loop $more
            (if (i32.lt_u (local.get $at) (local.get $stop))
              (then
                (local.set $cell (i32.add (local.get $totals) (i32.shl (i32.load (local.get $at)) (i32.const 3))))
                (i64.store (local.get $cell) (i64.add (i64.load (local.get $cell)) (i64.load (local.get $by))))
                (local.set $at (i32.add (local.get $at) (i32.const 4)))
                (br $more))))
          (local.set $by (i32.add (local.get $by) (i32.const 8)))
          (local.set $ranges (i32.add (local.get $ranges) (i32.const 8)))
          (br $next)))))

  ;; Adds totals to those of what their codes stand for.
  (func (export "addTotals") (param $code i32) (param $end i32) (param $total i32) (param $sums i32)
    (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $code) (local.get $end))
        (then
          (local.set $cell (i32.add (local.get $sums) (i32.shl (i32.load (local.get $code)) (i32.const 3))))
          (i64.store (local.get $cell) (i64.add (i64.load (local.get $cell)) (i64.load (local.get $total))))
          (local.set $total (i32.add (local.get $total) (i32.const 8)))
          (local.set $code (i32.add (local.get $code) (i32.const 4)))
          (br $next)))))

  ;; Adds the totals of paths to those that they extend, and to those of their steps: the first ones, and those behind them. Each
  ;; path extends one with a smaller number, or none (a negative number), by one step.
  (func (export "addUp")
    (param $path i32) (param $parents i32) (param $steps i32) (param $totals i32) (param $first i32) (param $later i32)
    (local $total i64) (local $parent i32) (local $cell i32)
    (loop $next
      (if (local.get $path)
        (then
          (local.set $path (i32.sub (local.get $path) (i32.const 1)))
          (local.set $total (i64.load (i32.add (local.get $totals) (i32.shl (local.get $path) (i32.const 3)))))
          (local.set $parent (i32.load (i32.add (local.get $parents) (i32.shl (local.get $path) (i32.const 2)))))
          (local.set $cell
            (i32.add
              (select (local.get $first) (local.get $later) (i32.lt_s (local.get $parent) (i32.const 0)))
              (i32.shl
                (i32.load (i32.add (local.get $steps) (i32.shl (local.get $path) (i32.const 2))))
                (i32.const 3))))
          (i64.store (local.get $cell) (i64.add (i64.load (local.get $cell)) (local.get $total)))
          (if (i32.ge_s (local.get $parent) (i32.const 0))
            (then
              (local.set $cell (i32.add (local.get $totals) (i32.shl (local.get $parent) (i32.const 3))))
              (i64.store (local.get $cell) (i64.add (i64.load (local.get $cell)) (local.get $total)))))
          (br $next)))))

  ;; Joins paths whose steps are the same ones: says for each path with a total the number that it has then, and for each number the
  ;; path that it extends, as number, and its step; returns how many there are. `firstSteps` and `laterSteps` say what step a step is
  ;; taken for. $table is for hashing, a power of two of words that are 0, of which $mask is one less.
  (func (export "joinPaths")
    (param $count i32) (param $parents i32) (param $steps i32) (param $totals i32)
    (param $firstSteps i32) (param $laterSteps i32) (param $table i32) (param $mask i32) (param $number i32) (param $joined i32)
    (result i32)
    (local $path i32) (local $parent i32) (local $key i64) (local $at i32) (local $found i32) (local $known i32)
    (loop $next
      (if (i32.lt_u (local.get $path) (local.get $count))
        (then
          (if (i32.eqz (i64.eqz (i64.load (i32.add (local.get $totals) (i32.shl (local.get $path) (i32.const 3))))))
            (then
              (local.set $parent (i32.load (i32.add (local.get $parents) (i32.shl (local.get $path) (i32.const 2)))))
              (local.set $key
                (i64.or
                  (i64.shl
                    (i64.load32_u
                      (i32.add
                        (select (local.get $firstSteps) (local.get $laterSteps) (i32.lt_s (local.get $parent) (i32.const 0)))
                        (i32.shl
                          (i32.load (i32.add (local.get $steps) (i32.shl (local.get $path) (i32.const 2))))
                          (i32.const 2))))
                    (i64.const 32))
                  (if (result i64) (i32.lt_s (local.get $parent) (i32.const 0))
                    (then (i64.const 0xffffffff))
                    (else
                      (i64.load32_u (i32.add (local.get $number) (i32.shl (local.get $parent) (i32.const 2))))))))
              (local.set $at
                (i32.wrap_i64
                  (i64.shr_u (i64.mul (local.get $key) (i64.const 0x9e3779b97f4a7c15)) (i64.const 33))))
              (loop $probe
                (local.set $at (i32.and (local.get $at) (local.get $mask)))
                (local.set $found (i32.load (i32.add (local.get $table) (i32.shl (local.get $at) (i32.const 2)))))
                (if (i32.eqz (local.get $found))
                  (then
                    (i64.store (i32.add (local.get $joined) (i32.shl (local.get $known) (i32.const 3))) (local.get $key))
                    (local.set $known (i32.add (local.get $known) (i32.const 1)))
                    (local.set $found (local.get $known))
                    (i32.store (i32.add (local.get $table) (i32.shl (local.get $at) (i32.const 2))) (local.get $found))))
                (if
                  (i64.ne
                    (i64.load
                      (i32.add
                        (local.get $joined)
                        (i32.shl (i32.sub (local.get $found) (i32.const 1)) (i32.const 3))))
                    (local.get $key))
                  (then
                    (local.set $at (i32.add (local.get $at) (i32.const 1)))
                    (br $probe))))
              (i32.store
                (i32.add (local.get $number) (i32.shl (local.get $path) (i32.const 2)))
                (i32.sub (local.get $found) (i32.const 1)))))
          (local.set $path (i32.add (local.get $path) (i32.const 1)))
          (br $next))))
    (local.get $known))

  ;; Marks the numbers of paths that have a total of their own: $ends, of which all are 0, says each one's place in the order in which
  ;; they are found, plus one. Replaces the numbers by those places, and returns how many there are.
  (func (export "numberEnds") (param $number i32) (param $end i32) (param $total i32) (param $ends i32) (result i32)
    (local $cell i32) (local $known i32)
    (loop $next
      (if (i32.lt_u (local.get $number) (local.get $end))
        (then
          (if (i32.eqz (i64.eqz (i64.load (local.get $total))))
            (then
              (local.set $cell (i32.add (local.get $ends) (i32.shl (i32.load (local.get $number)) (i32.const 2))))
              (if (i32.eqz (i32.load (local.get $cell)))
                (then
                  (local.set $known (i32.add (local.get $known) (i32.const 1)))
                  (i32.store (local.get $cell) (local.get $known))))
              (i32.store (local.get $number) (i32.sub (i32.load (local.get $cell)) (i32.const 1)))))
          (local.set $total (i32.add (local.get $total) (i32.const 8)))
          (local.set $number (i32.add (local.get $number) (i32.const 4)))
          (br $next))))
    (local.get $known))

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

  ;; Says where the cells of numbers begin, if $cells has $size bytes for each of $count numbers from $first on; those of all others
  ;; are behind them.
  (func (export "findCells")
    (param $number i32) (param $end i32) (param $first i32) (param $count i32) (param $cells i32) (param $size i32)
    (param $place i32)
    (local $at i32)
    (loop $next
      (if (i32.lt_u (local.get $number) (local.get $end))
        (then
          (local.set $at (i32.sub (i32.load (local.get $number)) (local.get $first)))
          (i32.store
            (local.get $place)
            (i32.add
              (local.get $cells)
              (i32.mul
                (select (local.get $at) (local.get $count) (i32.lt_u (local.get $at) (local.get $count)))
                (local.get $size))))
          (local.set $place (i32.add (local.get $place) (i32.const 4)))
          (local.set $number (i32.add (local.get $number) (i32.const 4)))
          (br $next)))))

  ;; Counts spans by slot in the cells of their codes; both are by row.
  (func (export "countCells") (param $slot i32) (param $end i32) (param $codes i32) (param $places i32)
    (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $slot) (local.get $end))
        (then
          (local.set $cell
            (i32.add
              (i32.load (i32.add (local.get $places) (i32.shl (i32.load (local.get $codes)) (i32.const 2))))
              (i32.shl (i32.load (local.get $slot)) (i32.const 2))))
          (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
          (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
          (local.set $codes (i32.add (local.get $codes) (i32.const 4)))
          (br $next)))))

  ;; The same for two codes of each span.
  (func (export "countBoth")
    (param $slot i32) (param $end i32) (param $codes i32) (param $places i32) (param $others i32) (param $otherPlaces i32)
    (local $cell i32) (local $behind i32)
    (loop $next
      (if (i32.lt_u (local.get $slot) (local.get $end))
        (then
          (local.set $behind (i32.shl (i32.load (local.get $slot)) (i32.const 2)))
          (local.set $cell
            (i32.add
              (i32.load (i32.add (local.get $places) (i32.shl (i32.load (local.get $codes)) (i32.const 2))))
              (local.get $behind)))
          (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
          (local.set $cell
            (i32.add
              (i32.load (i32.add (local.get $otherPlaces) (i32.shl (i32.load (local.get $others)) (i32.const 2))))
              (local.get $behind)))
          (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
          (local.set $slot (i32.add (local.get $slot) (i32.const 4)))
          (local.set $codes (i32.add (local.get $codes) (i32.const 4)))
          (local.set $others (i32.add (local.get $others) (i32.const 4)))
          (br $next)))))

  ;; Chains the places where codes stand: $links says of each where its code stood before, plus one, and whose it is; $last says of
  ;; each code where it stands last, plus one. What rows from $row on have is at starts[row] up to starts[row + 1].
  (func (export "chain")
    (param $row i32) (param $end i32) (param $starts i32) (param $codes i32) (param $links i32) (param $last i32)
    (param $totals i32)
    (local $at i32) (local $stop i32) (local $code i32) (local $cell i32)
    (loop $next
      (if (i32.lt_u (local.get $row) (local.get $end))
        (then
          (local.set $at (i32.load (i32.add (local.get $starts) (i32.shl (local.get $row) (i32.const 2)))))
          (local.set $stop (i32.load offset=4 (i32.add (local.get $starts) (i32.shl (local.get $row) (i32.const 2)))))
          (loop $more
            (if (i32.lt_u (local.get $at) (local.get $stop))
              (then
                (local.set $code (i32.load (i32.add (local.get $codes) (i32.shl (local.get $at) (i32.const 2)))))
                (local.set $cell (i32.add (local.get $totals) (i32.shl (local.get $code) (i32.const 3))))
                (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
                (local.set $code (i32.add (local.get $last) (i32.shl (local.get $code) (i32.const 2))))
                (local.set $cell (i32.add (local.get $links) (i32.shl (local.get $at) (i32.const 3))))
                (i32.store (local.get $cell) (i32.load (local.get $code)))
                (i32.store offset=4 (local.get $cell) (local.get $row))
                (local.set $at (i32.add (local.get $at) (i32.const 1)))
                (i32.store (local.get $code) (local.get $at))
                (br $more))))
          (local.set $row (i32.add (local.get $row) (i32.const 1)))
          (br $next)))))

  ;; Counts by slot the spans of chains. $list has two words for each: the place with which it ends, plus one, and its cells. All are
  ;; followed together, a link at a time, so that several links are on their way from memory at once; the list is used up.
  (func (export "countChains") (param $list i32) (param $end i32) (param $links i32) (param $slots i32)
    (local $at i32) (local $kept i32) (local $link i32) (local $cells i32) (local $cell i32)
    (loop $round
      (local.set $at (local.get $list))
      (local.set $kept (local.get $list))
      (block $done
        (loop $next
          (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
          (local.set $link (i32.load (local.get $at)))
          (local.set $cells (i32.load offset=4 (local.get $at)))
          (if (local.get $link)
            (then
              (local.set $link
                (i32.add (local.get $links) (i32.shl (i32.sub (local.get $link) (i32.const 1)) (i32.const 3))))
              (local.set $cell
                (i32.add
                  (local.get $cells)
                  (i32.shl
                    (i32.load
                      (i32.add (local.get $slots) (i32.shl (i32.load offset=4 (local.get $link)) (i32.const 2))))
                    (i32.const 2))))
              (i32.store (local.get $cell) (i32.add (i32.load (local.get $cell)) (i32.const 1)))
              (i32.store (local.get $kept) (i32.load (local.get $link)))
              (i32.store offset=4 (local.get $kept) (local.get $cells))
              (local.set $kept (i32.add (local.get $kept) (i32.const 8)))))
          (local.set $at (i32.add (local.get $at) (i32.const 8)))
          (br $next)))
      (local.set $end (local.get $kept))
      (br_if $round (i32.lt_u (local.get $list) (local.get $end)))))

  ;; Adds counts to sums, two at a step: none is so large that it would be carried over.
  (func (export "add") (param $sum i32) (param $end i32) (param $count i32)
    (loop $next
      (if (i32.lt_u (local.get $sum) (local.get $end))
        (then
          (i64.store (local.get $sum) (i64.add (i64.load (local.get $sum)) (i64.load (local.get $count))))
          (local.set $sum (i32.add (local.get $sum) (i32.const 8)))
          (local.set $count (i32.add (local.get $count) (i32.const 8)))
          (br $next)))))

  ;; Takes counts away from others that are no smaller, two at a step.
  (func (export "takeAway") (param $sum i32) (param $end i32) (param $count i32)
    (loop $next
      (if (i32.lt_u (local.get $sum) (local.get $end))
        (then
          (i64.store (local.get $sum) (i64.sub (i64.load (local.get $sum)) (i64.load (local.get $count))))
          (local.set $sum (i32.add (local.get $sum) (i32.const 8)))
          (local.set $count (i32.add (local.get $count) (i32.const 8)))
          (br $next)))))

  ;; Lists the pairs from $pair up to $end whose total on either side is more than is enough for their key, and returns where the
  ;; list ends.
  (func (export "listPairs")
    (param $pair i32) (param $end i32) (param $totals i32) (param $keys i32) (param $enough i32) (param $list i32) (result i32)
    (local $total i64) (local $least i64)
    (local.set $totals (i32.add (local.get $totals) (i32.shl (local.get $pair) (i32.const 3))))
    (local.set $keys (i32.add (local.get $keys) (i32.shl (local.get $pair) (i32.const 2))))
    (loop $next
      (if (i32.lt_u (local.get $pair) (local.get $end))
        (then
          (local.set $total (i64.load (local.get $totals)))
          (local.set $least
            (i64.load (i32.add (local.get $enough) (i32.shl (i32.load (local.get $keys)) (i32.const 3)))))
          (if
            (i32.or
              (i32.gt_u (i32.wrap_i64 (local.get $total)) (i32.wrap_i64 (local.get $least)))
              (i64.gt_u
                (i64.shr_u (local.get $total) (i64.const 32))
                (i64.shr_u (local.get $least) (i64.const 32))))
            (then
              (i32.store (local.get $list) (local.get $pair))
              (local.set $list (i32.add (local.get $list) (i32.const 4)))))
          (local.set $totals (i32.add (local.get $totals) (i32.const 8)))
          (local.set $keys (i32.add (local.get $keys) (i32.const 4)))
          (local.set $pair (i32.add (local.get $pair) (i32.const 1)))
          (br $next))))
    (local.get $list))
)
