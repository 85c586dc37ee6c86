package import LinuxABI
internal import Ptrace

/// The pages of a thread's address space that user code can have written.
package enum WritablePages {
    /// Runs of pages in ascending order: what is in memory (or swapped out) of the writable mappings. A page of a
    /// private mapping that is still the file's was never written.
    package static func runs(of thread: ThreadID, map: MemoryMap) -> [Range<UInt64>] {
        let pageMap = try? PageMap(of: thread)
        var runs: [Range<UInt64>] = []
        for entry in map.entries where entry.isWritable && !entry.isKernelProvided {
            if InterceptorLayout.overlaps(entry.start, length: entry.length) { continue }
            let pages = entry.start.pageNumber..<entry.end.pageNumber
            for run in pageMap?.runs(in: pages, writtenOnly: !entry.isShared) ?? [pages] {
                PageMap.append(run, to: &runs)
            }
        }
        return runs
    }
}
