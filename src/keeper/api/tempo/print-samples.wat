;; Puts the values of a series between the texts that all its samples have. Each sample gets a comma behind it, NaN has none.
;;
;; Memory: from `time` on, 64 bytes apart, how the samples begin: up to 48 bytes that end with `,"value":`, and in the last of the 64
;; their number; the values from `at` up to `end`; from `out` on the samples. Up to 48 bytes behind them are written over.
(module
  (memory (export "memory") 1)

  (func $begin (param $time i32) (param $out i32) (result i32)
    (v128.store (local.get $out) (v128.load (local.get $time)))
    (v128.store offset=16 (local.get $out) (v128.load offset=16 (local.get $time)))
    (v128.store offset=32 (local.get $out) (v128.load offset=32 (local.get $time)))
    (i32.add (local.get $out) (i32.load8_u offset=63 (local.get $time))))

  ;; A brace and a comma.
  (func $end (param $out i32) (result i32)
    (i32.store16 (local.get $out) (i32.const 0x2c7d))
    (i32.add (local.get $out) (i32.const 2)))

  ;; Values as text, each with a comma behind it; says where the samples end.
  (func (export "printTexts") (param $at i32) (param $end i32) (param $time i32) (param $out i32) (result i32)
    (local $byte i32)
    (block $done
      (loop $value
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.eq (local.get $byte) (i32.const 78)) ;; N
          (then (local.set $at (i32.add (local.get $at) (i32.const 4)))) ;; NaN and its comma
          (else
            (local.set $out (call $begin (local.get $time) (local.get $out)))
            (if (i32.eq (i32.load16_u (local.get $at)) (i32.const 0x2c30)) ;; 0 and its comma
              (then ;; has no value in protobuf's JSON
                (local.set $out (i32.sub (local.get $out) (i32.const 9)))
                (local.set $at (i32.add (local.get $at) (i32.const 2))))
              (else
                (loop $digit
                  (i32.store8 (local.get $out) (local.get $byte))
                  (local.set $out (i32.add (local.get $out) (i32.const 1)))
                  (local.set $at (i32.add (local.get $at) (i32.const 1)))
                  (local.set $byte (i32.load8_u (local.get $at)))
                  (br_if $digit (i32.ne (local.get $byte) (i32.const 44)))) ;; its comma
                (local.set $at (i32.add (local.get $at) (i32.const 1)))))
            (local.set $out (call $end (local.get $out)))))
        (local.set $time (i32.add (local.get $time) (i32.const 64)))
        (br $value)))
    (local.get $out))

  ;; Values as doubles; says where the samples end, or 0 if a value is no whole number of 32 bits. $texts has 16 bytes for each of the
  ;; numbers below 1000: the number, the brace and the comma; from the ninth on a word, how many bytes that is, and another, how
  ;; many are taken back first: a value of 0 does not appear. Samples are written without a branch on their values, which are
  ;; hard to foresee.
  (func (export "printWhole")
    (param $at i32) (param $end i32) (param $time i32) (param $texts i32) (param $out i32) (result i32)
    (local $value f64) (local $number i32) (local $rest i32) (local $place i32) (local $text i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $value (f64.load (local.get $at)))
        (local.set $number (i32.trunc_sat_f64_u (local.get $value)))
        (if (f64.ne (local.get $value) (f64.convert_i32_u (local.get $number)))
          (then (if (f64.eq (local.get $value) (local.get $value)) (then (return (i32.const 0))))) ;; not NaN
          (else
            (local.set $out (call $begin (local.get $time) (local.get $out)))
            (if (i32.lt_u (local.get $number) (i32.const 1000))
              (then
                (local.set $text (i32.add (local.get $texts) (i32.shl (local.get $number) (i32.const 4))))
                (local.set $out (i32.sub (local.get $out) (i32.load offset=12 (local.get $text))))
                (i64.store (local.get $out) (i64.load (local.get $text)))
                (local.set $out (i32.add (local.get $out) (i32.load offset=8 (local.get $text)))))
              (else
                (local.set $rest (local.get $number))
                (loop $digit
                  (local.set $out (i32.add (local.get $out) (i32.const 1)))
                  (br_if $digit (local.tee $rest (i32.div_u (local.get $rest) (i32.const 10)))))
                (local.set $place (local.get $out))
                (loop $digit ;; from the last one on
                  (local.set $place (i32.sub (local.get $place) (i32.const 1)))
                  (local.set $rest (i32.div_u (local.get $number) (i32.const 10)))
                  (i32.store8
                    (local.get $place)
                    (i32.add
                      (i32.const 48)
                      (i32.sub (local.get $number) (i32.mul (local.get $rest) (i32.const 10)))))
                  (br_if $digit (local.tee $number (local.get $rest))))
                (local.set $out (call $end (local.get $out)))))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (local.set $time (i32.add (local.get $time) (i32.const 64)))
        (br $next)))
    (local.get $out)))
