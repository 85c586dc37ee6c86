/// Gives out the bytes of the memory stream in their order.
final class MemoryReader: ContentsSource {
    /// Where chunks come from.
    private enum Source {
        case direct(ChunkReader)
        case ahead(ReadAhead)
    }

    private let source: Source
    private var chunk = ReadAhead.Chunk(contents: [], position: 0, offset: 0)
    /// Where in the current chunk the next byte is.
    private var offset = 0
    /// How many bytes of the stream were given out or skipped.
    private(set) var position: UInt64 = 0

    private static let largePiece = 32 << 20

    init(_ chunks: ChunkReader) { source = .direct(chunks) }

    /// Whether there is memory for so many bytes in one piece; asked for large pieces only.
    var admits: (Int) -> Bool = { _ in true }

    /// A reader that cannot seek.
    init(_ chunks: ReadAhead) { source = .ahead(chunks) }

    /// Whether all has been given out. To be asked at the end only: what follows is lost.
    func isAtEnd() throws(RecordingError) -> Bool {
        if offset < chunk.contents.count { return false }
        return try !next()
    }

    func read(_ count: Int) throws(RecordingError) -> [UInt8] {
        var bytes: [UInt8] = []
        let isLarge = count > Self.largePiece
        if isLarge, !admits(count) { throw .outOfMemory }
        // A large array that grows by and by would be there twice.
        bytes.reserveCapacity(isLarge ? count : min(count, FormatLimits.chunkLength))
        while bytes.count < count {
            if offset == chunk.contents.count { try nextChunk() }
            let length = min(count - bytes.count, chunk.contents.count - offset)
            bytes.append(contentsOf: chunk.contents[offset..<offset + length])
            offset += length
            position += UInt64(length)
        }
        return bytes
    }

    /// Continues at `target`, which is at most the length of the stream.
    func seek(to target: UInt64) throws(RecordingError) {
        if target == position { return }
        guard case .direct(let chunks) = source else { preconditionFailure("a reader that reads ahead cannot seek") }
        guard try chunks.seek(to: target), try next(), target >= chunk.position,
            target - chunk.position <= UInt64(chunk.contents.count)
        else { throw .damaged(.memory, offset: chunk.offset, "there is no byte \(target) of the contents") }
        offset = Int(target - chunk.position)
        position = target
    }

    private func nextChunk() throws(RecordingError) {
        guard try next() else {
            throw .damaged(.memory, offset: chunk.offset, "frames refer to more bytes than there are")
        }
        guard chunk.position == position else {
            throw .damaged(.memory, offset: chunk.offset, "a chunk has the wrong position")
        }
        offset = 0
    }

    /// Makes the next chunk the current one. False at the end.
    private func next() throws(RecordingError) -> Bool {
        switch source {
        case .direct(let chunks):
            guard try chunks.next() else { return false }
            chunk = .init(contents: chunks.contents, position: chunks.chunkPosition, offset: chunks.chunkOffset)
        case .ahead(let chunks):
            guard let next = try chunks.next() else { return false }
            chunk = next
        }
        return true
    }
}
