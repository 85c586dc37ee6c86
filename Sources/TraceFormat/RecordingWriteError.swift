package import SystemPackage

/// Why a recording cannot be written. What was committed before stays readable.
package enum RecordingWriteError: Error, Hashable, Sendable {
    /// The kernel refused an operation on a file of the recording. `stream` is nil for the directory and the manifest.
    case file(path: String, RecordingStream?, Errno)
    /// A frame is larger than a reader accepts: more than `limit` bytes of `stream`.
    case frameTooLarge(RecordingStream, limit: Int)
    /// The compressor failed; its own words.
    case compression(String)
    /// The second thread could not be started.
    case thread(Errno)
}

extension RecordingWriteError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path, _, let errno): "cannot write the recording: \(PrintableText.of(path)): \(errno)"
        case .frameTooLarge(let stream, let limit):
            "an event has more than \(limit) bytes of \(stream.fileName), which a recording cannot hold"
        case .compression(let what): "cannot compress the recording: \(what)"
        case .thread(let errno): "cannot start the thread that writes the recording: \(errno)"
        }
    }
}
