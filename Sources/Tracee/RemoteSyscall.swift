package import LinuxABI
package import Ptrace

/// Makes a stopped tracee execute one system call and puts its registers back.
///
/// The thread must be at a stop from which it would go on in user mode (a syscall-exit-stop, a signal-delivery-stop,
/// or a PTRACE_SYSEMU stop), and it ends at a syscall-exit-stop. All signals are blocked meanwhile, so that none is
/// taken in between.
package struct RemoteSyscall {
    /// How the kernel stops at the entry of the injected call.
    package enum Entry: Sendable {
        /// The recording filter lets the call through: PTRACE_SYSCALL has to stop it.
        case letThrough
        /// The thread's filter answers SECCOMP_RET_TRACE.
        case filtered
    }

    private let thread: TracedThread
    private let saved: Registers
    private let entry: Entry
    private let instruction: GuestAddress

    /// - Parameter instruction: the address of a `syscall` in the tracee.
    package init(
        _ thread: TracedThread, entry: Entry, at instruction: GuestAddress = InterceptorLayout.syscallInstruction
    ) throws(PtraceError) {
        self.thread = thread
        self.entry = entry
        self.instruction = instruction
        saved = try thread.registers()
    }

    /// Calls the kernel once.
    ///
    /// - Returns: the result, negative for an error number.
    /// - Throws: `threadGone` if the thread is killed meanwhile.
    @discardableResult
    package func call(_ number: SyscallNumber, _ arguments: UInt64...) throws(PtraceError) -> Int64 {
        try call(number, arguments) { (_) throws(PtraceError) in }
    }

    /// Calls the kernel once; `onEvent` sees PTRACE_EVENT stops on the way (a clone).
    package func call(
        _ number: SyscallNumber, _ arguments: [UInt64], onEvent: (PtraceEvent) throws(PtraceError) -> Void
    ) throws(PtraceError) -> Int64 {
        var registers = saved
        registers.rax = UInt64(number.rawValue)
        // Not a system call that the kernel could want to restart.
        registers.origRax = .max
        for (index, argument) in arguments.enumerated() { registers.setArgument(index, to: argument) }
        registers.instructionPointer = instruction
        registers.eflags &= ~Self.trapFlag
        let mask = try thread.signalMask()
        try thread.setSignalMask(.max)
        try thread.setRegisters(registers)
        var isStopPending = false
        try reachEntry(&isStopPending)
        while true {
            try thread.resume(.syscall)
            switch try waitForStop() {
            case .syscall:
                let result = try thread.registers().syscallResult
                try thread.setRegisters(saved)
                try thread.setSignalMask(mask)
                // SIGSTOP cannot be blocked: what was taken here is sent once more.
                if isStopPending { HostThreads.send(Self.sigstop, to: ProcessID(thread.id.rawValue)) }
                return result
            case .event(.seccomp): continue
            case .event(let event): try onEvent(event)
            case .signal(let number): try take(number, &isStopPending)
            case .groupStop: continue
            case .exited, .killed: throw .threadGone(thread.id)
            }
        }
    }

    /// TF: a thread that steps through itself would stop after the call.
    private static let trapFlag: UInt64 = 1 << 8
    private static let sigstop: Int32 = 19

    private func reachEntry(_ isStopPending: inout Bool) throws(PtraceError) {
        while true {
            try thread.resume(entry == .filtered ? .continue : .syscall)
            switch try waitForStop() {
            case .event(.seccomp) where entry == .filtered: return
            case .syscall where entry == .letThrough: return
            case .signal(let number): try take(number, &isStopPending)
            case .exited, .killed: throw .threadGone(thread.id)
            default: continue
            }
        }
    }

    /// All signals are blocked: what still arrives is SIGSTOP, or a fault of the injected call itself.
    private func take(_ signal: Int32, _ isStopPending: inout Bool) throws(PtraceError) {
        guard signal == Self.sigstop else {
            throw .failed(operation: "making a system call for the tracee", thread: thread.id, errno: Self.fault)
        }
        isStopPending = true
    }

    private static let fault: Int32 = 14  // EFAULT

    private func waitForStop() throws(PtraceError) -> WaitStatus {
        while true {
            guard let report = try Tracer.wait(for: thread.id, block: true) else { continue }
            switch report.status {
            case .exited, .killed:
                thread.noteEnd(report.rawStatus)
            default:
                thread.noteStop()
            }
            return report.status
        }
    }
}
