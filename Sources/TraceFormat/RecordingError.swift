package import SystemPackage

/// Why a recording cannot be read. Every case is exit status 4 of `xrr replay`.
package enum RecordingError: Error, Hashable, Sendable {
    /// There is no recording at this path, or it cannot be opened.
    case cannotOpen(path: String, Errno)
    /// The manifest is damaged or does not make sense.
    case manifest(String)
    /// The recording has a newer major format version than this program reads.
    case newerVersion(FormatVersion, producer: String)
    /// The kernel reported an error for a read at `offset` of the stream's file.
    case unreadable(RecordingStream, offset: UInt64, Errno)
    /// A part that a commit record vouches for, or a commit record itself, is missing or damaged. `offset` is a byte
    /// offset in the stream's file; within chunks it is that of the chunk.
    case damaged(RecordingStream, offset: UInt64, String)
    /// The recording contains something that this program does not know and must not skip.
    case madeByNewer(RecordingStream, offset: UInt64, String)
    /// There is no memory for the decompressor.
    case outOfMemory
    /// `seek` was asked for a frame that the recording does not have.
    case noSuchFrame(FrameIndex)
}

extension RecordingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .cannotOpen(let path, let errno): "cannot open \(PrintableText.of(path)): \(errno)"
        case .manifest(let what): "the recording's manifest.json is damaged: \(PrintableText.of(what))"
        case .newerVersion(let version, let producer):
            """
            the recording was made by a newer xrr (\(PrintableText.of(producer))): it has format \(version), and this xrr reads up to \
            \(FormatVersion.current.major).x
            """
        case .unreadable(let stream, let offset, let errno):
            "cannot read the recording's \(stream.fileName) at offset \(offset): \(errno)"
        case .damaged(let stream, let offset, let what):
            "the recording's \(stream.fileName) is damaged at offset \(offset): \(what)"
        case .madeByNewer(let stream, let offset, let what):
            "the recording was made by a newer xrr: \(what) in its \(stream.fileName) at offset \(offset)"
        case .outOfMemory: "not enough memory to read the recording"
        case .noSuchFrame(let index): "the recording has no frame \(index)"
        }
    }
}
