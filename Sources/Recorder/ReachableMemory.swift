internal import LinuxABI
internal import Ptrace

/// The memory that can be reached from the argument of a request of which only the number is known, as it was before the
/// call: the structure, what follows it, and what its words point to. What differs afterwards was written by the call.
struct ReachableMemory {
    private var pieces: [(start: GuestAddress, bytes: [UInt8])] = []

    /// How much is looked at behind the structure, and behind each pointer in it, in bytes.
    static let reach: UInt64 = 16 << 10
    /// How many words of the structure are taken for pointers.
    static let mostPointers = 128

    /// - Parameter size: that of the structure, as the request's number tells it.
    init(of argument: GuestAddress, size: UInt64, in memory: GuestMemory) {
        guard argument.rawValue < Output.userSpaceEnd else { return }
        let structure = memory.read(argument, count: Int(size + Self.reach))
        if structure.isEmpty { return }
        pieces.append((argument, structure))
        for offset in stride(from: 0, to: min(Int(size), structure.count, 8 * Self.mostPointers) - 7, by: 8) {
            let word = structure[offset..<offset + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard word >= GuestAddress.pageSize, word < Output.userSpaceEnd else { continue }
            let bytes = memory.read(GuestAddress(word), count: Int(Self.reach))
            if !bytes.isEmpty { pieces.append((GuestAddress(word), bytes)) }
        }
    }

    /// What has changed, from the first changed byte to the last one of each piece.
    func changes(in memory: GuestMemory) -> [(start: GuestAddress, bytes: [UInt8])] {
        pieces.compactMap { piece in
            let now = memory.read(piece.start, count: piece.bytes.count)
            guard let first = zip(now, piece.bytes).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
                return nil
            }
            var end = now.count
            while end > first + 1, now[end - 1] == piece.bytes[end - 1] { end -= 1 }
            return (piece.start + UInt64(first), Array(now[first..<end]))
        }
    }
}
