internal import LinuxABI
internal import Ptrace

/// What a call of the clone family asks for: clone(2).
struct CloneRequest {
    let flags: UInt64
    let parentWord: GuestAddress
    let childWord: GuestAddress

    private enum Flag {
        static let sharesMemory: UInt64 = 0x100
        static let vfork: UInt64 = 0x4000
        static let thread: UInt64 = 0x1_0000
        static let setParentWord: UInt64 = 0x10_0000
        static let clearChildWord: UInt64 = 0x20_0000
        static let untraced: UInt64 = 0x80_0000
        static let setChildWord: UInt64 = 0x100_0000
    }

    /// Reads the request from the registers at the call's entry and, for clone3(2), from memory.
    init(_ call: PendingSyscall, memory: GuestMemory) {
        let entry = call.entry
        switch call.number {
        case .clone:
            flags = entry.argument(0)
            parentWord = GuestAddress(entry.argument(2))
            childWord = GuestAddress(entry.argument(3))
        case .clone3:
            let arguments = GuestAddress(entry.argument(0))
            flags = memory.readWord(arguments) ?? 0
            childWord = GuestAddress(memory.readWord(arguments + 16) ?? 0)
            parentWord = GuestAddress(memory.readWord(arguments + 24) ?? 0)
        case .vfork:
            flags = Flag.sharesMemory | Flag.vfork
            parentWord = .null
            childWord = .null
        default:
            flags = 0
            parentWord = .null
            childWord = .null
        }
    }

    var sharesMemory: Bool { flags & Flag.sharesMemory != 0 }
    var isThread: Bool { flags & Flag.thread != 0 }
    var sharesHandlers: Bool { flags & CloneFlags.sharesHandlers.rawValue != 0 }
    /// CLONE_CLEAR_SIGHAND. A bit that clone(2) does not have.
    var clearsHandlers: Bool { flags & CloneFlags.clearHandlers.rawValue != 0 }
    /// CLONE_UNTRACED, which would let the child escape.
    static let untraced = Flag.untraced
    /// The size of `struct clone_args.flags`, the first member.
    static let flagsSize = 8

    /// The word that the kernel clears at the child's end.
    var childClearWord: GuestAddress { flags & Flag.clearChildWord != 0 ? childWord : .null }

    /// Words that the kernel has written by the time the child runs, as the child sees them.
    var wordsSeenByChild: [GuestAddress] {
        var words: [GuestAddress] = []
        if flags & Flag.setChildWord != 0 { words.append(childWord) }
        if flags & Flag.setParentWord != 0 && sharesMemory { words.append(parentWord) }
        return words
    }
}
