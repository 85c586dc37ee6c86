package import LinuxABI
internal import Ptrace

/// The pages of a thread's address space that user code can have written.
package enum WritablePages {
    /// Runs of pages in ascending order: what is in memory (or swapped out) of the writable mappings. A page of a
    /// private mapping that is still the file's was never written.
    ///
    /// By /proc/PID/pagemap (the kernel's Documentation/admin-guide/mm/pagemap.rst), which tells the owner of a process
    /// all but the frame numbers.
    package static func runs(of thread: ThreadID, map: MemoryMap) -> [Range<UInt64>] {
        let descriptor = try? HostFiles.open(path: "/proc/\(thread)/pagemap")
        defer { if let descriptor { HostFiles.close(descriptor) } }
        var runs: [Range<UInt64>] = []
        for entry in map.entries where entry.isWritable && !entry.isKernelProvided {
            if InterceptorLayout.overlaps(entry.start, length: entry.length) { continue }
            let pages = entry.start.pageNumber..<entry.end.pageNumber
            guard let descriptor else {
                append(pages, to: &runs)
                continue
            }
            var first = pages.lowerBound
            while first < pages.upperBound {
                let count = min(pages.upperBound - first, pieceSize)
                let words = HostFiles.read(descriptor, at: first * 8, count: Int(count) * 8)
                appendWritten(words, first: first, isShared: entry.isShared, to: &runs)
                // What the kernel does not tell of counts as written.
                append(first + UInt64(words.count / 8)..<first + count, to: &runs)
                first += count
            }
        }
        return runs
    }

    private static func appendWritten(
        _ words: [UInt8], first: UInt64, isShared: Bool, to runs: inout [Range<UInt64>]
    ) {
        let bytes = words.span
        for index in 0..<bytes.count / 8 {
            // The flags are in the top byte of each little-endian word.
            let flags = bytes[index &* 8 &+ 7]
            guard flags & (present | swapped) != 0, isShared || flags & fileBacked == 0 else { continue }
            append(first + UInt64(index)..<first + UInt64(index) + 1, to: &runs)
        }
    }

    private static func append(_ run: Range<UInt64>, to runs: inout [Range<UInt64>]) {
        if run.isEmpty { return }
        if let last = runs.last, last.upperBound == run.lowerBound {
            runs[runs.count - 1] = last.lowerBound..<run.upperBound
        } else {
            runs.append(run)
        }
    }

    private static let present: UInt8 = 0x80
    private static let swapped: UInt8 = 0x40
    private static let fileBacked: UInt8 = 0x20
    /// Pages asked for at once.
    private static let pieceSize: UInt64 = 1 << 16
}
