/// One of the append-only files of a recording. Raw values are part of the format.
package enum RecordingStream: UInt8, CaseIterable, Hashable, Sendable {
    /// The frames, without the bulk of their data.
    case frames = 1
    /// The bytes that frames refer to, in the order in which the frames refer to them.
    case memory = 2
    /// What is known of the mapped files.
    case files = 3
    /// The records that vouch for the other streams.
    case commits = 4

    /// The name of the file in the recording's directory.
    package var fileName: String {
        switch self {
        case .frames: "frames"
        case .memory: "memory"
        case .files: "files"
        case .commits: "commits"
        }
    }

    /// The streams that consist of chunks and that commit records vouch for, in the order of the commit record.
    package static let chunked: [RecordingStream] = [.frames, .memory, .files]
}
