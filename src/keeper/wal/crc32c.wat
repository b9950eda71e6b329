;; CRC-32C of long texts. As polynomials over GF(2), which is how a CRC sees bytes, x^26752 + x^18432 + x^6912 + x^4992 + x^1792 + 1
;; is a multiple of the generator (found by search): the checksum stays the same when a block of sixteen bytes is added, by
;; exclusive or, to the blocks 65, 155, 170, 195 and 209 behind it, and goes. So all but the last blocks go, and those are looked
;; up in tables, eight bytes at a step: table k has the checksum of a byte that k zero bytes follow.
;; (S. Russell, "Chorba: A novel CRC32 implementation", arXiv 2412.16398.)
;;
;; Memory: the bytes in the first page (64 KiB), which are overwritten; eight tables of 256 numbers of 32 bits behind it.
(module
  (memory (export "memory") 2)

  ;; A checksum before its last inversion, carried over the first `end` bytes: a multiple of eight, not 0.
  (func (export "update") (param $crc i32) (param $end i32) (result i32)
    (local $at i32) (local $block v128) (local $low i32) (local $high i32)
    (i32.store (i32.const 0) (i32.xor (local.get $crc) (i32.load (i32.const 0))))
    (local.set $crc (i32.const 0))

    (block $few
      (loop $move
        (br_if $few (i32.gt_u (i32.add (local.get $at) (i32.const 3360)) (local.get $end)))
        (local.set $block (v128.load (local.get $at)))
        (v128.store offset=1040 (local.get $at) (v128.xor (local.get $block) (v128.load offset=1040 (local.get $at))))
        (v128.store offset=2480 (local.get $at) (v128.xor (local.get $block) (v128.load offset=2480 (local.get $at))))
        (v128.store offset=2720 (local.get $at) (v128.xor (local.get $block) (v128.load offset=2720 (local.get $at))))
        (v128.store offset=3120 (local.get $at) (v128.xor (local.get $block) (v128.load offset=3120 (local.get $at))))
        (v128.store offset=3344 (local.get $at) (v128.xor (local.get $block) (v128.load offset=3344 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $move)))

    (loop $step
      (local.set $low (i32.xor (local.get $crc) (i32.load (local.get $at))))
      (local.set $high (i32.load offset=4 (local.get $at)))
      (local.set $crc
        (i32.xor
          (i32.xor
            (i32.xor
              (i32.load offset=72704 (i32.shl (i32.and (local.get $low) (i32.const 255)) (i32.const 2)))
              (i32.load offset=71680 (i32.shl (i32.and (i32.shr_u (local.get $low) (i32.const 8)) (i32.const 255)) (i32.const 2))))
            (i32.xor
              (i32.load offset=70656 (i32.shl (i32.and (i32.shr_u (local.get $low) (i32.const 16)) (i32.const 255)) (i32.const 2)))
              (i32.load offset=69632 (i32.shl (i32.shr_u (local.get $low) (i32.const 24)) (i32.const 2)))))
          (i32.xor
            (i32.xor
              (i32.load offset=68608 (i32.shl (i32.and (local.get $high) (i32.const 255)) (i32.const 2)))
              (i32.load offset=67584 (i32.shl (i32.and (i32.shr_u (local.get $high) (i32.const 8)) (i32.const 255)) (i32.const 2))))
            (i32.xor
              (i32.load offset=66560 (i32.shl (i32.and (i32.shr_u (local.get $high) (i32.const 16)) (i32.const 255)) (i32.const 2)))
              (i32.load offset=65536 (i32.shl (i32.shr_u (local.get $high) (i32.const 24)) (i32.const 2)))))))
      (br_if $step (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end))))
    (local.get $crc)))
