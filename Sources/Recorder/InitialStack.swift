internal import LinuxABI
internal import Ptrace
internal import XState

/// The stack as the kernel builds it for a new program: argc, argv, envp, auxv (fs/binfmt_elf.c, create_elf_tables).
enum InitialStack {
    /// Types of entries of the auxiliary vector (include/uapi/linux/auxvec.h, arch/x86/include/uapi/asm/auxvec.h).
    private enum Entry {
        static let platform: UInt64 = 15
        static let hardwareCapabilities: UInt64 = 16
        static let moreHardwareCapabilities: UInt64 = 26
        static let smallestSignalStack: UInt64 = 51
    }

    /// AT_HWCAP2: RDFSBASE and friends may be executed.
    private static let hasFSGSBase: UInt64 = 1 << 1
    /// AT_PLATFORM of all CPUs but Xeon Phi, with its terminator.
    private static let platform = Array("x86_64\0".utf8)
    /// AT_MINSIGSTKSZ in pinned recordings: at or above the frames of all CPUs without AMX (3,632 bytes with Intel's
    /// AVX-512 and PKRU), and no more than what leaves glibc's smallest thread stack, four times this, at the 16 KiB that
    /// programs are built with.
    static let smallestSignalStack: UInt64 = 4096

    /// Takes what tells of the machine's CPU out of the auxiliary vector.
    ///
    /// - Parameter pin: the CPU that the program sees; nil for the machine's.
    /// - Returns: where the vector stands, its terminating entry included.
    static func pin(
        at stack: GuestAddress, in memory: GuestMemory, to pin: TraceeCPU?
    ) throws(PtraceError) -> Range<GuestAddress> {
        guard let count = memory.readWord(stack) else { return stack..<stack }
        var position = stack + 8 &* (count &+ 2)
        // Past the environment.
        while let word = memory.readWord(position), word != 0 { position = position + 8 }
        position = position + 8
        let start = position
        while let type = memory.readWord(position), type != 0 {
            if let pin, !pin.isNative, let value = memory.readWord(position + 8) {
                if type == Entry.platform {
                    try pinPlatform(at: GuestAddress(value), in: memory)
                } else if let pinned = pinned(type, value, to: pin), pinned != value {
                    try memory.write(position + 8, pinned.littleEndianBytes)
                }
            }
            position = position + 16
        }
        return start..<position + 16
    }

    /// What an entry says of the pinned CPU, nil if it does not tell of CPUs.
    private static func pinned(_ type: UInt64, _ value: UInt64, to pin: TraceeCPU) -> UInt64? {
        switch type {
        case Entry.hardwareCapabilities:
            // CPUID.1:EDX, less what the kernel does not support.
            value & UInt64(pin.cpu.cpuid.words(leaf: 1).edx)
        case Entry.moreHardwareCapabilities:
            // CPUID.(7,0):EBX.FSGSBASE. MONITOR and MWAIT in user mode, the other bit, is Xeon Phi's alone.
            value & (pin.cpu.cpuid.words(leaf: 7).ebx & 1 != 0 ? Self.hasFSGSBase : 0)
        case Entry.smallestSignalStack:
            // Never less than the kernel needs.
            max(value, Self.smallestSignalStack)
        default: nil
        }
    }

    private static func pinPlatform(at address: GuestAddress, in memory: GuestMemory) throws(PtraceError) {
        guard let name = memory.readString(address, limit: 64), name.count + 1 > platform.count else { return }
        try memory.write(address, platform)
    }

    /// The argument vector.
    static func arguments(at stack: GuestAddress, in memory: GuestMemory) -> [[UInt8]] {
        guard let count = memory.readWord(stack), count < 1 << 20 else { return [] }
        var arguments: [[UInt8]] = []
        for index in 0..<count {
            guard let pointer = memory.readWord(stack + 8 * (index + 1)),
                let argument = memory.readString(GuestAddress(pointer), limit: 128 << 10)
            else { break }
            arguments.append(argument)
        }
        return arguments
    }
}
