internal import LinuxABI
internal import Ptrace

/// Where the outputs of a system call that may block really go, so that other threads do not see them before the call's
/// exit, which is when a replay shows them.
struct Redirection {
    /// The block of scratch memory.
    let block: GuestAddress
    private var moves: [Move] = []
    /// Pointers in the tracee's memory that lead to scratch memory for the time of the call, with their own values.
    private var patches: [(slot: GuestAddress, value: GuestAddress)] = []

    private struct Move {
        var range: OutputRange
        var scratch: GuestAddress
        /// Pointers inside of the moved bytes that were changed: their offset and their own value.
        var pointers: [(offset: UInt64, value: GuestAddress)] = []
    }

    /// Points a call at scratch memory.
    ///
    /// - Parameter registers: the call's arguments, changed where they are pointers.
    /// - Returns: nil if nothing can be moved.
    init?(
        of outputs: [OutputRange], registers: inout Registers, arena: ScratchArena, memory: GuestMemory
    ) throws(PtraceError) {
        let movable = outputs.filter { $0.transfer != .inPlace }
        guard !movable.isEmpty,
            let block = arena.allocate(movable.reduce(0) { $0 + Self.aligned($1.length) })
        else { return nil }
        self.block = block
        var position = block
        for range in movable {
            moves.append(Move(range: range, scratch: position))
            position = position + Self.aligned(range.length)
        }
        for index in moves.indices {
            let move = moves[index]
            if move.range.keepsUnwrittenBytes {
                try memory.write(move.scratch, memory.read(move.range.start, count: Int(clamping: move.range.length)))
            }
        }
        for move in moves { try point(move, &registers, memory) }
    }

    private static func aligned(_ length: UInt64) -> UInt64 { (length + 15) & ~15 }

    private mutating func point(
        _ move: Move, _ registers: inout Registers, _ memory: GuestMemory
    ) throws(PtraceError) {
        let target = (0..<8).map { UInt8(truncatingIfNeeded: move.scratch.rawValue >> ($0 * 8)) }
        switch move.range.pointer {
        case .argument(let index): registers.setArgument(index, to: move.scratch.rawValue)
        case .memory(let slot):
            if let holder = moves.firstIndex(where: { $0.range.start <= slot && slot < $0.range.end }) {
                let offset = slot - moves[holder].range.start
                moves[holder].pointers.append((offset, move.range.start))
                try memory.write(moves[holder].scratch + offset, target)
            } else {
                patches.append((slot, move.range.start))
                try memory.write(slot, target)
            }
        }
    }

    /// Brings what the kernel has written to where the tracee expects it.
    ///
    /// - Parameter result: the call's result.
    func complete(result: Int64, memory: GuestMemory) throws(PtraceError) {
        for (slot, value) in patches { try memory.write(slot, Self.bytes(value)) }
        // Structures that tell how long others are come first.
        for move in moves where move.range.transfer == .inOut {
            var bytes = memory.read(move.scratch, count: Int(clamping: move.range.length))
            for (offset, value) in move.pointers where Int(offset) + 8 <= bytes.count {
                bytes.replaceSubrange(Int(offset)..<Int(offset) + 8, with: Self.bytes(value))
            }
            try memory.write(move.range.start, bytes)
        }
        // Where the kernel met a bad address it is not known how far it came: what it did not write must not be touched.
        let isPartial = result == ErrorNumber.EFAULT.syscallResult
        var written: [GuestRange] = []
        OutputRange.appendWritten(of: moves.map(\.range), result: result, to: &written) {
            memory.readExactly($0, count: $1)
        }
        for range in written {
            guard let move = moves.first(where: { $0.range.start <= range.start && range.end <= $0.range.end }),
                move.range.transfer == .out, !isPartial || move.range.keepsUnwrittenBytes
            else { continue }
            let bytes = memory.read(move.scratch + (range.start - move.range.start), count: Int(clamping: range.length))
            try memory.write(range.start, bytes)
        }
    }

    private static func bytes(_ address: GuestAddress) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: address.rawValue >> ($0 * 8)) }
    }
}

extension OutputRange {
    var end: GuestAddress { start + length }

    /// Whether the call may leave bytes of the range alone that count as written: scratch memory has to begin with the
    /// range's contents.
    fileprivate var keepsUnwrittenBytes: Bool {
        switch extent {
        case .result, .stream, .messageStream: transfer == .inOut
        case .whole, .updated: true
        }
    }
}
