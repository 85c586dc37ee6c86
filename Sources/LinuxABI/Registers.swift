/// The general registers of a thread in the order and size of `struct user_regs_struct` (<sys/user.h>), which is
/// what PTRACE_GETREGS fills.
///
/// Every stored property is one 64-bit word and none may be added: the kernel boundary copies this value as it stands.
package struct Registers: Hashable, Sendable {
    package var r15: UInt64 = 0
    package var r14: UInt64 = 0
    package var r13: UInt64 = 0
    package var r12: UInt64 = 0
    package var rbp: UInt64 = 0
    package var rbx: UInt64 = 0
    package var r11: UInt64 = 0
    package var r10: UInt64 = 0
    package var r9: UInt64 = 0
    package var r8: UInt64 = 0
    package var rax: UInt64 = 0
    package var rcx: UInt64 = 0
    package var rdx: UInt64 = 0
    package var rsi: UInt64 = 0
    package var rdi: UInt64 = 0
    package var origRax: UInt64 = 0
    package var rip: UInt64 = 0
    package var cs: UInt64 = 0
    package var eflags: UInt64 = 0
    package var rsp: UInt64 = 0
    package var ss: UInt64 = 0
    package var fsBase: UInt64 = 0
    package var gsBase: UInt64 = 0
    package var ds: UInt64 = 0
    package var es: UInt64 = 0
    package var fs: UInt64 = 0
    package var gs: UInt64 = 0

    package init() {}

    /// How many registers there are.
    package static let count = 27

    /// The registers' names as gdb writes them, in storage order.
    package static let names: [String] = [
        "r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx", "rdx", "rsi",
        "rdi", "orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base", "gs_base", "ds", "es", "fs", "gs",
    ]

    /// The register with a storage index from 0 to `count - 1`.
    package subscript(index: Int) -> UInt64 {
        get {
            switch index {
            case 0: r15
            case 1: r14
            case 2: r13
            case 3: r12
            case 4: rbp
            case 5: rbx
            case 6: r11
            case 7: r10
            case 8: r9
            case 9: r8
            case 10: rax
            case 11: rcx
            case 12: rdx
            case 13: rsi
            case 14: rdi
            case 15: origRax
            case 16: rip
            case 17: cs
            case 18: eflags
            case 19: rsp
            case 20: ss
            case 21: fsBase
            case 22: gsBase
            case 23: ds
            case 24: es
            case 25: fs
            case 26: gs
            default: preconditionFailure("no register \(index)")
            }
        }
        set {
            switch index {
            case 0: r15 = newValue
            case 1: r14 = newValue
            case 2: r13 = newValue
            case 3: r12 = newValue
            case 4: rbp = newValue
            case 5: rbx = newValue
            case 6: r11 = newValue
            case 7: r10 = newValue
            case 8: r9 = newValue
            case 9: r8 = newValue
            case 10: rax = newValue
            case 11: rcx = newValue
            case 12: rdx = newValue
            case 13: rsi = newValue
            case 14: rdi = newValue
            case 15: origRax = newValue
            case 16: rip = newValue
            case 17: cs = newValue
            case 18: eflags = newValue
            case 19: rsp = newValue
            case 20: ss = newValue
            case 21: fsBase = newValue
            case 22: gsBase = newValue
            case 23: ds = newValue
            case 24: es = newValue
            case 25: fs = newValue
            case 26: gs = newValue
            default: preconditionFailure("no register \(index)")
            }
        }
    }
}
