internal import Codec
internal import SystemPackage

/// Reads the chunks of one stream up to where a commit record vouches for it.
final class ChunkReader {
    /// Where a chunk is.
    struct Location {
        /// Offset of the header in the file, number of chunks and hash before it.
        var before: StreamExtent
        /// The position in the chunk's header.
        var position: UInt64
    }

    let stream: RecordingStream
    /// The contents of the current chunk.
    private(set) var contents: [UInt8] = []
    /// The current chunk's offset in the file and its position; meaningless before the first chunk.
    private(set) var chunkOffset: UInt64 = 0
    private(set) var chunkPosition: UInt64 = 0

    private let file: OwnedFile
    private let seed: UInt64
    /// What the commit record says.
    private let extent: StreamExtent
    /// How far reading has got.
    private var read = StreamExtent()
    private var decompressor: ChunkDecompressor
    private var buffer: [UInt8] = []
    private var locations: [Location]?

    /// Opens the stream and checks that it begins well and has the length that the commit record says.
    init(
        _ stream: RecordingStream, in directory: FilePath, header: StreamHeader, extent: StreamExtent
    ) throws(RecordingError) {
        self.stream = stream
        self.extent = extent
        seed = header.seed
        do { decompressor = try ChunkDecompressor() } catch { throw .outOfMemory }
        file = try Self.open(stream, in: directory, header: header)
        let length: UInt64
        do { length = try file.length() } catch { throw .unreadable(stream, offset: 0, error) }
        guard length >= extent.byteLength else {
            throw .damaged(stream, offset: length, "\(extent.byteLength - length) bytes are missing")
        }
    }

    /// Opens a stream's file and checks its header.
    static func open(
        _ stream: RecordingStream, in directory: FilePath, header: StreamHeader
    ) throws(RecordingError) -> OwnedFile {
        let path = directory.appending(stream.fileName)
        let file: OwnedFile
        do { file = try OwnedFile.forReading(path) } catch { throw .cannotOpen(path: path.string, error) }
        var bytes: [UInt8] = []
        do { try file.read(StreamHeader.size, at: 0, into: &bytes) } catch {
            throw .unreadable(stream, offset: 0, error)
        }
        try header.check(bytes)
        return file
    }

    /// Whether there is no further chunk.
    var isAtEnd: Bool { read.chunkCount == extent.chunkCount }

    /// Makes the next chunk the current one. False at the end.
    func next() throws(RecordingError) -> Bool {
        let offset = read.byteLength
        guard let header = try nextHeader() else { return false }
        try fill(Int(header.compressedLength), at: offset + UInt64(ChunkHeader.size))
        guard XXH3.hash(buffer, seed: seed) == header.payloadHash else {
            throw .damaged(stream, offset: offset, "a chunk's checksum is wrong")
        }
        do {
            try decompressor.decompress(
                buffer.span, length: Int(header.rawLength), limit: FormatLimits.chunkLength, into: &contents)
        } catch { throw .damaged(stream, offset: offset, "a chunk cannot be decompressed: \(error)") }
        chunkOffset = offset
        chunkPosition = header.position
        return true
    }

    /// Makes the chunk that contains `position`, or else the last one, the next one.
    /// - Returns: false if there is no chunk.
    func seek(to position: UInt64) throws(RecordingError) -> Bool {
        let locations = try index()
        // The first chunk after it; positions rise.
        var low = 0
        var high = locations.count
        while low < high {
            let middle = (low + high) / 2
            if locations[middle].position <= position { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return false }
        read = locations[low - 1].before
        return true
    }

    /// Where the chunks are: 40 bytes of memory for each, found by reading all headers once.
    private func index() throws(RecordingError) -> [Location] {
        if let locations { return locations }
        let current = read
        defer { read = current }
        read = StreamExtent()
        var found: [Location] = []
        while true {
            let before = read
            guard let header = try nextHeader() else { break }
            guard header.position >= (found.last?.position ?? 0) else {
                throw .damaged(stream, offset: before.byteLength, "a chunk has the wrong position")
            }
            found.append(Location(before: before, position: header.position))
        }
        locations = found
        return found
    }

    /// Checks the next chunk's header and steps over the chunk. nil at the end.
    private func nextHeader() throws(RecordingError) -> ChunkHeader? {
        let offset = read.byteLength
        if isAtEnd {
            guard read == extent else {
                throw .damaged(stream, offset: offset, "it is not what the commit record vouches for")
            }
            return nil
        }
        let left = extent.byteLength - offset
        guard left >= UInt64(ChunkHeader.size) else { throw .damaged(stream, offset: offset, "a chunk is missing") }
        try fill(ChunkHeader.size, at: offset)
        guard let header = ChunkHeader(buffer, seed: seed),
            header.sequence == UInt32(truncatingIfNeeded: read.chunkCount)
        else { throw .damaged(stream, offset: offset, "a chunk's header is damaged") }
        guard header.rawLength > 0, header.rawLength <= FormatLimits.chunkLength,
            header.compressedLength <= ChunkCompressor.bound(FormatLimits.chunkLength),
            UInt64(header.compressedLength) <= left - UInt64(ChunkHeader.size)
        else { throw .damaged(stream, offset: offset, "a chunk has an impossible length") }
        read.append(header: buffer, payloadLength: Int(header.compressedLength))
        return header
    }

    private func fill(_ count: Int, at offset: UInt64) throws(RecordingError) {
        do { try file.read(count, at: offset, into: &buffer) } catch {
            throw .unreadable(stream, offset: offset, error)
        }
        guard buffer.count == count else { throw .damaged(stream, offset: offset, "the file ends too early") }
    }
}
