internal import CPtrace
package import LinuxABI

/// Which pages of a thread's address space there are: /proc/PID/pagemap (the kernel's
/// Documentation/admin-guide/mm/pagemap.rst), which tells the owner of a process all but the frame numbers.
package final class PageMap {
    private let descriptor: Int32
    private var canScan = true

    package init(of thread: ThreadID) throws(PtraceError) {
        descriptor = try HostFiles.open(path: "/proc/\(thread)/pagemap")
    }

    deinit { HostFiles.close(descriptor) }

    /// The pages of one mapping that are in memory or swapped out, as runs of page numbers in ascending order. Counts by
    /// what is there, not by the length, from Linux 6.7 on.
    ///
    /// - Parameter writtenOnly: of a private mapping, only those pages that are not, or no longer, a file's.
    package func runs(in pages: Range<UInt64>, writtenOnly: Bool) -> [Range<UInt64>] {
        let which = writtenOnly ? CPTRACE_PAGES_ANONYMOUS : CPTRACE_PAGES_PRESENT
        if canScan, let runs = scan(pages, for: which) { return runs }
        canScan = false
        return read(pages, writtenOnly: writtenOnly)
    }

    /// The pages of one mapping of a file that raise SIGSEGV whatever their protection (MADV_GUARD_INSTALL), as runs of page
    /// numbers in ascending order: none before Linux 6.15, since when there are such.
    package func guards(in pages: Range<UInt64>) -> [Range<UInt64>] {
        scan(pages, for: CPTRACE_PAGES_GUARDED) ?? []
    }

    private func scan(_ pages: Range<UInt64>, for which: cptrace_pages) -> [Range<UInt64>]? {
        var runs: [Range<UInt64>] = []
        var buffer = [cptrace_page_run](repeating: cptrace_page_run(), count: Self.capacity)
        var start = pages.lowerBound * GuestAddress.pageSize
        let end = pages.upperBound * GuestAddress.pageSize
        while start < end {
            var reached: UInt64 = 0
            let count = unsafe buffer.withUnsafeMutableBufferPointer {
                unsafe cptrace_scan_pages(descriptor, start, end, which, $0.baseAddress, $0.count, &reached)
            }
            guard count >= 0, reached > start else { return nil }
            for run in buffer.prefix(Int(count)) {
                Self.append(run.start / GuestAddress.pageSize..<run.end / GuestAddress.pageSize, to: &runs)
            }
            start = reached
        }
        return runs
    }

    private static let capacity = 512

    private func read(_ pages: Range<UInt64>, writtenOnly: Bool) -> [Range<UInt64>] {
        var runs: [Range<UInt64>] = []
        var first = pages.lowerBound
        while first < pages.upperBound {
            let count = min(pages.upperBound - first, Self.pieceSize)
            let words = HostFiles.read(descriptor, at: first * 8, count: Int(count) * 8)
            let bytes = words.span
            for index in 0..<bytes.count / 8 {
                // The flags are in the top byte of each little-endian word.
                let flags = bytes[index &* 8 &+ 7]
                guard flags & (Self.present | Self.swapped) != 0, !writtenOnly || flags & Self.fileBacked == 0 else {
                    continue
                }
                Self.append(first + UInt64(index)..<first + UInt64(index) + 1, to: &runs)
            }
            // What the kernel does not tell of counts as written.
            Self.append(first + UInt64(words.count / 8)..<first + count, to: &runs)
            first += count
        }
        return runs
    }

    /// Appends a run, as one with the last if they meet.
    package static func append(_ run: Range<UInt64>, to runs: inout [Range<UInt64>]) {
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
