internal import LinuxABI
internal import Ptrace

/// The stack as the kernel builds it for a new program: argc, argv, envp, auxv (fs/binfmt_elf.c, create_elf_tables).
enum InitialStack {
    private static let ignore: UInt64 = 1  // AT_IGNORE
    private static let vdso: UInt64 = 33  // AT_SYSINFO_EHDR

    /// Takes the vDSO's address out of the auxiliary vector.
    ///
    /// - Returns: where the vector stands, its terminating entry included.
    static func hideVDSO(at stack: GuestAddress, in memory: GuestMemory) -> Range<GuestAddress> {
        guard let count = memory.readWord(stack) else { return stack..<stack }
        var position = stack + 8 &* (count &+ 2)
        // Past the environment.
        while let word = memory.readWord(position), word != 0 { position = position + 8 }
        position = position + 8
        let start = position
        while let type = memory.readWord(position), type != 0 {
            if type == vdso { try? memory.write(position, [UInt8(ignore), 0, 0, 0, 0, 0, 0, 0]) }
            position = position + 16
        }
        return start..<position + 16
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
