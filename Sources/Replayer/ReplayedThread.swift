internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee
internal import XState

/// A thread of the recording and the local thread that stands for it.
final class ReplayedThread {
    /// Its id in the recording.
    let id: ThreadID
    /// nil once the recording has ended it.
    var traced: TracedThread
    var process: ProcessID
    /// The argument vector that its process last executed; empty before the first exec.
    let arguments: [[UInt8]]

    init(id: ThreadID, traced: TracedThread, process: ProcessID, arguments: [[UInt8]]) {
        self.id = id
        self.traced = traced
        self.process = process
        self.arguments = arguments
    }

    /// Goes on to the next event: a system call, which is not executed, or a signal of the processor.
    ///
    /// - Parameter isOver: asked when the ticker rings; where it says so, the thread is stopped, and that is a
    ///   group-stop.
    func run(until isOver: () -> Bool = { false }) throws(PtraceError) -> WaitStatus {
        try traced.resume(.emulateSyscall)
        var isInterrupted = false
        var isMemoryShort = false
        while true {
            let stop = try awaitStop {
                if isInterrupted { return }
                isMemoryShort = AvailableMemory.isShort()
                if isMemoryShort || isOver() {
                    isInterrupted = true
                    traced.interrupt()
                }
            }
            if isMemoryShort { throw Self.outOfMemory(id) }
            switch stop {
            case .groupStop where isInterrupted: return stop
            case .signal(Self.sigstop), .groupStop:
                // Cannot be blocked as all others are, and no instruction raises it: somebody stops processes.
                try traced.resume(.emulateSyscall)
            default: return stop
            }
        }
    }

    /// The program, or what a recording says of it, takes more memory than there is.
    static func outOfMemory(_ thread: ThreadID) -> PtraceError {
        .failed(operation: "replaying with hardly any memory left", thread: thread, errno: 12)
    }

    /// Lets the kernel return from the vsyscall page, a call of which was stopped by the filter: until then it would take
    /// another instruction pointer for an attack.
    func leaveVsyscall(_ registers: Registers) throws(PtraceError) {
        var skipped = registers
        skipped.origRax = .max
        try traced.setRegisters(skipped)
        HostThreads.interrupt(traced.id)
        try traced.resume(.emulateSyscall)
        _ = try awaitStop()
    }

    /// Waits for the thread's next stop.
    func awaitStop(tick: () -> Void = {}) throws(PtraceError) -> WaitStatus {
        while true {
            guard let report = try Tracer.wait(for: traced.id, block: true) else {
                tick()
                continue
            }
            switch report.status {
            case .exited, .killed: traced.noteEnd(report.rawStatus)
            default: traced.noteStop()
            }
            return report.status
        }
    }

    private static let sigstop: Int32 = 19
    /// __USER_CS: with any other segment the thread would run as a 32-bit one.
    private static let longModeSegment: UInt64 = 0x33

    /// Gives the thread registers that a frame wants.
    func setRegisters(_ registers: Registers, at index: FrameIndex) throws(ReplayError) {
        guard registers.cs == Self.longModeSegment else {
            throw .inconsistent(index, "puts thread \(id) into the code segment \(registers.cs)")
        }
        do { try traced.setRegisters(registers) } catch {
            throw refused(error, "sets registers of thread \(id) to what the kernel refuses", at: index)
        }
    }

    /// Gives the thread an extended state that a frame wants.
    func setXState(_ xstate: XStateImage, at index: FrameIndex) throws(ReplayError) {
        let missing = traced.missingComponents(for: xstate)
        guard missing.isEmpty else { throw .missingComponents(index, id, missing) }
        do { try traced.setXState(xstate) } catch {
            throw refused(error, "sets the extended state of thread \(id) to what the kernel refuses", at: index)
        }
    }

    private func refused(_ error: PtraceError, _ what: String, at index: FrameIndex) -> ReplayError {
        if case .failed = error { .inconsistent(index, what) } else { .ptrace(error) }
    }
}
