internal import LinuxABI
package import TraceFormat

extension MemoryMap {
    /// What the program can reach, by its protection: neighbours with the same are one, since the kernel joins mappings at
    /// record and at replay for other reasons. Without xrr's own pages and the kernel's.
    package var ranges: [MappedRange] {
        var ranges: [MappedRange] = []
        for entry in entries where !entry.isKernelProvided {
            if InterceptorLayout.overlaps(entry.start, length: entry.length) { continue }
            let protection = UInt8(truncatingIfNeeded: entry.protection)
            let isStack = entry.name == "[stack]"
            if let last = ranges.last, last.end == entry.start, last.protection == protection, !last.isStack, !isStack {
                ranges[ranges.count - 1].pageCount += entry.length / GuestAddress.pageSize
            } else {
                ranges.append(
                    MappedRange(
                        start: entry.start, pageCount: entry.length / GuestAddress.pageSize, protection: protection,
                        isStack: isStack))
            }
        }
        return ranges
    }
}
