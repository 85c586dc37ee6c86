import LinuxABI
import Ptrace

/// A program under ptrace, in the state that a test last saw it in; killed with the value.
///
/// The life of a tracee, as the tests show it: `spawn` seizes it while it waits on a pipe, its own execve(2) is the
/// first call that the seccomp filter stops, and from then on it is either stopped and can be looked at, or it runs
/// and can be waited for.
final class LiveTracee {
    let id: ThreadID
    private var stopped: StoppedThread?
    private var running: RunningThread?
    private var isGone = false

    init(
        _ path: String, _ arguments: String...,
        options: PtraceOptions = [.sysGood, .traceExec, .traceExit, .traceSeccomp, .exitKill]
    ) throws {
        let thread = try Tracer.spawn(
            .init(
                path: Array(path.utf8), arguments: ([path] + arguments).map { Array($0.utf8) }, environment: [],
                letThrough: GuestAddress(0x7000_0002), ignoredSignals: 0, signalMask: 0,
                options: options, core: nil))
        id = thread.id
        running = consume thread
    }

    deinit { if !isGone { HostThreads.killAndReap(id) } }

    /// Sleeps until the tracee stops or ends.
    func wait() throws -> WaitStatus {
        while true {
            guard let report = try Tracer.wait(for: id, block: true) else { continue }
            switch report.status {
            case .exited, .killed:
                isGone = true
            default:
                let thread = running.take()
                if let thread { stopped = thread.stopped() }
            }
            return report.status
        }
    }

    func resume(_ request: ResumeRequest = .continue, signal: Int32 = 0) throws {
        guard let thread = stopped.take() else { throw NotStopped() }
        running = try thread.resume(request, signal: signal)
    }

    /// Lets `body` look at the stopped thread.
    func atStop<Result>(_ body: (borrowing StoppedThread) throws -> Result) throws -> Result {
        guard let thread = stopped.take() else { throw NotStopped() }
        defer { stopped = RunningThread(id: id).stopped() }
        return try body(thread)
    }

    /// Goes on to the first stop that is like this one.
    func run(to expected: WaitStatus) throws {
        while true {
            let status = try wait()
            if status == expected { return }
            if isGone { throw Ended(status: status) }
            if status == .signal(11) { try skipTimestampCounter() }
            try resume()
        }
    }

    /// RDTSC, which the dynamic loader executes, raises SIGSEGV in a tracee: reads 0 and goes on behind it.
    private func skipTimestampCounter() throws {
        let memory = try GuestMemory(of: id)
        try atStop { thread in
            var registers = try thread.registers()
            guard memory.read(registers.instructionPointer, count: 2) == [0x0f, 0x31] else {
                throw Ended(status: .signal(11))
            }
            (registers.rax, registers.rdx) = (0, 0)
            registers.rip += 2
            try thread.setRegisters(registers)
        }
    }

    /// Goes on to the entry of a system call.
    func run(toCall number: SyscallNumber) throws {
        while true {
            try run(to: .event(.seccomp))
            if try atStop({ try $0.registers() }).origRax == UInt64(number.rawValue) { return }
            try resume()
        }
    }

    struct NotStopped: Error {}
    struct Ended: Error { var status: WaitStatus }
}
