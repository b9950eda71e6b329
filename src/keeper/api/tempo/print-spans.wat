;; Prints spans as Tempo's JSON from their bytes in protobuf, as the log holds them. Fields stand in the order of their numbers,
;; each once, and values are plain; any other span is odd and left to the caller, as are doubles and texts that JSON escapes.
;; Fields: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
;;
;; Memory: spans in the first page (64 KiB); in the second what span-printer.ts puts there: words of 32 bytes, of which the last
;; one is the length, at 2048 what stands before each span's id, at 2112 the digits of the last second; what was printed from
;; the third page on. Sixteen bytes are copied at a step, so what is behind the last ones is written over, too.
;;
;; What prints takes the place to read from and the one to print to, and says where that ends. The steps of a span read on
;; from one another, so most functions stand in few places: calls are a third of the time.
(module
  ;; Writes the number or the text at these places as JSON from `out` on, and says where that ends.
  (import "json" "double" (func $jsonDouble (param $at i32) (param $out i32) (result i32)))
  (import "json" "text" (func $jsonText (param $at i32) (param $end i32) (param $out i32) (result i32)))
  (memory (export "memory") 11)

  ;; Where spans printed end, and where the span ends that is being printed or was not; where what was printed ends.
  (global $at (export "at") (mut i32) (i32.const 0))
  (global $end (export "end") (mut i32) (i32.const 0))
  (global $out (export "out") (mut i32) (i32.const 0))
  ;; Not 0: the span being printed is.
  (global $isOdd (mut i32) (i32.const 0))
  ;; The last second printed, in nanoseconds, and how many digits it has.
  (global $second (mut i64) (i64.const 1000000000))
  (global $secondDigits (mut i32) (i32.const 1))
  (data (i32.const 67648) "1")

  ;; Prints spans up to the first that is odd or reaches beyond `limit`, each with a comma behind it, and says how many.
  (func (export "print") (param $start i32) (param $limit i32) (result i32)
    (local $count i32) (local $out i32)
    (global.set $isOdd (i32.const 0))
    (global.set $out (i32.const 131072))
    (block $stop
      (loop $next
        (br_if $stop (i32.ge_u (local.get $start) (local.get $limit)))
        (global.set $isOdd (i32.or (global.get $isOdd) (i32.xor (i32.load8_u (local.get $start)) (i32.const 0x12))))
        (global.set $at (i32.add (local.get $start) (i32.const 1)))
        (global.set $end (call $endOf (call $varint)))
        (br_if $stop (i32.gt_u (global.get $end) (local.get $limit)))
        (local.set $out (call $span (global.get $at) (global.get $out)))
        (br_if $stop (global.get $isOdd))
        (i32.store8 (local.get $out) (i32.const 0x2c))
        (global.set $out (i32.add (local.get $out) (i32.const 1)))
        (local.set $start (global.get $end))
        (local.set $count (i32.add (local.get $count) (i32.const 1)))
        (br $next)))
    (global.set $at (local.get $start))
    (local.get $count))

  (func $span (param $at i32) (param $out i32) (result i32)
    (local $end i32) (local $isOther i32)
    ;; The ids of trace and span, with their lengths.
    (local.set $isOther
      (i32.or
        (i32.xor (i32.load16_u (local.get $at)) (i32.const 0x100a))
        (i32.xor (i32.load16_u offset=18 (local.get $at)) (i32.const 0x0812))))
    (v128.store (local.get $out) (v128.load (i32.const 67584)))
    (v128.store offset=16 (local.get $out) (v128.load (i32.const 67600)))
    (v128.store offset=32 (local.get $out) (v128.load (i32.const 67616)))
    (local.set $out
      (call $id (i32.add (local.get $at) (i32.const 20)) (i32.add (local.get $out) (i32.const 48))))
    (local.set $at (i32.add (local.get $at) (i32.const 28)))
    (if (i32.eq (i32.load16_u (local.get $at)) (i32.const 0x0822))
      (then
        (local.set $out
          (call $id (i32.add (local.get $at) (i32.const 2)) (call $word (i32.const 0) (local.get $out))))
        (local.set $at (i32.add (local.get $at) (i32.const 10)))))
    ;; The name, unless it is empty.
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2a))
      (then
        (call $range (i32.add (local.get $at) (i32.const 1)))
        (local.set $end)
        (local.set $at)
        (if (i32.ne (local.get $at) (local.get $end))
          (then
            (local.set $out
              (call $text (local.get $at) (local.get $end) (call $word (i32.const 1) (local.get $out))))))
        (local.set $at (local.get $end))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x30))
      (then
        (local.set $out (call $enum (local.get $at) (i32.const 16) (i32.const 5) (local.get $out)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))))
    (local.set $out (call $word (i32.const 2) (local.get $out)))
    (call $time (local.get $at) (i32.const 0x39) (local.get $out))
    (local.set $out)
    (local.set $at)
    (local.set $out (call $word (i32.const 3) (local.get $out)))
    (call $time (local.get $at) (i32.const 0x41) (local.get $out))
    (local.set $out)
    (local.set $at)
    (i32.store8 (local.get $out) (i32.const 0x22))
    (local.set $out (i32.add (local.get $out) (i32.const 1)))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x4a))
      (then
        (call $attributes (local.get $at) (call $word (i32.const 4) (local.get $out)))
        (local.set $out)
        (local.set $at)))
    (local.set $out (call $word (i32.const 12) (local.get $out)))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x7a))
      (then
        (call $status (i32.add (local.get $at) (i32.const 1)) (local.get $out))
        (local.set $out)
        (local.set $at)))
    ;; The flags (field 16), which JSON does not have.
    (if (i32.eq (i32.load16_u (local.get $at)) (i32.const 0x0185))
      (then (local.set $at (i32.add (local.get $at) (i32.const 6)))))
    (global.set $isOdd (i32.or (global.get $isOdd) (i32.or (local.get $isOther) (i32.xor (local.get $at) (global.get $end)))))
    (call $word (i32.const 11) (local.get $out)))

  ;; Says where the last attribute ends, too.
  (func $attributes (param $at i32) (param $out i32) (result i32 i32)
    (loop $next
      (call $attribute (i32.add (local.get $at) (i32.const 1)) (local.get $out))
      (local.set $out)
      (local.set $at)
      (i32.store8 (local.get $out) (i32.const 0x2c))
      (local.set $out (i32.add (local.get $out) (i32.const 1)))
      (br_if $next
        (i32.and
          (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x4a))
          (i32.lt_u (local.get $at) (global.get $end)))))
    (i32.store8 (i32.sub (local.get $out) (i32.const 1)) (i32.const 0x5d))
    (local.get $at)
    (local.get $out))

  ;; The same.
  (func $attribute (param $at i32) (param $out i32) (result i32 i32)
    (local $end i32) (local $keyEnd i32) (local $valueEnd i32) (local $isOther i32)
    (call $range (local.get $at))
    (local.set $end)
    (local.set $at)
    (local.set $isOther (i32.xor (i32.load8_u (local.get $at)) (i32.const 0x0a)))
    (call $range (i32.add (local.get $at) (i32.const 1)))
    (local.set $keyEnd)
    (local.set $at)
    (v128.store (local.get $out) (v128.load (i32.const 65696)))
    (local.set $out (call $text (local.get $at) (local.get $keyEnd) (i32.add (local.get $out) (i32.const 7))))
    (call $range (i32.add (local.get $keyEnd) (i32.const 1)))
    (local.set $valueEnd)
    (local.set $at)
    (local.set $isOther (i32.or (local.get $isOther) (i32.xor (i32.load8_u (local.get $keyEnd)) (i32.const 0x12))))
    (local.set $isOther (i32.or (local.get $isOther) (i32.xor (local.get $valueEnd) (local.get $end))))
    (global.set $isOdd (i32.or (global.get $isOdd) (local.get $isOther)))
    (local.get $end)
    (if (result i32) (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x0a))
      (then (call $textValue (i32.add (local.get $at) (i32.const 1)) (local.get $end) (local.get $out)))
      (else (call $number (local.get $at) (local.get $end) (local.get $out)))))

  (func $textValue (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $textEnd i32)
    (call $range (local.get $at))
    (local.set $textEnd)
    (local.set $at)
    (global.set $isOdd (i32.or (global.get $isOdd) (i32.xor (local.get $textEnd) (local.get $end))))
    (v128.store (local.get $out) (v128.load (i32.const 65728)))
    (i64.store offset=16 (local.get $out) (i64.load (i32.const 65744)))
    (local.set $out (call $text (local.get $at) (local.get $textEnd) (i32.add (local.get $out) (i32.const 24))))
    (i32.store16 (local.get $out) (i32.const 0x7d7d))
    (i32.add (local.get $out) (i32.const 2)))

  ;; A value of a plain kind that is no text.
  (func $number (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $tag i32) (local $bits i64)
    (local.set $tag (i32.load8_u (local.get $at)))
    (global.set $at (i32.add (local.get $at) (i32.const 1)))
    (if (i32.eq (local.get $tag) (i32.const 0x21))
      (then
        (global.set $isOdd (i32.or (global.get $isOdd) (i32.xor (i32.add (local.get $at) (i32.const 9)) (local.get $end))))
        (return
          (call $word
            (i32.const 11)
            (call $jsonDouble (global.get $at) (call $word (i32.const 10) (local.get $out)))))))
    (if (i32.eq (local.get $tag) (i32.const 0x18))
      (then
        (local.set $bits (call $varint))
        (global.set $isOdd (i32.or (global.get $isOdd) (i32.xor (global.get $at) (local.get $end))))
        (return
          (call $word (i32.const 14) (call $signed (local.get $bits) (call $word (i32.const 9) (local.get $out)))))))
    (global.set $isOdd (i32.or (global.get $isOdd) (i32.xor (local.get $tag) (i32.const 0x10))))
    (global.set $isOdd
      (i32.or (global.get $isOdd) (i32.xor (i32.add (local.get $at) (i32.const 2)) (local.get $end))))
    (call $enum (local.get $at) (i32.const 7) (i32.const 1) (local.get $out)))

  ;; Says where it ends, too.
  (func $status (param $at i32) (param $out i32) (result i32 i32)
    (local $end i32) (local $textEnd i32) (local $start i32)
    (call $range (local.get $at))
    (local.set $end)
    (local.set $at)
    (local.set $start (local.get $out))
    (if (i32.and (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x12)) (i32.lt_u (local.get $at) (local.get $end)))
      (then
        (call $range (i32.add (local.get $at) (i32.const 1)))
        (local.set $textEnd)
        (local.set $at)
        (if (i32.ne (local.get $at) (local.get $textEnd))
          (then
            (local.set $out
              (call $text (local.get $at) (local.get $textEnd) (call $word (i32.const 13) (local.get $out))))))
        (local.set $at (local.get $textEnd))))
    (if (i32.and (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x18)) (i32.lt_u (local.get $at) (local.get $end)))
      (then
        (if (i32.and
              (i32.ne (local.get $start) (local.get $out))
              (i32.ne (i32.load8_u offset=1 (local.get $at)) (i32.const 0)))
          (then
            (i32.store8 (local.get $out) (i32.const 0x2c))
            (local.set $out (i32.add (local.get $out) (i32.const 1)))))
        (local.set $out (call $enum (local.get $at) (i32.const 24) (i32.const 2) (local.get $out)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))))
    (global.set $isOdd (i32.or (global.get $isOdd) (i32.xor (local.get $at) (local.get $end))))
    (local.get $end)
    (local.get $out))

  (func $varint (result i64)
    (local $byte i64) (local $bits i64) (local $shift i64)
    (loop $next
      (local.set $byte (i64.load8_u (global.get $at)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (local.set $bits
        (i64.or
          (local.get $bits)
          (i64.shl (i64.and (local.get $byte) (i64.const 127)) (local.get $shift))))
      (local.set $shift (i64.add (local.get $shift) (i64.const 7)))
      (br_if $next (i32.and (i64.gt_u (local.get $byte) (i64.const 127)) (i64.lt_u (local.get $shift) (i64.const 70)))))
    (local.get $bits))

  ;; Where what is so long ends, which is far away if it is that.
  (func $endOf (param $length i64) (result i32)
    (i32.add
      (global.get $at)
      (select
        (i32.const 0x3fffffff)
        (i32.wrap_i64 (local.get $length))
        (i64.gt_u (local.get $length) (i64.const 0x3fffffff)))))

  ;; Where what stands behind its length begins and ends: within the span.
  (func $range (param $at i32) (result i32 i32)
    (local $end i32)
    (local.set $end (i32.load8_u (local.get $at)))
    (if (i32.lt_u (local.get $end) (i32.const 128))
      (then
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $end (i32.add (local.get $at) (local.get $end))))
      (else
        (global.set $at (local.get $at))
        (local.set $end (call $endOf (call $varint)))
        (local.set $at (global.get $at))))
    (if (i32.gt_u (local.get $end) (global.get $end))
      (then
        (global.set $isOdd (i32.const 1))
        (local.set $end (local.get $at))))
    (local.get $at)
    (local.get $end))

  (func $word (param $number i32) (param $out i32) (result i32)
    (local $from i32)
    (local.set $from (i32.shl (local.get $number) (i32.const 5)))
    (v128.store (local.get $out) (v128.load offset=65536 (local.get $from)))
    (v128.store offset=16 (local.get $out) (v128.load offset=65552 (local.get $from)))
    (i32.add (local.get $out) (i32.load8_u offset=65567 (local.get $from))))

  ;; A number of one byte behind its tag, as one of the words.
  (func $enum (param $at i32) (param $firstWord i32) (param $most i32) (param $out i32) (result i32)
    (local $number i32)
    (local.set $number (i32.load8_u offset=1 (local.get $at)))
    (global.set $isOdd (i32.or (global.get $isOdd) (i32.gt_u (local.get $number) (local.get $most))))
    (call $word (i32.add (local.get $firstWord) (local.get $number)) (local.get $out)))

  (func $text (param $at i32) (param $end i32) (param $out i32) (result i32)
    (local $from i32) (local $apart i32) (local $bytes v128) (local $escaped i32)
    (i32.store8 (local.get $out) (i32.const 0x22))
    (local.set $from (local.get $at))
    (local.set $apart (i32.add (i32.sub (local.get $out) (local.get $at)) (i32.const 1)))
    (loop $step
      (local.set $bytes (v128.load (local.get $from)))
      (v128.store (i32.add (local.get $from) (local.get $apart)) (local.get $bytes))
      (local.set $escaped
        (i8x16.bitmask
          (v128.or
            (i8x16.lt_u (local.get $bytes) (v128.const i64x2 0x2020202020202020 0x2020202020202020))
            (v128.or
              (i8x16.eq (local.get $bytes) (v128.const i64x2 0x2222222222222222 0x2222222222222222))
              (i8x16.eq (local.get $bytes) (v128.const i64x2 0x5c5c5c5c5c5c5c5c 0x5c5c5c5c5c5c5c5c))))))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (br_if $step (i32.and (i32.eqz (local.get $escaped)) (i32.lt_u (local.get $from) (local.get $end)))))
    ;; Of the last step only bytes of the text count.
    (if (i32.and
          (local.get $escaped)
          (i32.shr_u
            (i32.const 0xffff)
            (select
              (i32.sub (local.get $from) (local.get $end))
              (i32.const 0)
              (i32.gt_u (local.get $from) (local.get $end)))))
      (then (return (call $jsonText (local.get $at) (local.get $end) (local.get $out)))))
    (local.set $out (i32.add (local.get $end) (local.get $apart)))
    (i32.store8 (local.get $out) (i32.const 0x22))
    (i32.add (local.get $out) (i32.const 1)))

  ;; Eight bytes in base64, and the quote behind them: lanes of three bytes become lanes of four numbers of six
  ;; bits, and each number its digit by adding what the first digit of its kind is apart from its number.
  (func $id (param $at i32) (param $out i32) (result i32)
    (local $bits v128) (local $kind v128)
    (local.set $bits
      (i8x16.shuffle 2 1 0 16 5 4 3 16 16 7 6 16 16 16 16 16
        (v128.load64_zero (local.get $at))
        (v128.const i64x2 0 0)))
    (local.set $bits
      (v128.or
        (v128.or
          (i32x4.shr_u (local.get $bits) (i32.const 18))
          (v128.and (i32x4.shr_u (local.get $bits) (i32.const 4)) (v128.const i32x4 0x3f00 0x3f00 0x3f00 0x3f00)))
        (v128.or
          (v128.and (i32x4.shl (local.get $bits) (i32.const 10)) (v128.const i32x4 0x3f0000 0x3f0000 0x3f0000 0x3f0000))
          (i32x4.shl (local.get $bits) (i32.const 24)))))
    (local.set $bits (v128.and (local.get $bits) (v128.const i64x2 0x3f3f3f3f3f3f3f3f 0x3f3f3f3f3f3f3f3f)))
    ;; 0 for a small letter, 1 to 10 for a digit, 11 and 12 for + and /, 13 for a capital.
    (local.set $kind
      (v128.or
        (i8x16.sub_sat_u (local.get $bits) (v128.const i64x2 0x3333333333333333 0x3333333333333333))
        (v128.and
          (i8x16.lt_u (local.get $bits) (v128.const i64x2 0x1a1a1a1a1a1a1a1a 0x1a1a1a1a1a1a1a1a))
          (v128.const i64x2 0x0d0d0d0d0d0d0d0d 0x0d0d0d0d0d0d0d0d))))
    (v128.store
      (local.get $out)
      (i8x16.add
        (local.get $bits)
        (i8x16.swizzle (v128.const i8x16 71 -4 -4 -4 -4 -4 -4 -4 -4 -4 -4 -19 -16 65 0 0) (local.get $kind))))
    (i32.store16 offset=11 (local.get $out) (i32.const 0x223d))
    (i32.add (local.get $out) (i32.const 13)))

  ;; The eight bytes behind this tag, 0 without it; says where they end, too. Mostly the second is that of the time before.
  (func $time (param $at i32) (param $tag i32) (param $out i32) (result i32 i32)
    (local $time i64) (local $second i64) (local $nano i32)
    (if (i32.eq (i32.load8_u (local.get $at)) (local.get $tag))
      (then
        (local.set $time (i64.load offset=1 (local.get $at)))
        (local.set $at (i32.add (local.get $at) (i32.const 9)))))
    (if (i64.ge_u (i64.sub (local.get $time) (global.get $second)) (i64.const 1000000000))
      (then
        (local.set $second (i64.div_u (local.get $time) (i64.const 1000000000)))
        (if (i64.eqz (local.get $second))
          (then (return (local.get $at) (call $decimal (local.get $time) (local.get $out)))))
        (global.set $second (i64.mul (local.get $second) (i64.const 1000000000)))
        (global.set $secondDigits (i32.sub (call $decimal (local.get $second) (i32.const 67648)) (i32.const 67648)))))
    (v128.store (local.get $out) (v128.load (i32.const 67648)))
    (local.set $out (i32.add (local.get $out) (global.get $secondDigits)))
    (local.set $nano (i32.wrap_i64 (i64.sub (local.get $time) (global.get $second))))
    (i32.store8 (local.get $out) (i32.add (i32.const 0x30) (i32.div_u (local.get $nano) (i32.const 100000000))))
    (i32.store offset=1
      (local.get $out)
      (call $fourDigits (i32.rem_u (i32.div_u (local.get $nano) (i32.const 10000)) (i32.const 10000))))
    (i32.store offset=5 (local.get $out) (call $fourDigits (i32.rem_u (local.get $nano) (i32.const 10000))))
    (local.get $at)
    (i32.add (local.get $out) (i32.const 9)))

  (func $signed (param $number i64) (param $out i32) (result i32)
    (if (i64.ge_s (local.get $number) (i64.const 0)) (then (return (call $decimal (local.get $number) (local.get $out)))))
    (i32.store8 (local.get $out) (i32.const 0x2d))
    (call $decimal (i64.sub (i64.const 0) (local.get $number)) (i32.add (local.get $out) (i32.const 1))))

  ;; Without a sign.
  (func $decimal (param $number i64) (param $out i32) (result i32)
    (local $rest i32) (local $count i32)
    (if (i64.gt_u (local.get $number) (i64.const 9999))
      (then
        (local.set $out (call $decimal (i64.div_u (local.get $number) (i64.const 10000)) (local.get $out)))
        (i32.store
          (local.get $out)
          (call $fourDigits (i32.wrap_i64 (i64.rem_u (local.get $number) (i64.const 10000)))))
        (return (i32.add (local.get $out) (i32.const 4)))))
    (local.set $rest (i32.wrap_i64 (local.get $number)))
    (local.set $count
      (i32.add
        (i32.add (i32.const 1) (i32.gt_u (local.get $rest) (i32.const 9)))
        (i32.add (i32.gt_u (local.get $rest) (i32.const 99)) (i32.gt_u (local.get $rest) (i32.const 999)))))
    (i32.store
      (local.get $out)
      (i32.shr_u
        (call $fourDigits (local.get $rest))
        (i32.sub (i32.const 32) (i32.shl (local.get $count) (i32.const 3)))))
    (i32.add (local.get $out) (local.get $count)))

  ;; The digits of a number below 10,000. Multiplying and shifting divides by 100 and by 10, exactly for such numbers.
  (func $fourDigits (param $number i32) (result i32)
    (local $hundreds i32) (local $rest i32) (local $first i32) (local $third i32)
    (local.set $hundreds (i32.shr_u (i32.mul (local.get $number) (i32.const 5243)) (i32.const 19)))
    (local.set $rest (i32.sub (local.get $number) (i32.mul (local.get $hundreds) (i32.const 100))))
    (local.set $first (i32.shr_u (i32.mul (local.get $hundreds) (i32.const 103)) (i32.const 10)))
    (local.set $third (i32.shr_u (i32.mul (local.get $rest) (i32.const 103)) (i32.const 10)))
    (i32.add
      (i32.const 0x30303030)
      (i32.or
        (i32.or
          (local.get $first)
          (i32.shl (i32.sub (local.get $hundreds) (i32.mul (local.get $first) (i32.const 10))) (i32.const 8)))
        (i32.or
          (i32.shl (local.get $third) (i32.const 16))
          (i32.shl (i32.sub (local.get $rest) (i32.mul (local.get $third) (i32.const 10))) (i32.const 24))))))
)
