internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

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
    func run() throws(PtraceError) -> WaitStatus {
        try traced.resume(.emulateSyscall)
        while true {
            guard let report = try Tracer.wait(for: traced.id, block: true) else { continue }
            switch report.status {
            case .exited, .killed: traced.noteEnd(report.rawStatus)
            default: traced.noteStop()
            }
            return report.status
        }
    }
}
