internal import LinuxABI
internal import Tracee

/// Memory of one address space that the kernel may fill while other threads run there: handed out to system calls
/// that may block, in place of the tracee's own buffers.
final class ScratchArena {
    /// The part of xrr's own pages that is always there, then what was mapped because that was not enough.
    private var areas = [Area(InterceptorLayout.scratch..<InterceptorLayout.end)]
    /// A length that could not be mapped; so much is not asked for again.
    var refusedLength = UInt64.max
    /// Whether the user was told that there is no more.
    var isShortageSaid = false

    private struct Area {
        let range: Range<GuestAddress>
        /// In ascending order.
        var taken: [Range<GuestAddress>] = []

        private static let alignment: UInt64 = 64

        init(_ range: Range<GuestAddress>) { self.range = range }

        mutating func allocate(_ length: UInt64) -> GuestAddress? {
            guard length <= range.upperBound - range.lowerBound else { return nil }
            let length = (length + Self.alignment - 1) & ~(Self.alignment - 1)
            var start = range.lowerBound
            for (index, block) in taken.enumerated() {
                if block.lowerBound - start >= length {
                    taken.insert(start..<start + length, at: index)
                    return start
                }
                start = block.upperBound
            }
            guard range.upperBound - start >= length else { return nil }
            taken.append(start..<start + length)
            return start
        }
    }

    /// So many bytes; nil if there is no room.
    func allocate(_ length: UInt64) -> GuestAddress? {
        for index in areas.indices {
            if let block = areas[index].allocate(length) { return block }
        }
        return nil
    }

    func release(_ address: GuestAddress) {
        for index in areas.indices { areas[index].taken.removeAll { $0.lowerBound == address } }
    }

    // MARK: Areas

    /// What was mapped besides xrr's own pages.
    var added: [Range<GuestAddress>] { areas[1...].map(\.range) }

    func add(_ range: Range<GuestAddress>) { areas.append(Area(range)) }

    /// Whether there is an added area in which nothing is taken.
    var hasUnused: Bool { areas[1...].contains(where: \.taken.isEmpty) }

    /// The added areas in which nothing is taken. They are no longer handed out.
    func takeUnused() -> [Range<GuestAddress>] {
        let unused = areas[1...].filter(\.taken.isEmpty).map(\.range)
        areas.removeAll { unused.contains($0.range) }
        return unused
    }

    /// Whether a range of addresses touches what was added.
    func overlaps(_ address: GuestAddress, length: UInt64) -> Bool {
        areas.count > 1
            && areas[1...].contains { area in
                let (end, overflow) = address.rawValue.addingReportingOverflow(length)
                return length > 0 && address < area.range.upperBound
                    && (overflow || end > area.range.lowerBound.rawValue)
            }
    }
}
