internal import LinuxABI
internal import TraceFormat
internal import Tracee

/// Compares memory with the digest that the recording has of it.
enum MemoryComparison {
    static func difference(from digest: MemoryDigest, in thread: TracedThread) -> ContentsDifference? {
        let map = AddressSpace.map(of: thread.id)
        if let recorded = digest.mappings, let difference = difference(from: recorded, to: map?.ranges ?? []) {
            return .mappings(difference)
        }
        var first: GuestAddress?
        var count: UInt64 = 0
        for run in digest.runs {
            // Not all at once: a recording may claim a whole address space.
            let total = Int(run.pageCount)
            for start in stride(from: 0, to: total, by: pieceLength) {
                let pages = min(pieceLength, total - start)
                let hashes = PageHash.hashes(
                    of: run.start + UInt64(start) * GuestAddress.pageSize, pageCount: UInt64(pages),
                    stackEnds: digest.stackEnds, in: thread.memory, through: thread.id)
                for index in 0..<pages where hashes[index] != run.hash(ofPage: start + index) {
                    count += 1
                    if first == nil { first = run.start + UInt64(start + index) * GuestAddress.pageSize }
                }
            }
        }
        guard let first else { return nil }
        return .memory(
            MemoryDifference(
                page: first, pageCount: count, comparedCount: digest.pageCount,
                mapping: map?.entries.first { $0.start <= first && first < $0.end }))
    }

    static func difference(from recorded: [MappedRange], to replayed: [MappedRange]) -> MappingsDifference? {
        for index in 0..<max(recorded.count, replayed.count) {
            let expected = recorded.indices.contains(index) ? recorded[index] : nil
            let actual = replayed.indices.contains(index) ? replayed[index] : nil
            // At replay the stack is memory as any other.
            let isSame =
                expected?.end == actual?.end && expected?.protection == actual?.protection
                && (expected?.isStack == true || expected?.start == actual?.start)
            if !isSame { return MappingsDifference(recorded: expected, replayed: actual) }
        }
        return nil
    }

    /// In pages: 64 MiB.
    private static let pieceLength = 1 << 14
}
