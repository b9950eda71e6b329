;; Which rows of a block pass: a mark is a byte, 1 or 0. The block is not empty, and a block without numbers reads none.
;; Memory: a room (room.ts). Parameters are places in it, in bytes; marks begin at multiples of eight.
(module
  (import "room" "memory" (memory 1))

  ;; Clears marks of rows whose number is not one of $low … $high; with $passing 0, of those whose number is.
  (func (export "keepRange") (param $marks i32) (param $size i32) (param $numbers i32) (param $low f64) (param $high f64) (param $passing i32)
    (local $end i32) (local $number f64)
    (local.set $end (i32.add (local.get $marks) (local.get $size)))
    (loop $row
      (local.set $number (f64.load (local.get $numbers)))
      (i32.store8 (local.get $marks)
        (i32.and
          (i32.load8_u (local.get $marks))
          (i32.eq
            (i32.and (f64.ge (local.get $number) (local.get $low)) (f64.le (local.get $number) (local.get $high)))
            (local.get $passing))))
      (local.set $numbers (i32.add (local.get $numbers) (i32.const 8)))
      (local.set $marks (i32.add (local.get $marks) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $marks) (local.get $end)))))

  ;; Clears marks of rows whose slot lacks a bit in the table of bytes. Rows that had a mark and whose slot has nothing there are
  ;; listed; says how many. Without branches: which way they go is hard to foresee. What is not listed is written over.
  (func (export "keepBit") (param $marks i32) (param $size i32) (param $slots i32) (param $table i32) (param $bit i32)
    (param $list i32) (result i32)
    (local $row i32) (local $first i32) (local $mark i32) (local $known i32)
    (local.set $first (local.get $list))
    (loop $next
      (local.set $mark (i32.load8_u (i32.add (local.get $marks) (local.get $row))))
      (local.set $known (i32.load8_u (i32.add (local.get $table) (i32.load (local.get $slots)))))
      (i32.store8 (i32.add (local.get $marks) (local.get $row))
        (i32.and (local.get $mark) (i32.shr_u (local.get $known) (local.get $bit))))
      (i32.store (local.get $list) (local.get $row))
      (local.set $list
        (i32.add (local.get $list) (i32.shl (i32.and (local.get $mark) (i32.eqz (local.get $known))) (i32.const 2))))
      (local.set $slots (i32.add (local.get $slots) (i32.const 4)))
      (local.set $row (i32.add (local.get $row) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $row) (local.get $size))))
    (i32.shr_u (i32.sub (local.get $list) (local.get $first)) (i32.const 2)))

  ;; The same for slots that are bytes; says whether the table knows all of them, and lists none.
  (func (export "keepByteBit")
    (param $marks i32) (param $size i32) (param $slots i32) (param $table i32) (param $bit i32) (result i32)
    (local $end i32) (local $known i32) (local $isKnown i32)
    (local.set $end (i32.add (local.get $marks) (local.get $size)))
    (local.set $isKnown (i32.const 1))
    (loop $row
      (local.set $known (i32.load8_u (i32.add (local.get $table) (i32.load8_u (local.get $slots)))))
      (i32.store8 (local.get $marks)
        (i32.and (i32.load8_u (local.get $marks)) (i32.shr_u (local.get $known) (local.get $bit))))
      (local.set $isKnown (i32.and (local.get $isKnown) (i32.ne (local.get $known) (i32.const 0))))
      (local.set $slots (i32.add (local.get $slots) (i32.const 1)))
      (local.set $marks (i32.add (local.get $marks) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $marks) (local.get $end))))
    (local.get $isKnown))

  ;; Clears the marks that others have, too; eight at a step.
  (func (export "without") (param $marks i32) (param $size i32) (param $others i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $marks) (local.get $size)))
    (loop $step
      (i64.store (local.get $marks)
        (i64.and (i64.load (local.get $marks)) (i64.xor (i64.load (local.get $others)) (i64.const -1))))
      (local.set $others (i32.add (local.get $others) (i32.const 8)))
      (local.set $marks (i32.add (local.get $marks) (i32.const 8)))
      (br_if $step (i32.lt_u (local.get $marks) (local.get $end)))))

  ;; Adds the marks of others; eight at a step.
  (func (export "add") (param $marks i32) (param $size i32) (param $others i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $marks) (local.get $size)))
    (loop $step
      (i64.store (local.get $marks) (i64.or (i64.load (local.get $marks)) (i64.load (local.get $others))))
      (local.set $others (i32.add (local.get $others) (i32.const 8)))
      (local.set $marks (i32.add (local.get $marks) (i32.const 8)))
      (br_if $step (i32.lt_u (local.get $marks) (local.get $end)))))
)
