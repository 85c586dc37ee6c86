internal import LinuxABI

/// Decides which thread runs: round robin in slices. Knows nothing of ptrace.
struct Scheduler {
    /// Threads that are stopped and could go on, in the order of their turns.
    private(set) var ready: [ThreadID] = []
    private(set) var current: ThreadID?
    private var sliceEnd: Int64 = 0
    let slice: Int64

    init(slice: Int64) { self.slice = slice }

    var hasReady: Bool { !ready.isEmpty }

    /// A thread can go on.
    mutating func add(_ thread: ThreadID) {
        if thread != current && !ready.contains(thread) { ready.append(thread) }
    }

    /// A thread cannot go on: it sleeps in the kernel, or ended.
    mutating func remove(_ thread: ThreadID) {
        if current == thread { current = nil }
        ready.removeAll { $0 == thread }
    }

    /// The current thread stays current although it could not be waited for in the usual way.
    mutating func keep(_ thread: ThreadID) { if current == nil { current = thread } }

    /// A thread has another id after an exec.
    mutating func rename(_ old: ThreadID, to new: ThreadID) {
        remove(new)
        if current == old { current = new }
        ready = ready.map { $0 == old ? new : $0 }
    }

    /// The rest of the current thread's slice goes to the others: sched_yield(2).
    mutating func yieldSlice() { sliceEnd = 0 }

    /// The thread whose turn it is; nil if none is ready.
    ///
    /// - Parameter now: called only when there is a choice.
    mutating func pick(now: () -> Int64) -> ThreadID? {
        if let current {
            if ready.isEmpty { return current }
            let time = now()
            // A slice that began when nobody waited for its end begins now.
            if sliceEnd == .max { sliceEnd = time + slice }
            if sliceEnd > time { return current }
            ready.append(current)
        }
        current = ready.isEmpty ? nil : ready.removeFirst()
        sliceEnd = ready.isEmpty ? .max : now() + slice
        return current
    }
}
