internal import LinuxABI
internal import Ptrace

/// What a call of the clone family asks for: clone(2).
struct CloneRequest {
    let flags: CloneFlags
    let parentWord: GuestAddress
    let childWord: GuestAddress

    /// Reads the request from the registers at the call's entry and, for clone3(2), from memory.
    init(_ call: PendingSyscall, memory: GuestMemory) {
        let entry = call.entry
        switch call.number {
        case .clone:
            // The upper half of the register is noise.
            flags = CloneFlags(rawValue: entry.argument(0) & 0xffff_ffff)
            parentWord = GuestAddress(entry.argument(2))
            childWord = GuestAddress(entry.argument(3))
        case .clone3:
            let arguments = GuestAddress(entry.argument(0))
            flags = CloneFlags(rawValue: memory.readWord(arguments) ?? 0)
            childWord = GuestAddress(memory.readWord(arguments + 16) ?? 0)
            parentWord = GuestAddress(memory.readWord(arguments + 24) ?? 0)
        case .vfork:
            flags = [.sharesMemory, .vfork]
            parentWord = .null
            childWord = .null
        default:
            flags = []
            parentWord = .null
            childWord = .null
        }
    }

    var sharesMemory: Bool { flags.contains(.sharesMemory) }
    var isThread: Bool { flags.contains(.thread) }
    /// CLONE_UNTRACED, which would let the child escape.
    var isUntraced: Bool { flags.contains(.untraced) }
    /// The size of `struct clone_args.flags`, the first member.
    static let flagsSize = 8

    /// The word that the kernel clears at the child's end.
    var childClearWord: GuestAddress { flags.contains(.childClearTID) ? childWord : .null }

    /// Words that the kernel has written by the time the child runs, as the child sees them.
    var wordsSeenByChild: [GuestAddress] {
        var words: [GuestAddress] = []
        if flags.contains(.childSetTID) { words.append(childWord) }
        if flags.contains(.parentSetTID) && sharesMemory { words.append(parentWord) }
        return words
    }
}
