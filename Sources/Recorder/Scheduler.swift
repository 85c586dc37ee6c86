internal import LinuxABI

/// Decides which thread runs: round robin in slices, or as `Chaos` has it. Knows nothing of ptrace.
struct Scheduler {
    /// Threads that are stopped and could go on, in the order of their turns.
    private(set) var ready: [ThreadID] = []
    private(set) var current: ThreadID?
    private var sliceEnd: Int64 = 0
    /// From when on the current turn may end at a system call although its slice is not over.
    private var shortEnd: Int64 = .max
    /// Whether a thread waits that was not ready when the turn began: it has slept, or is new.
    private var hasWoken = false
    /// The slice that `newTurn` has told of.
    private var toldEnd: Int64 = 0
    let slice: Int64
    private var chaos: Chaos?
    /// When a thread that waits began to; kept for chaos only.
    private var waitingSince: [ThreadID: Int64] = [:]

    /// - Parameters:
    ///   - slice: nanoseconds.
    ///   - chaosSeed: nil for fair scheduling.
    init(slice: Int64, chaosSeed: UInt64? = nil) {
        self.slice = slice
        chaos = chaosSeed.map { Chaos(seed: $0) }
    }

    var hasReady: Bool { !ready.isEmpty }

    /// A thread can go on.
    mutating func add(_ thread: ThreadID) {
        if thread != current && !ready.contains(thread) {
            ready.append(thread)
            hasWoken = true
        }
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

    /// Whether the current thread has had its slice and others wait.
    mutating func isSliceOver(now: Int64) -> Bool {
        if ready.isEmpty { return false }
        if sliceEnd == .max { sliceEnd = now + nextSlice() }
        return now >= sliceEnd && ready.contains { !isShunned($0, now: now) }
    }

    /// How many nanoseconds the current turn has left, if it was not asked before and the turn has an end.
    mutating func newTurn(now: () -> Int64) -> Int64? {
        if sliceEnd == toldEnd || sliceEnd == .max { return nil }
        toldEnd = sliceEnd
        return sliceEnd - now()
    }

    /// The thread whose turn it is; nil if none is ready.
    ///
    /// - Parameter now: called only when there is a choice.
    mutating func pick(now: () -> Int64) -> ThreadID? {
        if let current {
            if ready.isEmpty { return current }
            let time = now()
            // A slice that began when nobody waited for its end begins now.
            if sliceEnd == .max { sliceEnd = time + nextSlice() }
            if !isTurnOver(at: time) { return current }
            if ready.allSatisfy({ isShunned($0, now: time) }) { return current }
            chaos?.noteLostTurn(of: current, slice: slice, now: time)
            ready.append(current)
        }
        if ready.isEmpty {
            current = nil
        } else {
            current = ready.remove(at: nextIndex(now: now))
        }
        hasWoken = false
        (sliceEnd, shortEnd) = (.max, .max)
        if !ready.isEmpty {
            let time = now()
            sliceEnd = time + nextSlice()
            shortEnd = time + min(slice, Self.shortSlice)
        }
        return current
    }

    /// Whether the current turn ends at a system call.
    ///
    /// To end a turn there costs nothing, unlike to interrupt a thread that computes. So a thread that makes calls without
    /// sleeping does not keep those waiting for a whole slice who wake up for a moment each time.
    private mutating func isTurnOver(at time: Int64) -> Bool {
        if sliceEnd <= time { return true }
        if chaos != nil { return chaos?.endsTurn() == true }
        if hasWoken, shortEnd == .max { shortEnd = time + min(slice, Self.shortSlice) }
        return hasWoken && shortEnd <= time
    }

    /// Nanoseconds.
    private static let shortSlice: Int64 = 500_000

    private func isShunned(_ thread: ThreadID, now: Int64) -> Bool { chaos?.isShunned(thread, now: now) ?? false }

    private mutating func nextSlice() -> Int64 { chaos?.slice(usual: slice) ?? slice }

    private mutating func nextIndex(now: () -> Int64) -> Int {
        guard chaos != nil else { return 0 }
        let time = now()
        var since: [ThreadID: Int64] = [:]
        for thread in ready { since[thread] = waitingSince[thread] ?? time }
        waitingSince = since
        let longest = ready.indices.min { since[ready[$0], default: time] < since[ready[$1], default: time] } ?? 0
        if time - since[ready[longest], default: time] > Chaos.longestWait {
            waitingSince[ready[longest]] = nil
            return longest
        }
        let candidates = ready.indices.filter { !isShunned(ready[$0], now: time) }
        let choice = candidates.isEmpty ? 0 : candidates[chaos?.choice(of: candidates.count) ?? 0]
        waitingSince[ready[choice]] = nil
        return choice
    }
}
