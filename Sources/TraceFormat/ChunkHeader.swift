internal import Codec

/// What stands before the compressed contents of a chunk.
struct ChunkHeader {
    static let size = 40
    /// "xchk", little-endian.
    static let magic: UInt32 = 0x6b68_6378

    /// The chunk's number in its stream, from 0.
    var sequence: UInt32
    /// The length of the contents.
    var rawLength: UInt32
    /// The length of what follows in the file.
    var compressedLength: UInt32
    /// The frames (frames), bytes (memory) or records (files) in the chunks before.
    var position: UInt64
    /// The hash of the compressed contents, seeded with the stream's seed.
    var payloadHash: UInt64

    /// - Parameter seed: the stream's seed.
    func bytes(seed: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.size)
        bytes.appendLittleEndian(Self.magic)
        bytes.appendLittleEndian(sequence)
        bytes.appendLittleEndian(rawLength)
        bytes.appendLittleEndian(compressedLength)
        bytes.appendLittleEndian(position)
        bytes.appendLittleEndian(payloadHash)
        bytes.appendLittleEndian(XXH3.hash(bytes, seed: seed))
        return bytes
    }

    init(sequence: UInt32, rawLength: UInt32, compressedLength: UInt32, position: UInt64, payloadHash: UInt64) {
        self.sequence = sequence
        self.rawLength = rawLength
        self.compressedLength = compressedLength
        self.position = position
        self.payloadHash = payloadHash
    }

    /// nil if `bytes` are not an undamaged header.
    init?(_ bytes: [UInt8], seed: UInt64) {
        guard bytes.count == Self.size, bytes.littleEndian(at: 0, as: UInt32.self) == Self.magic,
            bytes.littleEndian(at: 32, as: UInt64.self) == XXH3.hash(Array(bytes[..<32]), seed: seed)
        else { return nil }
        sequence = bytes.littleEndian(at: 4)
        rawLength = bytes.littleEndian(at: 8)
        compressedLength = bytes.littleEndian(at: 12)
        position = bytes.littleEndian(at: 16)
        payloadHash = bytes.littleEndian(at: 24)
    }
}

/// How far a stream has got, as commit records state it.
struct StreamExtent: Hashable, Sendable {
    /// The length of the file in bytes, its header included.
    var byteLength = UInt64(StreamHeader.size)
    /// The number of chunks.
    var chunkCount: UInt64 = 0
    /// The hash over all chunk headers (which contain the hashes of the contents), each seeded with the one before.
    var runningHash: UInt64 = 0

    mutating func append(header: [UInt8], payloadLength: Int) {
        byteLength += UInt64(header.count + payloadLength)
        chunkCount += 1
        runningHash = XXH3.hash(header, seed: runningHash)
    }
}
