internal import LinuxABI

/// Registers stand in a frame as a bitmap of those that differ from a base, followed by the differences.
///
/// A system call changes rax, its stubs rcx and r11, a loop around it a counter: their bits come first, so that the
/// bitmap mostly takes one byte.
enum RegisterCoding {
    /// The storage index of the register that each bit of the bitmap stands for. Part of the format.
    static let order: [Int] = [
        10, 15, 16, 11, 14, 13, 12,  // rax orig_rax rip rcx rdi rsi rdx
        6, 19, 4, 5, 9, 8, 7,  // r11 rsp rbp rbx r8 r9 r10
        3, 2, 1, 0, 18, 21, 22,  // r12 r13 r14 r15 eflags fs_base gs_base
        17, 20, 23, 24, 25, 26,  // cs ss ds es fs gs
    ]

    static func append(_ new: Registers, from old: Registers, to output: inout [UInt8]) {
        let changed = changes(new, old)
        output.appendVarint(UInt64(changed))
        var rest = changed
        while rest != 0 {
            let index = order[rest.trailingZeroBitCount]
            output.appendDelta(new[index], from: old[index])
            rest &= rest &- 1
        }
    }

    static func read(from old: Registers, _ cursor: inout RecordCursor) throws(RecordingError) -> Registers {
        var rest = try cursor.varint()
        guard rest < 1 << UInt64(Registers.count) else { throw cursor.damaged("a bitmap names unknown registers") }
        var registers = old
        while rest != 0 {
            let index = order[rest.trailingZeroBitCount]
            registers[index] = try cursor.delta(from: old[index])
            rest &= rest &- 1
        }
        return registers
    }

    /// The bitmap in which bit n says that register `order[n]` differs. Written out, because a subscript per register
    /// would cost more than all the rest of a frame.
    @inline(__always)
    static func changes(_ a: Registers, _ b: Registers) -> UInt32 {
        var bits: UInt32 = 0
        @inline(__always) func note(_ x: UInt64, _ y: UInt64, _ bit: UInt32) { bits |= (x == y ? 0 : 1) << bit }
        note(a.rax, b.rax, 0)
        note(a.origRax, b.origRax, 1)
        note(a.rip, b.rip, 2)
        note(a.rcx, b.rcx, 3)
        note(a.rdi, b.rdi, 4)
        note(a.rsi, b.rsi, 5)
        note(a.rdx, b.rdx, 6)
        note(a.r11, b.r11, 7)
        note(a.rsp, b.rsp, 8)
        note(a.rbp, b.rbp, 9)
        note(a.rbx, b.rbx, 10)
        note(a.r8, b.r8, 11)
        note(a.r9, b.r9, 12)
        note(a.r10, b.r10, 13)
        note(a.r12, b.r12, 14)
        note(a.r13, b.r13, 15)
        note(a.r14, b.r14, 16)
        note(a.r15, b.r15, 17)
        note(a.eflags, b.eflags, 18)
        note(a.fsBase, b.fsBase, 19)
        note(a.gsBase, b.gsBase, 20)
        note(a.cs, b.cs, 21)
        note(a.ss, b.ss, 22)
        note(a.ds, b.ds, 23)
        note(a.es, b.es, 24)
        note(a.fs, b.fs, 25)
        note(a.gs, b.gs, 26)
        return bits
    }
}
