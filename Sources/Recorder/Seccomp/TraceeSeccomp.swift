internal import LinuxABI

/// The seccomp(2) state of a thread as it would be without xrr.
///
/// In the kernel the thread has the recording filter, and a copy of each of its own that allows everything: these decide
/// here, since SECCOMP_RET_TRACE of the recording filter would lose against most of what they return.
struct TraceeSeccomp {
    /// What prctl(2) PR_GET_SECCOMP tells.
    enum Mode: Int64 { case disabled, strict, filter }

    private(set) var mode: Mode
    private(set) var newest: InstalledFilter?

    /// - Parameter isFiltered: filters of which xrr knows no more than that are around it.
    init(isFiltered: Bool = false) { mode = isFiltered ? .filter : .disabled }

    /// Whether calls have to be looked at.
    var isActive: Bool { newest != nil || mode == .strict }

    /// SECCOMP_SET_MODE_STRICT.
    ///
    /// - Returns: false if the thread has filters already.
    mutating func enterStrictMode() -> Bool {
        guard mode != .filter else { return false }
        mode = .strict
        return true
    }

    mutating func install(_ filter: InstalledFilter) {
        mode = .filter
        newest = filter
    }

    /// What the filters say, and the one that does.
    func verdict(on data: SeccompData) -> (verdict: SeccompVerdict, filter: InstalledFilter?) {
        var result = SeccompVerdict.allow
        var match: InstalledFilter?
        var next = newest
        while let filter = next {
            let verdict = SeccompVerdict(rawValue: filter.program.run(on: data))
            if verdict.outranks(result) {
                result = verdict
                match = filter
            }
            next = filter.previous
        }
        return (result, match)
    }

    /// Whether strict mode admits a call: kernel/seccomp.c, mode1_syscalls.
    static func strictModeAdmits(_ number: SyscallNumber) -> Bool {
        [.read, .write, .exit, .rt_sigreturn].contains(number)
    }
}

/// A filter of a program. Threads share those that they inherited.
final class InstalledFilter {
    let program: FilterProgram
    /// SECCOMP_FILTER_FLAG_NEW_LISTENER.
    let hasListener: Bool
    /// The one installed before.
    let previous: InstalledFilter?

    init(_ program: FilterProgram, hasListener: Bool, previous: InstalledFilter?) {
        self.program = program
        self.hasListener = hasListener
        self.previous = previous
    }
}
