internal import LinuxABI
internal import Ptrace

/// Looks whether the one core that tracer and tracees share is wanted by others too, and for one that has time.
///
/// The kernel cannot help there: what is bound to a core waits for it, however idle the others are.
struct CoreBalance {
    private(set) var core: Int32
    /// sched_getaffinity(2) from before the binding.
    private let affinity: [UInt8]
    private var last: Look?
    /// When the core was changed last.
    private var changed: Int64 = 0
    /// How long a core is tried, in nanoseconds: longer each time that the change has not helped.
    private var patience = Self.interval

    private struct Look {
        var time: Int64
        var thread: ThreadID
        /// The time that recorder and thread were ready to run and did not, in nanoseconds.
        var waited: UInt64
        /// The idle time of each core by the kernel's ticks; empty if the core was not contended.
        var idle: [Int32: UInt64] = [:]
    }

    private static let interval: Int64 = 250_000_000
    private static let longestPatience: Int64 = 16_000_000_000
    /// Of the time: what recorder and tracee have to wait for by themselves is less.
    private static let contendedShare = 0.4
    private static let idleShare = 0.3
    /// USER_HZ: proc(5).
    private static let ticksPerSecond = 100.0

    init(core: Int32, affinity: [UInt8]) {
        self.core = core
        self.affinity = affinity
    }

    /// - Parameter thread: the thread whose turn it is.
    /// - Returns: the core that tracer and tracees are to be bound to from now on; nil if it is the same.
    mutating func look(at now: Int64, thread: ThreadID) -> Int32? {
        if let last, now - last.time < Self.interval { return nil }
        guard let own = HostThreads.waitingTime(of: nil), let other = HostThreads.waitingTime(of: thread) else {
            return nil
        }
        var look = Look(time: now, thread: thread, waited: own &+ other)
        defer { self.last = look }
        guard let former = last, former.thread == thread, look.waited >= former.waited else { return nil }
        let elapsed = Double(now - former.time)
        guard Double(look.waited - former.waited) > Self.contendedShare * elapsed else {
            patience = max(Self.interval, patience / 2)
            return nil
        }
        guard now - changed >= patience else { return nil }
        look.idle = HostThreads.idleTimes()
        let best = look.idle.compactMap { core, idle -> (core: Int32, share: Double)? in
            guard core != self.core, mayUse(core), let before = former.idle[core], idle >= before else { return nil }
            return (core, Double(idle - before) / Self.ticksPerSecond / (elapsed / 1e9))
        }.max { $0.share < $1.share }
        guard let best, best.share > Self.idleShare else { return nil }
        core = best.core
        changed = now
        patience = min(2 * patience, Self.longestPatience)
        look.idle = [:]
        return core
    }

    private func mayUse(_ core: Int32) -> Bool {
        let byte = Int(core / 8)
        return byte < affinity.count && affinity[byte] & 1 << UInt8(core % 8) != 0
    }
}
