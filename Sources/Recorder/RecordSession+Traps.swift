internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Instructions that xrr executes for the tracee.
extension RecordSession {
    /// RDTSC and RDTSCP, which PR_SET_TSC turns into SIGSEGV (prctl(2)).
    ///
    /// - Returns: whether the fault was one of them.
    func emulateTrap(at registers: Registers, of thread: RecordedThread) throws(PtraceError) -> Bool {
        let code = thread.memory.read(registers.instructionPointer, count: 3)
        let kind: TrapKind
        if code.starts(with: [0x0f, 0x31]) {
            kind = .rdtsc
        } else if code == [0x0f, 0x01, 0xf9] {
            kind = .rdtscp
        } else {
            return false
        }
        let xstate = try thread.traced.xstate()
        var after = registers
        let counter: UInt64
        if kind == .rdtscp {
            let (value, auxiliary) = Host.readTimeStampCounterAndProcessor()
            counter = value
            after.rcx = UInt64(auxiliary)
        } else {
            counter = Host.readTimeStampCounter()
        }
        after.rax = counter & 0xffff_ffff
        after.rdx = counter >> 32
        after.rip &+= UInt64(kind == .rdtscp ? 3 : 2)
        after.origRax = .max
        try thread.traced.setRegisters(after)
        try undoForcedSignal(of: thread)
        write(
            Frame(thread: thread.id, event: .trap(kind), before: registers, after: after, xstate: xstate), of: thread)
        return true
    }

    /// A forced signal that the thread blocks or ignores makes the kernel unblock it and set its disposition to the
    /// default (kernel/signal.c, force_sig_info_to_task): the tracee must not notice.
    private func undoForcedSignal(of thread: RecordedThread) throws(PtraceError) {
        let bit = UInt64(1) << UInt64(Signal.segv - 1)
        let wasBlocked = thread.signalMask & bit != 0
        if wasBlocked { try thread.traced.setSignalMask(thread.signalMask) }
        let ignored = SignalActions.ignore
        guard let action = thread.process.segmentationAction, wasBlocked || action.starts(with: ignored) else { return }
        // The structure for rt_sigaction(2) goes to the interceptor's control page.
        try thread.memory.write(InterceptorLayout.control, action)
        let remote = try RemoteSyscall(thread.traced, entry: .letThrough)
        try remote.call(
            .rt_sigaction, UInt64(Signal.segv), InterceptorLayout.control.rawValue, 0, SignalActions.maskSize)
    }
}

/// `struct sigaction` in the kernel's form: handler, flags, restorer, mask (8 bytes each).
enum SignalActions {
    static let size = 32
    static let maskSize: UInt64 = 8
    /// SIG_IGN as the handler.
    static let ignore: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
}
