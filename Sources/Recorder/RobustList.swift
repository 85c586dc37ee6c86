internal import LinuxABI
internal import Ptrace

/// The list of robust futexes that the kernel walks when a thread ends: get_robust_list(2) and the kernel's
/// Documentation/locking/robust-futex-ABI.rst.
enum RobustList {
    /// ROBUST_LIST_LIMIT of kernel/futex.
    private static let limit = 2048

    /// What the kernel makes of a word when its owner dies: handle_futex_death of kernel/futex/core.c.
    static func valueAfterDeath(of owner: ThreadID, _ word: UInt32) -> UInt32 {
        let (waiters, ownerDied, ownerMask): (UInt32, UInt32, UInt32) = (0x8000_0000, 0x4000_0000, 0x3fff_ffff)
        return word & ownerMask == UInt32(bitPattern: owner.rawValue) ? word & waiters | ownerDied : word
    }

    /// The futex words that the kernel may change.
    ///
    /// - Parameter head: `struct robust_list_head`: the first entry, the distance of a futex from its entry, and the
    ///   entry that is being added or taken out.
    static func words(at head: GuestAddress, in memory: GuestMemory) -> [GuestAddress] {
        guard !head.isNull, let offset = memory.readWord(head + 8) else { return [] }
        var words: [GuestAddress] = []
        // Bit 0 of an entry marks a PI futex.
        func note(_ entry: UInt64) { words.append(GuestAddress(entry & ~1) + offset) }
        if let pending = memory.readWord(head + 16), pending != 0 { note(pending) }
        var entry = memory.readWord(head)
        while let current = entry, current & ~1 != head.rawValue, words.count < limit {
            note(current)
            entry = memory.readWord(GuestAddress(current & ~1))
        }
        return words
    }
}
