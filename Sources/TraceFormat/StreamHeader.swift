internal import Codec

/// The first bytes of every stream's file.
struct StreamHeader {
    static let size = 64
    static let magic: [UInt8] = [0x89] + Array("XRR".utf8) + [0x0d, 0x0a, 0x1a, 0x0a]

    /// Where the minor version stands.
    private static let minorVersion = 10..<12

    let stream: RecordingStream
    let version: FormatVersion
    let recordingID: RecordingID

    var bytes: [UInt8] {
        var bytes = Self.magic
        bytes.appendLittleEndian(version.major)
        bytes.appendLittleEndian(version.minor)
        bytes.append(stream.rawValue)
        bytes.append(contentsOf: [0, 0, 0])
        bytes.appendLittleEndian(recordingID.high)
        bytes.appendLittleEndian(recordingID.low)
        bytes.append(contentsOf: repeatElement(0, count: 24))
        bytes.appendLittleEndian(XXH3.hash(bytes))
        return bytes
    }

    /// What is mixed into every checksum of the stream, so that a part of another stream or recording never fits.
    var seed: UInt64 {
        var bytes: [UInt8] = [stream.rawValue]
        bytes.appendLittleEndian(recordingID.high)
        bytes.appendLittleEndian(recordingID.low)
        return XXH3.hash(bytes)
    }

    /// The major version was checked in the manifest; the minor one says nothing to a reader.
    func check(_ actual: [UInt8]) throws(RecordingError) {
        guard actual.count == Self.size, Array(actual[..<8]) == Self.magic else {
            throw .damaged(stream, offset: 0, "it does not begin like a stream of a recording")
        }
        guard actual.littleEndian(at: 56, as: UInt64.self) == XXH3.hash(Array(actual[..<56])) else {
            throw .damaged(stream, offset: 0, "the header's checksum is wrong")
        }
        var expected = bytes
        expected.replaceSubrange(Self.minorVersion, with: actual[Self.minorVersion])
        guard actual[..<56] == expected[..<56] else {
            throw .damaged(stream, offset: 0, "the header belongs to another stream or recording")
        }
    }
}
