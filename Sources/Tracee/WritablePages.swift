package import LinuxABI
internal import Ptrace

/// The pages of a thread's address space that user code can have written.
package enum WritablePages {
    /// Runs of pages in ascending order: what is in memory (or swapped out) of the writable mappings. A page of a
    /// private mapping that is still the file's was never written.
    package static func runs(of thread: ThreadID, map: MemoryMap) -> [Range<UInt64>] {
        runs(of: thread, in: map.entries.filter(\.isWritable))
    }

    /// The same of some mappings, whether they are writable now or not.
    ///
    /// - Parameter includesFilePages: also those pages of private mappings that are still the file's.
    package static func runs(
        of thread: ThreadID, in entries: [MemoryMapEntry], includesFilePages: Bool = false
    ) -> [Range<UInt64>] {
        let pageMap = try? PageMap(of: thread)
        var runs: [Range<UInt64>] = []
        for entry in entries where !entry.isKernelProvided {
            if InterceptorLayout.overlaps(entry.start, length: entry.length) { continue }
            let pages = entry.start.pageNumber..<entry.end.pageNumber
            let writtenOnly = !entry.isShared && !includesFilePages
            for run in pageMap?.runs(in: pages, writtenOnly: writtenOnly) ?? [pages] {
                PageMap.append(run, to: &runs)
            }
        }
        return runs
    }
}
