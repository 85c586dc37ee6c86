internal import Ptrace
internal import TraceFormat
internal import XState

/// Where frames go: to the recording until that fails, then nowhere.
///
/// A program is never harmed by a full disk: it goes on under the recorder's supervision, unrecorded, and what was
/// committed before stays replayable.
final class FrameSink {
    private let writer: RecordingWriter
    private(set) var failure: RecordError?
    private(set) var frameCount: UInt64 = 0

    init(writer: RecordingWriter) { self.writer = writer }

    func append(_ frame: Frame) {
        guard failure == nil else { return }
        do {
            try writer.append(frame)
            frameCount += 1
        } catch { fail(.writing(error)) }
    }

    func note(_ file: FileRecord) {
        guard failure == nil else { return }
        do { try writer.noteFile(file) } catch { fail(.writing(error)) }
    }

    /// Commits what there is if the last commit was long enough ago.
    func commitIfDue() {
        guard failure == nil else { return }
        do { try writer.commitIfDue() } catch { fail(.writing(error)) }
    }

    /// Commits what there is, and waits until it is written.
    func commitNow() {
        guard failure == nil else { return }
        do { try writer.commitNow() } catch { fail(.writing(error)) }
    }

    /// The recording ends here. The first reason counts.
    func fail(_ error: RecordError) {
        guard failure == nil else { return }
        switch error {
        case .writing: break
        default: try? writer.commit()
        }
        failure = error
    }

    func finish(_ exit: ExitStatus, limits: [PinLimit], refusals: [RefusalNote]) {
        guard failure == nil else { return }
        do {
            try writer.finish(
                exitStatus: exit, endTime: UInt64(Host.realTime()), limits: limits, refusals: refusals)
        } catch { fail(.writing(error)) }
    }
}
