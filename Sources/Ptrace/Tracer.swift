internal import CPtrace
package import LinuxABI

/// What belongs to the tracing thread and not to one tracee: starting tracees and waiting for them.
package enum Tracer {
    /// What a wait found.
    package struct Report: Hashable, Sendable {
        package var thread: ThreadID
        package var rawStatus: Int32
        package var status: WaitStatus { WaitStatus(rawValue: rawStatus) }
    }

    /// Waits for any tracee: wait4(2) with __WALL.
    ///
    /// - Returns: nil if none is ready (`block` false) or the ticker rang.
    /// - Throws: ECHILD when no tracee is left.
    package static func wait(block: Bool) throws(PtraceError) -> Report? {
        try wait(for: -1, block: block)
    }

    /// Waits for one tracee.
    package static func wait(for thread: ThreadID, block: Bool) throws(PtraceError) -> Report? {
        try wait(for: thread.rawValue, block: block)
    }

    private static func wait(for id: Int32, block: Bool) throws(PtraceError) -> Report? {
        var result = cptrace_wait_result()
        let error = unsafe cptrace_wait(id, block, &result)
        if Int64(error) == ErrorNumber.EINTR.syscallResult { return nil }
        try check(error, "wait4")
        return result.tid == 0 ? nil : Report(thread: ThreadID(result.tid), rawStatus: result.status)
    }

    /// How the first tracee is started.
    package struct SpawnOptions: Sendable {
        /// The file given to execve(2): found by the caller.
        package var path: [UInt8]
        package var arguments: [[UInt8]]
        package var environment: [[UInt8]]
        /// The address after the one `syscall` that the recording filter lets through.
        package var letThrough: GuestAddress
        /// Signals the tracee inherits as ignored and as blocked.
        package var ignoredSignals: UInt64
        package var signalMask: UInt64
        package var options: PtraceOptions
        /// The core to bind to.
        package var core: Int32?
        /// What the kernel is to pin XCR0 to (ARCH_SET_XCR0); nil: nothing.
        package var xcr0: UInt64?

        package init(
            path: [UInt8], arguments: [[UInt8]], environment: [[UInt8]], letThrough: GuestAddress,
            ignoredSignals: UInt64, signalMask: UInt64, options: PtraceOptions, core: Int32?, xcr0: UInt64? = nil
        ) {
            self.path = path
            self.arguments = arguments
            self.environment = environment
            self.letThrough = letThrough
            self.ignoredSignals = ignoredSignals
            self.signalMask = signalMask
            self.options = options
            self.core = core
            self.xcr0 = xcr0
        }
    }

    /// The exit code of a spawned process that could not pin XCR0.
    package static var exitWithoutXCR0: Int32 { CPTRACE_EXIT_XCR0 }
    /// The exit code of a spawned process that could not have RDTSC trapped.
    package static var exitWithoutTSC: Int32 { CPTRACE_EXIT_TSC }

    /// Starts a process that is seized, and runs under the recording filter, before its first own instruction.
    ///
    /// - Throws: EPERM where ptrace(2) or seccomp(2) is forbidden here.
    package static func spawn(_ options: SpawnOptions) throws(PtraceError) -> RunningThread {
        let path = CStringArray([options.path])
        let arguments = CStringArray(options.arguments)
        let environment = CStringArray(options.environment)
        var native = unsafe cptrace_spawn_options()
        unsafe native.path = unsafe UnsafePointer(path.pointers[0])
        unsafe native.argv = unsafe UnsafePointer(arguments.pointers)
        unsafe native.envp = unsafe UnsafePointer(environment.pointers)
        unsafe native.let_through = options.letThrough.rawValue
        unsafe native.ignored = options.ignoredSignals
        unsafe native.mask = options.signalMask
        unsafe native.ptrace_options = options.options.rawValue
        unsafe native.cpu = options.core ?? -1
        unsafe native.xcr0 = options.xcr0 ?? 0
        let id = try withExtendedLifetime((path, arguments, environment)) { () throws(PtraceError) -> Int32 in
            try check(unsafe cptrace_spawn(&native), "starting the program under ptrace")
        }
        return RunningThread(id: ThreadID(id))
    }

    /// Starts a confined copy of this process that shares its descriptors and waits to be emptied and refilled.
    ///
    /// - Parameter letThrough: the address behind the one `syscall`, besides `stubSyscallInstruction`, that it can be made
    ///   to execute.
    package static func spawnStub(
        options: PtraceOptions, letThrough: GuestAddress, core: Int32?
    ) throws(PtraceError) -> StoppedThread {
        let id = try check(
            cptrace_spawn_stub(options.rawValue, letThrough.rawValue, core ?? -1), "starting a replay process")
        return StoppedThread(id: ThreadID(id))
    }

    /// The address of a `syscall` instruction that a fresh stub can be made to execute.
    package static var stubSyscallInstruction: GuestAddress { GuestAddress(cptrace_syscall_instruction()) }

    /// Makes blocking waits return nil at least this often (microseconds; 0: never).
    ///
    /// - Parameter first: the time until the first tick; nil for the same.
    package static func setTicker(microseconds: Int64, first: Int64? = nil) {
        _ = cptrace_set_ticker(microseconds, first ?? microseconds)
    }

    /// Gives up this thread's own use of RDTSC while `body` runs: prctl(2) PR_SET_TSC.
    ///
    /// Tracees have it trapped, and to switch between a thread that has and one that has not costs as much as the rest
    /// of a ptrace-stop where a hypervisor intercepts writes to CR4. It goes on to work, though slowly.
    package static func withoutTimestampCounter<Result, Failure: Error>(
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // Where it cannot be given up, switching is slow and all else the same.
        _ = cptrace_give_up_tsc()
        defer { cptrace_take_back_tsc() }
        return try body()
    }

    /// Lets the tracees on this core run: sched_yield(2).
    package static func yield() { cptrace_yield() }
}

/// Zero-terminated strings and the zero-terminated array of pointers to them that execve(2) takes.
@safe private final class CStringArray {
    @unsafe let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ strings: [[UInt8]]) {
        count = strings.count
        unsafe pointers = .allocate(capacity: count + 1)
        for (index, string) in strings.enumerated() {
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: string.count + 1)
            for (offset, byte) in string.enumerated() { unsafe copy[offset] = CChar(bitPattern: byte) }
            unsafe copy[string.count] = 0
            unsafe pointers[index] = unsafe copy
        }
        unsafe pointers[count] = nil
    }

    deinit {
        for index in 0..<count { unsafe pointers[index]?.deallocate() }
        unsafe pointers.deallocate()
    }
}
