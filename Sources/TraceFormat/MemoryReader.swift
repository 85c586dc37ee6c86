/// Gives out the bytes of the memory stream in their order.
final class MemoryReader: ContentsSource {
    private let chunks: ChunkReader
    /// Where in the current chunk the next byte is.
    private var offset = 0
    /// How many bytes of the stream were given out or skipped.
    private(set) var position: UInt64 = 0

    init(_ chunks: ChunkReader) { self.chunks = chunks }

    var isAtEnd: Bool { offset == chunks.contents.count && chunks.isAtEnd }

    func read(_ count: Int) throws(RecordingError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, FormatLimits.chunkLength))
        while bytes.count < count {
            if offset == chunks.contents.count { try nextChunk() }
            let length = min(count - bytes.count, chunks.contents.count - offset)
            bytes.append(contentsOf: chunks.contents[offset..<offset + length])
            offset += length
            position += UInt64(length)
        }
        return bytes
    }

    /// Continues at `target`, which is at most the length of the stream.
    func seek(to target: UInt64) throws(RecordingError) {
        if target == position { return }
        guard try chunks.seek(to: target), try chunks.next(), target >= chunks.chunkPosition,
            target - chunks.chunkPosition <= UInt64(chunks.contents.count)
        else { throw .damaged(.memory, offset: chunks.chunkOffset, "there is no byte \(target) of the contents") }
        offset = Int(target - chunks.chunkPosition)
        position = target
    }

    private func nextChunk() throws(RecordingError) {
        guard try chunks.next() else {
            throw .damaged(.memory, offset: chunks.chunkOffset, "frames refer to more bytes than there are")
        }
        guard chunks.chunkPosition == position else {
            throw .damaged(.memory, offset: chunks.chunkOffset, "a chunk has the wrong position")
        }
        offset = 0
    }
}
