package import LinuxABI
package import Ptrace
package import TraceFormat
package import XState

/// Why a replay could not be carried out. A divergence is no error but a result.
package enum ReplayError: Error, Sendable {
    /// The recording is damaged, unreadable, or incomplete where a commit vouches for it.
    case recording(RecordingError)
    /// A mapped file is missing from the store or damaged there.
    case store(FileStoreError)
    /// This machine cannot replay the recording soundly, for these reasons.
    case unsound([String])
    /// At this event the thread has values in components of the extended state that this machine does not have.
    case missingComponents(FrameIndex, ThreadID, XFeatureMask)
    /// The kernel refused something that a replay needs.
    case ptrace(PtraceError)
    /// The program's output could not be written again.
    case output(OutputStream, errno: Int32)
    /// At this event the program had more memory in use than this machine has.
    case tooLarge(FrameIndex, bytes: UInt64, available: UInt64)
    /// The recording asks for what no recorder writes: a frame that contradicts those before it.
    case inconsistent(FrameIndex, String)
}
