package import LinuxABI
package import Ptrace
package import TraceFormat
package import XState

/// Why a recording could not begin or had to end. The CLI puts it into words.
package enum RecordError: Error, Sendable {
    /// The kernel refused something that recording needs.
    case ptrace(PtraceError)
    /// The program could not be executed: the error number of execve(2).
    case cannotExecute(path: [UInt8], errno: Int32)
    /// The program's own memory is where xrr's pages have to be (`InterceptorLayout`).
    case occupied(path: String)
    /// The recording could not be written.
    case writing(RecordingWriteError)
    /// A mapped file could not be stored.
    case storing(FileStoreError)
    /// The program did something that cannot be recorded soundly.
    case unsupported(Unsupported)
}

/// Something that cannot be recorded soundly, and where it was done.
package struct Unsupported: Hashable, Sendable {
    /// The system call, or the instruction.
    package var what: String
    package var thread: ThreadID
    package var address: GuestAddress
}

/// How a recording ended.
package struct RecordOutcome: Sendable {
    /// The status of the first process.
    package var exit: ExitStatus
    /// Why the recording stopped before the program did; the program went on unrecorded.
    package var failure: RecordError?
    package var frameCount: UInt64
    /// What the pin of the CPU did not cover.
    package var limits: [PinLimit]
    /// What the program did not get because it was recorded.
    package var refusals: [RefusalNote]
    /// What the program was stopped for though it made no system call.
    package var traps: TrapCounts
}
