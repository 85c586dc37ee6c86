internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Which pages of an address space a thread may have written since its last event: those written since the last
/// interruption of any thread there, or all that can have been written at all.
package struct DirtyPages {
    /// How to find them.
    package enum Method: String, Sendable {
        /// By a userfaultfd where there is much memory and the kernel allows it.
        case automatic
        /// By a userfaultfd wherever the kernel allows it.
        case tracking = "uffd"
        /// All pages that can have been written.
        case hashing = "hash"
    }

    private let method: Method
    private var tracker: WriteTracker?
    private var hasFailed = false

    init(method: Method) { self.method = method }

    /// Whether writes are tracked: what one call of `take` has told, the next one does not tell again.
    var isTracking: Bool { tracker != nil }

    /// Runs of pages in ascending order. The next call begins where this one ends.
    ///
    /// - Parameters:
    ///   - map: what is mapped now.
    ///   - mayCall: whether the thread is stopped where it can be made to call the kernel. Tracking begins only there.
    mutating func take(of thread: RecordedThread, map: MemoryMap, mayCall: Bool = true) -> [Range<UInt64>] {
        if mayCall, tracker == nil, !hasFailed, method != .hashing {
            let all = WritablePages.runs(of: thread.id, map: map)
            if method == .automatic, all.reduce(0, { $0 + $1.count }) < Self.worthTracking { return all }
            tracker = Self.makeTracker(in: thread)
            hasFailed = tracker == nil
        }
        guard let tracker else { return WritablePages.runs(of: thread.id, map: map) }
        var runs: [Range<UInt64>] = []
        for entry in map.entries where entry.isWritable && !entry.isKernelProvided {
            if InterceptorLayout.overlaps(entry.start, length: entry.length) { continue }
            let range = entry.start..<entry.end
            if let written = tracker.takeWritten(in: range) {
                runs += written
            } else {
                // Mapped since the last time, or not to be tracked: all that is there counts as written.
                let isTracked = tracker.track(range)
                runs += WritablePages.runs(of: thread.id, map: MemoryMap(entries: [entry]))
                if isTracked { _ = tracker.takeWritten(in: range) }
            }
        }
        return runs
    }

    /// Below this many pages to look at them all costs less than the faults.
    private static let worthTracking = 2048

    private static func makeTracker(in thread: RecordedThread) -> WriteTracker? {
        guard let remote = try? RemoteSyscall(thread.traced, entry: .letThrough),
            let descriptor = try? remote.call(.userfaultfd, WriteTracker.flags), descriptor >= 0
        else { return nil }
        let tracker = try? WriteTracker(descriptor: Int32(truncatingIfNeeded: descriptor), of: thread.process.id)
        _ = try? remote.call(.close, UInt64(descriptor))
        return tracker
    }
}
