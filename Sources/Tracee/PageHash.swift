internal import Codec
package import LinuxABI
package import Ptrace

/// Hashes of pages of a tracee, by which a moment in user code is recognised.
package enum PageHash {
    /// The XXH3 of each page; 0 for one that cannot be read (it lies behind the end of a mapped file).
    ///
    /// - Parameter stackEnds: see `Marker.stackEnds`; in ascending order.
    package static func hashes(
        of start: GuestAddress, pageCount: UInt64, stackEnds: [GuestAddress], in memory: GuestMemory,
        through thread: ThreadID
    ) -> [UInt64] {
        var hashes: [UInt64] = []
        hashes.reserveCapacity(Int(pageCount))
        let page = Int(GuestAddress.pageSize)
        while UInt64(hashes.count) < pageCount {
            let count = Int(min(pageCount - UInt64(hashes.count), pieceSize))
            let address = start + UInt64(hashes.count) * GuestAddress.pageSize
            var bytes = memory.read(address, count: count * page, through: thread)
            clearDead(&bytes, at: address, stackEnds)
            let span = bytes.span
            for index in 0..<(bytes.count / page) {
                hashes.append(XXH3.hash(span.extracting(index * page..<(index + 1) * page)))
            }
            if bytes.count < count * page { hashes.append(0) }
        }
        return hashes
    }

    /// Makes zeros of what is dead.
    ///
    /// - Parameters:
    ///   - start: the address of the first byte, which begins a page.
    ///   - stackEnds: in ascending order.
    package static func clearDead(_ bytes: inout [UInt8], at start: GuestAddress, _ stackEnds: [GuestAddress]) {
        var (low, high) = (0, stackEnds.count)
        while low < high {
            let middle = (low + high) / 2
            if stackEnds[middle] <= start { low = middle + 1 } else { high = middle }
        }
        for end in stackEnds[low...] {
            guard end - start < UInt64(bytes.count) else { return }
            for index in Int(end.pageStart - start)..<Int(end - start) { bytes[index] = 0 }
        }
    }

    /// The ends of stacks in ascending order, and of those in one page the last alone, which covers the others.
    package static func ordered(_ stackEnds: [GuestAddress]) -> [GuestAddress] {
        var result: [GuestAddress] = []
        for end in stackEnds.sorted() {
            if let last = result.last, last.pageStart == end.pageStart { result.removeLast() }
            result.append(end)
        }
        return result
    }

    /// One hash for several pages. The pages' own hashes are good; this mixes in their order.
    package static func combined(_ hashes: ArraySlice<UInt64>) -> UInt64 {
        var result: UInt64 = 0
        for hash in hashes {
            result = (result ^ hash) &* 0x9e37_79b9_7f4a_7c15
            result ^= result >> 29
        }
        return result
    }

    /// In pages: 1 MiB.
    private static let pieceSize: UInt64 = 256
}
