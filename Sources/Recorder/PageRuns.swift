internal import LinuxABI

/// Sets of pages, as runs of page numbers in ascending order that do not overlap.
enum PageRuns {
    /// The pages that have a byte of a stretch of memory.
    static func pages(from start: GuestAddress, length: UInt64) -> Range<UInt64> {
        let last = length == 0 ? start.rawValue : start.rawValue.addingReportingOverflow(length - 1).partialValue
        return start.pageNumber..<max(start.pageNumber, GuestAddress(last).pageNumber) + 1
    }

    /// Runs in any order, made a set.
    static func united(_ runs: [Range<UInt64>]) -> [Range<UInt64>] {
        var result: [Range<UInt64>] = []
        for run in runs.sorted(by: { $0.lowerBound < $1.lowerBound }) where !run.isEmpty {
            if let last = result.last, run.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, run.upperBound)
            } else {
                result.append(run)
            }
        }
        return result
    }

    static func intersection(_ a: [Range<UInt64>], _ b: [Range<UInt64>]) -> [Range<UInt64>] {
        var result: [Range<UInt64>] = []
        var (i, j) = (0, 0)
        while i < a.count, j < b.count {
            let common = a[i].clamped(to: b[j])
            if !common.isEmpty { result.append(common) }
            if a[i].upperBound < b[j].upperBound { i += 1 } else { j += 1 }
        }
        return result
    }

    static func subtracting(_ b: [Range<UInt64>], from a: [Range<UInt64>]) -> [Range<UInt64>] {
        var result: [Range<UInt64>] = []
        var next = 0
        for run in a {
            var start = run.lowerBound
            while next < b.count, b[next].upperBound <= start { next += 1 }
            var index = next
            while index < b.count, b[index].lowerBound < run.upperBound {
                if start < b[index].lowerBound { result.append(start..<b[index].lowerBound) }
                start = max(start, b[index].upperBound)
                index += 1
            }
            if start < run.upperBound { result.append(start..<run.upperBound) }
        }
        return result
    }
}
