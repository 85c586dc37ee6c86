internal import Codec
internal import LinuxABI

/// How pass counts stand in a file, in little-endian words:
///
/// | bytes | |
/// |---|---|
/// | 8 | `xrrpass` and a zero |
/// | 8 | the version, 1 |
/// | 16 | the recording's id, its high half first |
/// | 24 each | frame, address and pass, in ascending order of frames |
/// | 8 | XXH3 of all that is before |
extension PassCounts {
    /// Why a file is of no use.
    package enum CodingError: Error, Hashable, Sendable {
        case damaged
        case version(UInt64)
        case otherRecording(RecordingID)
    }

    private static let magic: UInt64 = 0x0073_7361_7072_7278
    private static let version: UInt64 = 1
    private static let headerSize = 32
    private static let entrySize = 24
    private static let checksumSize = 8

    /// The largest file that there can be, in bytes.
    package static let longestEncoding = headerSize + limit * entrySize + checksumSize

    package func encoded(for recording: RecordingID) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerSize + count * Self.entrySize + Self.checksumSize)
        for word in [Self.magic, Self.version, recording.high, recording.low] { bytes.appendLittleEndian(word) }
        for position in all {
            for word in [position.frame.rawValue, position.address.rawValue, position.pass] {
                bytes.appendLittleEndian(word)
            }
        }
        bytes.appendLittleEndian(XXH3.hash(bytes))
        return bytes
    }

    package init(decoding bytes: [UInt8], for recording: RecordingID) throws(CodingError) {
        let end = bytes.count - Self.checksumSize
        guard end >= Self.headerSize, bytes.count <= Self.longestEncoding,
            (end - Self.headerSize).isMultiple(of: Self.entrySize), bytes.word(at: 0) == Self.magic,
            bytes.word(at: end) == XXH3.hash(Array(bytes[..<end]))
        else { throw .damaged }
        guard bytes.word(at: 8) == Self.version else { throw .version(bytes.word(at: 8)) }
        let id = RecordingID(high: bytes.word(at: 16), low: bytes.word(at: 24))
        guard id == recording else { throw .otherRecording(id) }
        self.init()
        for offset in stride(from: Self.headerSize, to: end, by: Self.entrySize) {
            learn(
                Position(
                    frame: FrameIndex(bytes.word(at: offset)), address: GuestAddress(bytes.word(at: offset + 8)),
                    pass: bytes.word(at: offset + 16)))
        }
    }
}

extension [UInt8] {
    fileprivate func word(at offset: Int) -> UInt64 { littleEndian(at: offset) }
}
