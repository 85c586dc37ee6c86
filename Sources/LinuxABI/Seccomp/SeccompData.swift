/// `struct seccomp_data` (<linux/seccomp.h>): what a filter can see of a system call.
package struct SeccompData: Hashable, Sendable {
    /// AUDIT_ARCH_X86_64 and AUDIT_ARCH_I386 of <linux/audit.h>.
    package enum Architecture: UInt32, Sendable {
        case amd64 = 0xC000_003E
        case i386 = 0x4000_0003
    }

    /// The structure as 16 words of 32 bits: number, architecture, instruction pointer, six arguments.
    private var words = SIMD16<UInt32>()

    /// The size of the structure in bytes.
    package static let size: UInt32 = 64

    package var number: UInt32 { words[0] }
    package var architecture: UInt32 { words[1] }
    package var instructionPointer: UInt64 { UInt64(words[3]) << 32 | UInt64(words[2]) }

    /// The call that a thread with these registers is about to make.
    package init(_ registers: Registers, architecture: Architecture = .amd64) {
        words[0] = UInt32(truncatingIfNeeded: registers.origRax)
        words[1] = architecture.rawValue
        set(1, to: registers.rip)
        switch architecture {
        case .amd64: for index in 0..<6 { set(index + 2, to: registers.argument(index)) }
        case .i386:
            // arch/x86/include/asm/syscall.h, syscall_get_arguments.
            let arguments = [
                registers.rbx, registers.rcx, registers.rdx, registers.rsi, registers.rdi, registers.rbp,
            ]
            for (index, argument) in arguments.enumerated() { set(index + 2, to: argument & 0xffff_ffff) }
        }
    }

    private mutating func set(_ index: Int, to value: UInt64) {
        words[index * 2] = UInt32(truncatingIfNeeded: value)
        words[index * 2 + 1] = UInt32(truncatingIfNeeded: value >> 32)
    }

    /// The word at an offset in bytes; 0 where a valid filter cannot look.
    func word(at offset: UInt32) -> UInt32 {
        offset < Self.size && offset % 4 == 0 ? words[Int(offset / 4)] : 0
    }
}
