;; Reads data points of numbers that are the ones guessed: points of fixed times, a double and attributes side by side, whose
;; attributes are, byte by byte, those of the next entry of a table (std/byte-table.ts). It stops at the first point that is
;; anything else. Fields: opentelemetry-proto, metrics.proto, NumberDataPoint.
;;
;; Memory: the points in the first page (64 KiB), the keys in the second; in the third 1,024 entries of four numbers (hash, seed,
;; start, length), then as many times in milliseconds, as many values, and how far it came. No place is 0, which stands for "none".
(module
  (memory (export "memory") 3)

  ;; How many points were read, at most `count`, from `from … end`. `keysStart` is what the entries call the first byte of the
  ;; second page, `keysEnd` the first that is not there; `seed` is that of all keys.
  (func (export "read")
    (param $from i32) (param $end i32) (param $seed i32) (param $keysStart i32) (param $keysEnd i32) (param $count i32)
    (result i32)
    (local $read i32) (local $at i32) (local $place i32) (local $pointEnd i32) (local $tag i32) (local $length i32)
    (local $keyAt i32) (local $keyEnd i32) (local $timeAt i32) (local $valueAt i32)
    (local $entry i32) (local $ownAt i32) (local $different i64)
    (local.set $at (local.get $from))

    (block $stop
      (loop $next
        (br_if $stop (i32.ge_u (local.get $read) (local.get $count)))

        ;; Field 1, with a length of one byte or two.
        (local.set $place (local.get $at))
        (br_if $stop (i32.ge_u (i32.add (local.get $place) (i32.const 3)) (local.get $end)))
        (br_if $stop (i32.ne (i32.load8_u (local.get $place)) (i32.const 0x0a)))
        (local.set $length (i32.load8_u offset=1 (local.get $place)))
        (local.set $place (i32.add (local.get $place) (i32.const 2)))
        (if (i32.gt_u (local.get $length) (i32.const 127))
          (then
            (local.set $tag (i32.load8_u (local.get $place)))
            (br_if $stop (i32.gt_u (local.get $tag) (i32.const 127)))
            (local.set $length
              (i32.add (i32.and (local.get $length) (i32.const 127)) (i32.shl (local.get $tag) (i32.const 7))))
            (local.set $place (i32.add (local.get $place) (i32.const 1)))))
        (local.set $pointEnd (i32.add (local.get $place) (local.get $length)))
        (br_if $stop (i32.gt_u (local.get $pointEnd) (local.get $end)))

        (local.set $keyAt (i32.const 0))
        (local.set $keyEnd (i32.const 0))
        (local.set $timeAt (i32.const 0))
        (local.set $valueAt (i32.const 0))
        (block $fieldsEnd
          (loop $field
            (br_if $fieldsEnd (i32.ge_u (local.get $place) (local.get $pointEnd)))
            (local.set $tag (i32.load8_u (local.get $place)))
            (if (i32.eq (local.get $tag) (i32.const 0x3a)) ;; an attribute
              (then
                (local.set $length (i32.load8_u offset=1 (local.get $place)))
                (br_if $stop (i32.gt_u (local.get $length) (i32.const 127)))
                (if (i32.eqz (local.get $keyEnd))
                  (then (local.set $keyAt (local.get $place)))
                  (else (br_if $stop (i32.ne (local.get $keyEnd) (local.get $place)))))
                (local.set $place (i32.add (local.get $place) (i32.add (local.get $length) (i32.const 2))))
                (local.set $keyEnd (local.get $place)))
              (else
                (if (i32.eq (local.get $tag) (i32.const 0x19)) ;; its time
                  (then (local.set $timeAt (i32.add (local.get $place) (i32.const 1))))
                  (else
                    (if (i32.eq (local.get $tag) (i32.const 0x21)) ;; a double
                      (then (local.set $valueAt (i32.add (local.get $place) (i32.const 1))))
                      (else (br_if $stop (i32.ne (local.get $tag) (i32.const 0x11))))))) ;; the time of its start
                (local.set $place (i32.add (local.get $place) (i32.const 9)))))
            (br $field)))
        (br_if $stop (i32.ne (local.get $place) (local.get $pointEnd)))
        (br_if $stop (i32.or (i32.eqz (local.get $timeAt)) (i32.eqz (local.get $valueAt))))
        (br_if $stop (i64.eqz (i64.load (local.get $timeAt)))) ;; not set

        ;; The same key?
        (local.set $entry (i32.shl (local.get $read) (i32.const 4)))
        (local.set $length (i32.sub (local.get $keyEnd) (local.get $keyAt)))
        (br_if $stop (i32.ne (i32.load offset=131076 (local.get $entry)) (local.get $seed)))
        (br_if $stop (i32.ne (i32.load offset=131084 (local.get $entry)) (local.get $length)))
        (local.set $ownAt (i32.load offset=131080 (local.get $entry)))
        (br_if $stop (i32.gt_u (i32.add (local.get $ownAt) (local.get $length)) (local.get $keysEnd)))
        (local.set $ownAt (i32.sub (local.get $ownAt) (local.get $keysStart)))
        (loop $same
          (local.set $different (i64.xor (i64.load (local.get $keyAt)) (i64.load offset=65536 (local.get $ownAt))))
          (if (i32.gt_u (local.get $length) (i32.const 8))
            (then
              (br_if $stop (i64.ne (local.get $different) (i64.const 0)))
              (local.set $keyAt (i32.add (local.get $keyAt) (i32.const 8)))
              (local.set $ownAt (i32.add (local.get $ownAt) (i32.const 8)))
              (local.set $length (i32.sub (local.get $length) (i32.const 8)))
              (br $same))))
        ;; What stands behind the key is shifted out.
        (br_if $stop
          (i64.ne
            (i64.shl
              (local.get $different)
              (i64.extend_i32_u (i32.shl (i32.sub (i32.const 8) (local.get $length)) (i32.const 3))))
            (i64.const 0)))

        (local.set $entry (i32.shl (local.get $read) (i32.const 3)))
        (f64.store offset=147456
          (local.get $entry)
          (f64.convert_i64_u (i64.div_u (i64.load (local.get $timeAt)) (i64.const 1000000))))
        (i64.store offset=155648 (local.get $entry) (i64.load (local.get $valueAt)))
        (local.set $read (i32.add (local.get $read) (i32.const 1)))
        (local.set $at (local.get $pointEnd))
        (br $next)))
    (i32.store offset=163840 (i32.const 0) (local.get $at))
    (local.get $read)))
