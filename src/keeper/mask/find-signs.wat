;; Goes over text sixteen bytes at a step and stops where three bytes in a row could be those of a sign, or where as many
;; digits stand as only a long number has. What a sign is stands in six tables (window-classes.ts): a byte is in a class, which
;; is a bit, when both of its halves are, and three bytes could be a sign's when they share a class, each at its place.
;;
;; Memory: the text in the first page (64 KiB), the tables at the beginning of the second. The last step reads on behind the text.
(module
  (memory (export "memory") 2)

  ;; The first place in `at … end` to be looked at more closely, `end` or more if there is none; times two, plus one if a byte is
  ;; not ASCII of those before the place, or up to fifteen behind it. The text is not empty.
  (func (export "find") (param $at i32) (param $end i32) (result i32)
    (local $text v128) (local $low v128) (local $high v128) (local $seen v128)
    (local $first v128) (local $second v128) (local $firstBefore v128) (local $secondBefore v128)
    (local $low1 v128) (local $high1 v128) (local $low2 v128) (local $high2 v128) (local $low3 v128) (local $high3 v128)
    (local $digits i32) (local $runs i32) (local $found i32) (local $left i32)
    (local.set $low1 (v128.load (i32.const 65536)))
    (local.set $high1 (v128.load (i32.const 65552)))
    (local.set $low2 (v128.load (i32.const 65568)))
    (local.set $high2 (v128.load (i32.const 65584)))
    (local.set $low3 (v128.load (i32.const 65600)))
    (local.set $high3 (v128.load (i32.const 65616)))

    (loop $step
      (local.set $seen (v128.or (local.get $seen) (local.get $text)))
      (local.set $text (v128.load (local.get $at)))
      (local.set $low (v128.and (local.get $text) (v128.const i8x16 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15 15)))
      (local.set $high (i8x16.shr_u (local.get $text) (i32.const 4)))

      ;; Classes of bytes as the first and the second of three. Those of the step before are needed, too: three bytes are found
      ;; where the third is.
      (local.set $firstBefore (local.get $first))
      (local.set $secondBefore (local.get $second))
      (local.set $first
        (v128.and (i8x16.swizzle (local.get $low1) (local.get $low)) (i8x16.swizzle (local.get $high1) (local.get $high))))
      (local.set $second
        (v128.and (i8x16.swizzle (local.get $low2) (local.get $low)) (i8x16.swizzle (local.get $high2) (local.get $high))))
      (local.set $found
        (i32.xor
          (i32.const 0xffff)
          (i8x16.bitmask
            (i8x16.eq
              (v128.const i64x2 0 0)
              (v128.and
                (v128.and
                  (i8x16.shuffle 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 (local.get $firstBefore) (local.get $first))
                  (i8x16.shuffle 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 (local.get $secondBefore) (local.get $second)))
                (v128.and
                  (i8x16.swizzle (local.get $low3) (local.get $low))
                  (i8x16.swizzle (local.get $high3) (local.get $high))))))))

      ;; Digits of this step above those of the step before: bit 16 is the byte at `at`.
      (local.set $digits
        (i32.or
          (i32.shr_u (local.get $digits) (i32.const 16))
          (i32.shl
            (i8x16.bitmask
              (i8x16.le_u
                (i8x16.sub (local.get $text) (v128.const i8x16 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48 48))
                (v128.const i8x16 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9 9)))
            (i32.const 16))))
      ;; Where four digits begin, then where four more follow, at once or after one byte. Those that end in the step before
      ;; (begin below bit 8) were found there.
      (local.set $runs (i32.and (local.get $digits) (i32.shr_u (local.get $digits) (i32.const 1))))
      (local.set $runs (i32.and (local.get $runs) (i32.shr_u (local.get $runs) (i32.const 2))))
      (local.set $runs
        (i32.and
          (i32.and (local.get $runs) (i32.const -256))
          (i32.or (i32.shr_u (local.get $runs) (i32.const 4)) (i32.shr_u (local.get $runs) (i32.const 5)))))

      (local.set $found (i32.or (local.get $runs) (i32.shl (local.get $found) (i32.const 14))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $step (i32.and (i32.eqz (local.get $found)) (i32.lt_u (local.get $at) (local.get $end)))))

    ;; Of the last step only bytes of the text count.
    (local.set $left (i32.sub (local.get $end) (i32.sub (local.get $at) (i32.const 16))))
    (i32.or
      (i32.shl
        (select
          (i32.sub (i32.add (local.get $at) (i32.ctz (local.get $found))) (i32.const 32))
          (local.get $at)
          (local.get $found))
        (i32.const 1))
      (i32.ne
        (i32.or
          (i8x16.bitmask (local.get $seen))
          (i32.and
            (i8x16.bitmask (local.get $text))
            (select
              (i32.sub (i32.shl (i32.const 1) (local.get $left)) (i32.const 1))
              (i32.const 0xffff)
              (i32.lt_u (local.get $left) (i32.const 16)))))
        (i32.const 0))))
)
