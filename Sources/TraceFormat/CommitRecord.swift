internal import Codec
internal import LinuxABI

/// Vouches for everything in the other streams up to given lengths.
struct CommitRecord: Hashable, Sendable {
    static let size = 128
    /// "xcmt", little-endian.
    static let magic: UInt32 = 0x746d_6378
    static let finalFlag: UInt32 = 1

    /// The record's number, from 0.
    var sequence: UInt64 = 0
    var time = MonotonicTime(nanoseconds: 0)
    var frameCount: UInt64 = 0
    /// In the order of `RecordingStream.chunked`.
    var extents: [StreamExtent] = .init(repeating: StreamExtent(), count: RecordingStream.chunked.count)
    /// Not nil in the last record of a finished recording: how the first process ended.
    var final: ExitStatus?

    /// - Parameter seed: the checksum of the record before; for the first, the stream's seed.
    func bytes(seed: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        bytes.appendLittleEndian(Self.magic)
        bytes.appendLittleEndian(final == nil ? 0 : Self.finalFlag)
        bytes.appendLittleEndian(sequence)
        bytes.appendLittleEndian(time.nanoseconds)
        bytes.appendLittleEndian(frameCount)
        for extent in extents {
            bytes.appendLittleEndian(extent.byteLength)
            bytes.appendLittleEndian(extent.chunkCount)
            bytes.appendLittleEndian(extent.runningHash)
        }
        bytes.appendLittleEndian(UInt32(bitPattern: final?.waitStatus ?? 0))
        bytes.append(contentsOf: repeatElement(0, count: 12))
        bytes.appendLittleEndian(XXH3.hash(bytes, seed: seed))
        return bytes
    }

    /// The checksum in an encoded record, which seeds the next one.
    static func checksum(of bytes: [UInt8]) -> UInt64 { bytes.littleEndian(at: 120) }

    init() {}

    /// nil if `bytes` are not an undamaged record that follows the one with checksum `seed`.
    init?(_ bytes: [UInt8], seed: UInt64) {
        guard bytes.count == Self.size, bytes.littleEndian(at: 0, as: UInt32.self) == Self.magic,
            Self.checksum(of: bytes) == XXH3.hash(Array(bytes[..<120]), seed: seed)
        else { return nil }
        sequence = bytes.littleEndian(at: 8)
        time = MonotonicTime(nanoseconds: bytes.littleEndian(at: 16))
        frameCount = bytes.littleEndian(at: 24)
        for index in extents.indices {
            extents[index].byteLength = bytes.littleEndian(at: 32 + 24 * index)
            extents[index].chunkCount = bytes.littleEndian(at: 40 + 24 * index)
            extents[index].runningHash = bytes.littleEndian(at: 48 + 24 * index)
        }
        if bytes.littleEndian(at: 4, as: UInt32.self) & Self.finalFlag != 0 {
            final = ExitStatus(waitStatus: Int32(bitPattern: bytes.littleEndian(at: 104)))
        }
    }

    /// Whether this record may follow `previous`: nothing shrinks, and nothing follows the final one.
    func follows(_ previous: CommitRecord?) -> Bool {
        guard let previous else {
            return sequence == 0 && extents.allSatisfy { $0.byteLength >= UInt64(StreamHeader.size) }
        }
        return sequence == previous.sequence + 1 && previous.final == nil && frameCount >= previous.frameCount
            && zip(extents, previous.extents).allSatisfy {
                $0.byteLength >= $1.byteLength && $0.chunkCount >= $1.chunkCount
            }
    }
}
