internal import LinuxABI
internal import Ptrace

/// Where the outputs of a system call that may block really go, so that other threads do not see them before the call's
/// exit, which is when a replay shows them.
///
/// Only what the program can write is moved: where it cannot, the kernel is left to find out itself, with all that this
/// means for the call. Nothing of the program's memory is changed for the time of the call: arrays of pointers are copied.
struct Redirection {
    /// The block of scratch memory.
    let block: GuestAddress
    private var moves: [Move] = []

    private struct Move {
        var range: OutputRange
        var scratch: GuestAddress
        /// What the scratch memory held at first, where the call may leave parts of it alone.
        var before: [UInt8]?
        /// Pointers inside of the moved bytes that were changed: their offset and their own value.
        var pointers: [(offset: UInt64, value: GuestAddress)] = []
    }

    /// What of a call's outputs is moved.
    struct Plan {
        fileprivate let movable: [OutputRange]
        fileprivate let arrays: Set<OutputRange.PointerArray>
        /// A call that is bound to meet bad memory may leave the rest unwritten, too.
        fileprivate let keepsAll: Bool
        /// How much scratch memory that takes, in bytes; 0 if nothing can be moved.
        let length: UInt64

        /// - Parameter writable: how many bytes from the start of a range on the program can write.
        init(of outputs: [OutputRange], writable: (OutputRange) -> UInt64) {
            let candidates = outputs.filter { $0.transfer != .inPlace }
            let sound = candidates.filter { writable($0) >= $0.length }
            // A pointer in a structure can be another one only in a copy of the structure.
            let movable = sound.filter { range in
                guard let holder = range.holder else { return true }
                return sound.contains { $0.start <= holder && holder < $0.end }
            }
            let arrays = Set(movable.compactMap(\.array))
            self.movable = movable
            self.arrays = arrays
            keepsAll = movable.count < candidates.count
            length =
                movable.reduce(0) { $0 + Redirection.aligned($1.length) }
                + arrays.reduce(0) { $0 + Redirection.aligned($1.range.length) }
        }
    }

    /// Points a call at scratch memory.
    ///
    /// - Parameters:
    ///   - block: as much scratch memory as the plan takes.
    ///   - registers: the call's arguments, changed where they are pointers.
    init(
        _ plan: Plan, in block: GuestAddress, registers: inout Registers, memory: GuestMemory
    ) throws(PtraceError) {
        let (movable, arrays, keepsAll) = (plan.movable, plan.arrays, plan.keepsAll)
        self.block = block
        var position = block
        for range in movable {
            var move = Move(range: range, scratch: position)
            if keepsAll || range.keepsUnwrittenBytes {
                let bytes = memory.read(range.start, count: Int(clamping: range.length))
                try memory.write(move.scratch, bytes)
                move.before = bytes
            }
            moves.append(move)
            position = position + Self.aligned(range.length)
        }
        var copies: [OutputRange.PointerArray: GuestAddress] = [:]
        for array in arrays {
            try memory.write(position, memory.read(array.range.start, count: Int(clamping: array.range.length)))
            copies[array] = position
            switch array.holder {
            case .argument(let index): registers.setArgument(index, to: position.rawValue)
            case .memory(let slot): try point(slot, from: array.range.start, to: position, memory)
            }
            position = position + Self.aligned(array.range.length)
        }
        for move in moves {
            switch move.range.pointer {
            case .argument(let index): registers.setArgument(index, to: move.scratch.rawValue)
            case .memory(let slot): try point(slot, from: move.range.start, to: move.scratch, memory)
            case .element(let slot, let array):
                guard let copy = copies[array] else { continue }
                try memory.write(copy + (slot - array.range.start), Self.bytes(move.scratch))
            }
        }
    }

    fileprivate static func aligned(_ length: UInt64) -> UInt64 { (length + 15) & ~15 }

    /// Changes a pointer in the copy of a structure.
    private mutating func point(
        _ slot: GuestAddress, from own: GuestAddress, to target: GuestAddress, _ memory: GuestMemory
    ) throws(PtraceError) {
        guard let holder = moves.firstIndex(where: { $0.range.start <= slot && slot < $0.range.end }) else { return }
        let offset = slot - moves[holder].range.start
        moves[holder].pointers.append((offset, own))
        try memory.write(moves[holder].scratch + offset, Self.bytes(target))
    }

    /// Brings what the kernel has written to where the program expects it.
    ///
    /// - Parameters:
    ///   - result: the call's result.
    ///   - store: writes to the program's memory what the program could write, and says how many bytes that were: memory
    ///     may have gone while the call slept.
    /// - Returns: the result that the call has with that.
    func complete(result: Int64, memory: GuestMemory, store: (GuestAddress, [UInt8]) -> Int) -> Int64 {
        var isFaulty = false
        // Structures that tell how long others are come first.
        for move in moves where move.range.transfer == .inOut {
            isFaulty = !bringBack(move, count: move.range.length, memory, store).isComplete || isFaulty
        }
        // Where the call failed it is not known how far it came: what it did not write must not be touched.
        let isPartial = result < 0
        var written: [GuestRange] = []
        OutputRange.appendWritten(of: moves.map(\.range), result: result, to: &written) {
            memory.readExactly($0, count: $1)
        }
        var shortened: Int64?
        var streamed: UInt64 = 0
        var rest = moves[...]
        for range in written {
            // In the same order, without those that got nothing.
            guard
                let index = rest.firstIndex(where: { $0.range.start == range.start && range.length <= $0.range.length })
            else { continue }
            let move = rest[index]
            rest = rest[(index + 1)...]
            guard move.range.transfer == .out, !isPartial || move.before != nil else { continue }
            let (stored, isComplete) = bringBack(move, count: range.length, memory, store)
            if case .stream = move.range.extent { streamed += stored }
            guard !isComplete else { continue }
            isFaulty = true
            switch move.range.extent {
            case .stream: shortened = Int64(streamed)
            case .result(let length) where length.base == 0: shortened = Int64(stored / length.unit)
            default: break
            }
            break
        }
        guard isFaulty, result >= 0 else { return result }
        return shortened.flatMap { $0 > 0 ? $0 : nil } ?? ErrorNumber.EFAULT.syscallResult
    }

    /// Brings back the first bytes of a range. Bytes that the kernel has left alone stay as they are there, since other
    /// threads may have changed them meanwhile.
    private func bringBack(
        _ move: Move, count: UInt64, _ memory: GuestMemory, _ store: (GuestAddress, [UInt8]) -> Int
    ) -> (stored: UInt64, isComplete: Bool) {
        var done: UInt64 = 0
        while done < count {
            let length = min(count - done, Self.largestPiece)
            let stored = bringBack(move, piece: Int(done)..<Int(done + length), memory, store)
            done += UInt64(stored)
            if stored < Int(length) { return (done, false) }
        }
        return (done, true)
    }

    /// So much of an output, in bytes, goes through the recorder's memory at once.
    private static let largestPiece: UInt64 = 1 << 20

    private func bringBack(
        _ move: Move, piece: Range<Int>, _ memory: GuestMemory, _ store: (GuestAddress, [UInt8]) -> Int
    ) -> Int {
        let target = move.range.start + UInt64(piece.lowerBound)
        var bytes = memory.read(move.scratch + UInt64(piece.lowerBound), count: piece.count)
        for (offset, value) in move.pointers {
            let position = Int(offset) - piece.lowerBound
            guard position >= 0, position + 8 <= bytes.count else { continue }
            bytes.replaceSubrange(position..<position + 8, with: Self.bytes(value))
        }
        if let before = move.before?.dropFirst(piece.lowerBound) {
            if before.starts(with: bytes) { return piece.count }
            var present = memory.read(target, count: bytes.count)
            for (index, own) in zip(present.indices, before) where bytes[index] != own { present[index] = bytes[index] }
            bytes.replaceSubrange(0..<present.count, with: present)
        }
        return store(target, bytes)
    }

    private static func bytes(_ address: GuestAddress) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: address.rawValue >> ($0 * 8)) }
    }
}

extension OutputRange {
    var end: GuestAddress { start + length }

    /// The array that holds the pointer to the range.
    fileprivate var array: PointerArray? {
        if case .element(_, let array) = pointer { array } else { nil }
    }

    /// Where in a structure the pointer to the range, or to the array with it, stands.
    fileprivate var holder: GuestAddress? {
        switch pointer {
        case .argument: return nil
        case .memory(let slot): return slot
        case .element(_, let array):
            if case .memory(let slot) = array.holder { return slot }
            return nil
        }
    }

    /// Whether the call may fail when it has written a part, of which it is not known how long it is.
    private var mayFailAfterwards: Bool {
        if case .successOr = condition { true } else { false }
    }

    /// Whether the call may leave bytes of the range alone that count as written: scratch memory has to begin with the
    /// range's contents.
    fileprivate var keepsUnwrittenBytes: Bool {
        switch extent {
        case .result, .stream, .messageStream: transfer == .inOut || mayFailAfterwards
        case .whole, .updated: true
        }
    }
}
