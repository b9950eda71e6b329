;; Kernels that take many rows at a step, for processors that can; they do the same as those of compare.wat and marks.wat.
;; Memory and parameters are as there.
(module
  (import "room" "memory" (memory 1))

  ;; As in compare.wat, four rows at a step: room for that many is there, and those behind the last have no marks.
  (func (export "divide")
    (param $time i32) (param $end i32) (param $base f64) (param $mark i32) (param $selected i32)
    (param $perNs f64) (param $intervals i32) (param $slot i32) (result i32 i32)
    (local $listed v128) (local $ones v128) (local $allListed v128) (local $allOnes v128)
    (local $bases v128) (local $scale v128) (local $half v128) (local $round v128)
    (local.set $bases (f64x2.splat (local.get $base)))
    (local.set $scale (f64x2.splat (local.get $perNs)))
    (local.set $half (f64x2.splat (f64.const 0.5)))
    (local.set $round (f64x2.splat (f64.const 6755399441055744)))
    (loop $next
      (local.set $listed
        (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $mark)))))
      (local.set $ones
        (v128.and
          (local.get $listed)
          (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (v128.load32_zero (local.get $selected))))))
      (v128.store
        (local.get $slot)
        (v128.bitselect
          (i32x4.splat (i32.shl (local.get $intervals) (i32.const 1)))
          (i32x4.add
            (i8x16.shuffle 0 1 2 3 8 9 10 11 16 17 18 19 24 25 26 27
              (f64x2.add
                (f64x2.sub
                  (f64x2.mul (f64x2.add (v128.load (local.get $time)) (local.get $bases)) (local.get $scale))
                  (local.get $half))
                (local.get $round))
              (f64x2.add
                (f64x2.sub
                  (f64x2.mul (f64x2.add (v128.load offset=16 (local.get $time)) (local.get $bases)) (local.get $scale))
                  (local.get $half))
                (local.get $round)))
            (i32x4.mul (local.get $ones) (i32x4.splat (local.get $intervals))))
          (i32x4.eq (local.get $listed) (i32x4.splat (i32.const 0)))))
      (local.set $allListed (i32x4.add (local.get $allListed) (local.get $listed)))
      (local.set $allOnes (i32x4.add (local.get $allOnes) (local.get $ones)))
      (local.set $mark (i32.add (local.get $mark) (i32.const 4)))
      (local.set $selected (i32.add (local.get $selected) (i32.const 4)))
      (local.set $slot (i32.add (local.get $slot) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $time (i32.add (local.get $time) (i32.const 32))) (local.get $end))))
    (local.set $allListed (i32x4.sub (local.get $allListed) (local.get $allOnes)))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $allListed)) (i32x4.extract_lane 1 (local.get $allListed)))
      (i32.add (i32x4.extract_lane 2 (local.get $allListed)) (i32x4.extract_lane 3 (local.get $allListed))))
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $allOnes)) (i32x4.extract_lane 1 (local.get $allOnes)))
      (i32.add (i32x4.extract_lane 2 (local.get $allOnes)) (i32x4.extract_lane 3 (local.get $allOnes)))))

  ;; As keepByteBit in marks.wat, sixteen rows at a step: room for that many is there. Slots from 16 on are taken for unknown.
  (func (export "keepSmallBit")
    (param $marks i32) (param $size i32) (param $slots i32) (param $table i32) (param $bit i32) (result i32)
    (local $end i32) (local $verdicts v128) (local $known v128) (local $unknown v128)
    (local.set $end (i32.add (local.get $marks) (local.get $size)))
    (local.set $verdicts (v128.load (local.get $table)))
    (loop $next
      (local.set $known (i8x16.swizzle (local.get $verdicts) (v128.load (local.get $slots))))
      (v128.store (local.get $marks)
        (v128.and (v128.load (local.get $marks)) (i8x16.shr_u (local.get $known) (local.get $bit))))
      (local.set $unknown
        (v128.or (local.get $unknown) (i8x16.eq (local.get $known) (v128.const i64x2 0 0))))
      (local.set $slots (i32.add (local.get $slots) (i32.const 16)))
      (local.set $marks (i32.add (local.get $marks) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $marks) (local.get $end))))
    (i32.eqz (v128.any_true (local.get $unknown))))

  ;; As in compare.wat, two pairs at a step; that behind the last has a key of which nothing is enough.
  (func (export "listPairs")
    (param $pair i32) (param $end i32) (param $totals i32) (param $keys i32) (param $enough i32) (param $list i32) (result i32)
    (local $both i64) (local $more i32)
    (local.set $totals (i32.add (local.get $totals) (i32.shl (local.get $pair) (i32.const 3))))
    (local.set $keys (i32.add (local.get $keys) (i32.shl (local.get $pair) (i32.const 2))))
    (loop $next
      (if (i32.lt_u (local.get $pair) (local.get $end))
        (then
          (local.set $both (i64.load (local.get $keys)))
          (local.set $more
            (i64x2.bitmask
              (i64x2.ne
                (i32x4.gt_u
                  (v128.load (local.get $totals))
                  (v128.load64_lane 1
                    (i32.add
                      (local.get $enough)
                      (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $both) (i64.const 32))) (i32.const 3)))
                    (v128.load64_zero
                      (i32.add (local.get $enough) (i32.shl (i32.wrap_i64 (local.get $both)) (i32.const 3))))))
                (v128.const i64x2 0 0))))
          (if (local.get $more)
            (then
              (i32.store (local.get $list) (local.get $pair))
              (local.set $list
                (i32.add (local.get $list) (i32.shl (i32.and (local.get $more) (i32.const 1)) (i32.const 2))))
              (i32.store (local.get $list) (i32.add (local.get $pair) (i32.const 1)))
              (local.set $list
                (i32.add (local.get $list) (i32.shl (i32.shr_u (local.get $more) (i32.const 1)) (i32.const 2))))))
          (local.set $totals (i32.add (local.get $totals) (i32.const 16)))
          (local.set $keys (i32.add (local.get $keys) (i32.const 8)))
          (local.set $pair (i32.add (local.get $pair) (i32.const 2)))
          (br $next))))
    (local.get $list))
)
