internal import CPtrace
package import LinuxABI

/// Facts about threads and signals to them that need no ptrace-stop.
package enum HostThreads {
    /// The state letter of /proc/TID/stat (proc(5)).
    package enum State: UInt8, Sendable {
        case running = 0x52  // R
        case sleeping = 0x53  // S
        case diskSleep = 0x44  // D
        case stopped = 0x54  // T
        case tracingStop = 0x74  // t
        case zombie = 0x5a  // Z
        case dead = 0x58  // X
    }

    /// nil when the thread no longer exists.
    package static func state(of thread: ThreadID) -> State? {
        State(rawValue: UInt8(truncatingIfNeeded: cptrace_thread_state(thread.rawValue)))
    }

    /// The signal sets of /proc/TID/status; bit n-1 stands for signal n.
    package struct SignalSets: Sendable {
        package var blocked: UInt64 = 0
        package var ignored: UInt64 = 0
        package var caught: UInt64 = 0
        package var pending: UInt64 = 0
    }

    package static func signalSets(of thread: ThreadID) -> SignalSets? {
        var sets = SignalSets()
        let result = unsafe cptrace_signal_sets(
            thread.rawValue, &sets.blocked, &sets.ignored, &sets.caught, &sets.pending)
        return result == 0 ? sets : nil
    }

    /// Whether a process is the first of its PID namespace: pid_namespaces(7).
    package static func isNamespaceInit(_ process: ProcessID) -> Bool { cptrace_is_namespace_init(process.rawValue) }

    /// PTRACE_INTERRUPT, for a tracee that runs.
    package static func interrupt(_ thread: ThreadID) { _ = cptrace_interrupt(thread.rawValue) }

    /// The processor time of a thread in nanoseconds: the first number of /proc/TID/schedstat.
    package static func processorTime(of thread: ThreadID) -> UInt64? {
        guard let text = HostFiles.contents(of: "/proc/\(thread)/schedstat") else { return nil }
        return UInt64(String(decoding: text.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self))
    }

    /// Whether a process that has executed a file with a set-user-id or set-group-id bit, or with capabilities, has not
    /// got what they stand for, and would have without a tracer.
    package static func lacksPrivileges(ofItsFile thread: ThreadID) -> Bool {
        cptrace_lacks_file_privileges(thread.rawValue) == 1
    }

    /// Whether a thread has CAP_SYS_ADMIN in its user namespace: CapEff of /proc/TID/status.
    package static func mayAdministrate(_ thread: ThreadID) -> Bool {
        let field = HostFiles.statusField("CapEff", of: "/proc/\(thread)/status")
        let administrator: UInt64 = 1 << 21
        return (field.flatMap { UInt64($0, radix: 16) } ?? 0) & administrator != 0
    }

    /// How long a thread has been ready to run without running, in nanoseconds: the second number of schedstat, which a
    /// kernel without CONFIG_SCHED_INFO does not have.
    ///
    /// - Parameter thread: nil for the calling one.
    package static func waitingTime(of thread: ThreadID?) -> UInt64? {
        let path = thread.map { "/proc/\($0)/schedstat" } ?? "/proc/thread-self/schedstat"
        guard let text = HostFiles.contents(of: path) else { return nil }
        let numbers = String(decoding: text, as: UTF8.self).split(separator: " ")
        return numbers.count > 1 ? UInt64(numbers[1]) : nil
    }

    /// The idle times of the cores, in ticks of USER_HZ: /proc/stat.
    package static func idleTimes() -> [Int32: UInt64] {
        var times: [Int32: UInt64] = [:]
        for line in String(decoding: HostFiles.contents(of: "/proc/stat") ?? [], as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            // cpuN user nice system idle iowait ...
            guard words.count > 5, words[0].hasPrefix("cpu"), let core = Int32(words[0].dropFirst(3)),
                let idle = UInt64(words[4]), let waiting = UInt64(words[5])
            else { continue }
            times[core] = idle &+ waiting
        }
        return times
    }

    /// Binds a thread to a core: sched_setaffinity(2).
    @discardableResult
    package static func bind(_ thread: ThreadID, toCore core: Int32) -> Bool {
        cptrace_bind_thread_to_core(thread.rawValue, core) == 0
    }

    /// tgkill(2); false if there is no such thread.
    @discardableResult
    package static func send(_ signal: Int32, to thread: ThreadID, of process: ProcessID) -> Bool {
        cptrace_kill_thread(process.rawValue, thread.rawValue, signal) == 0
    }

    /// kill(2).
    @discardableResult
    package static func send(_ signal: Int32, to process: ProcessID) -> Bool {
        cptrace_kill(process.rawValue, signal) == 0
    }

    /// The soft RLIMIT_STACK of a process in bytes, all ones if it is unlimited.
    package static func stackLimit(of process: ProcessID) -> UInt64 { cptrace_stack_limit(process.rawValue) }

    /// Sets the soft RLIMIT_STACK of a process, at the most to its hard limit.
    package static func setStackLimit(_ bytes: UInt64, of process: ProcessID) throws(PtraceError) {
        try check(cptrace_set_stack_limit(process.rawValue, bytes), "prlimit(RLIMIT_STACK)", process.leader)
    }

    /// Kills a tracee of which nothing else is expected, and waits for its end.
    package static func killAndReap(_ thread: ThreadID) { _ = cptrace_kill_and_reap(thread.rawValue) }
}
