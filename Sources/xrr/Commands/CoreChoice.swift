import Ptrace

/// The core that a recording or a replay runs on.
enum CoreChoice {
    /// The least loaded core of those that this process may use, as the kernel sees it.
    ///
    /// The kernel puts a process on the idlest core at its execve(2) (sched_exec() in kernel/sched/core.c), and xrr was
    /// executed some milliseconds ago; it knows what runs and waits on each core, which nothing under /proc tells as
    /// well: /proc/stat counts in ticks of 10 ms, and /proc/schedstat, where there is one, learns of a running thread
    /// only when it stops. With one core kept busy, 37 of 40 starts were on the other.
    static func leastLoaded() -> Int32 { Host.currentCore }

    /// For a replay, the core of the recording if this process may use it: a program that executes CPUID sees the
    /// core's APIC id (leaves 1 and 0BH).
    static func forReplay(recordedOn recorded: UInt32?) -> Int32 {
        let mask = Host.affinityMask()
        if let recorded, recorded / 8 < mask.count, mask[Int(recorded / 8)] & (1 << (recorded % 8)) != 0 {
            return Int32(recorded)
        }
        return leastLoaded()
    }
}
