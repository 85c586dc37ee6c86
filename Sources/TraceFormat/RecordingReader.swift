internal import LinuxABI
package import SystemPackage

/// Reads a recording, frame by frame, with a memory need that does not depend on the recording's length.
///
/// A recording is untrusted input: whatever its files contain, reading ends with frames or with a `RecordingError`.
package final class RecordingReader {
    package let directory: FilePath
    package let manifest: RecordingManifest
    /// Whether the recording was ended properly; otherwise it ends at the last commit before the recorder died.
    package let isFinished: Bool
    /// The frames that can be read.
    package let frameCount: UInt64
    /// How the recorded command ended; nil if the recording is unfinished.
    package let exitStatus: ExitStatus?
    /// The mapped files, in the order in which they were noted.
    package let files: [FileRecord]
    /// The index of the frame that `next` returns.
    package private(set) var nextIndex = FrameIndex(0)

    private let chunks: ChunkReader
    private let memory: MemoryReader
    /// Asked before a large piece of contents is read whether there is memory for so many bytes; without it they are read.
    package var admitsContents: (Int) -> Bool {
        get { memory.admits }
        set { memory.admits = newValue }
    }
    private var decoder = FrameDecoder()
    private var cursor: RecordCursor?

    /// Opens the recording in `directory` and checks all that can be checked without reading it to the end.
    ///
    /// - Parameter readsAhead: uses a second thread, which inherits the caller's CPU affinity. Such a reader cannot
    ///   seek.
    package init(opening directory: FilePath, readsAhead: Bool = false) throws(RecordingError) {
        self.directory = directory
        manifest = try RecordingManifest(readingFrom: directory)
        let id = manifest.recordingID
        let version = manifest.formatVersion
        func header(_ stream: RecordingStream) -> StreamHeader {
            StreamHeader(stream: stream, version: version, recordingID: id)
        }
        func chunks(_ stream: RecordingStream, _ index: Int, _ commit: CommitRecord) throws(RecordingError)
            -> ChunkReader
        {
            try ChunkReader(stream, in: directory, header: header(stream), extent: commit.extents[index])
        }

        let last = try CommitReader.last(in: directory, header: header(.commits), isFinished: manifest.isFinished)
        let commit = last ?? CommitRecord()
        isFinished = commit.final != nil
        exitStatus = commit.final
        frameCount = commit.frameCount
        if manifest.isFinished, manifest.exitStatus != commit.final {
            throw .manifest("its exit status is not that of the last commit record")
        }
        self.chunks = try chunks(.frames, 0, commit)
        memory =
            readsAhead
            ? MemoryReader(ReadAhead(try chunks(.memory, 1, commit)))
            : MemoryReader(try chunks(.memory, 1, commit))
        files = try Self.readFiles(try chunks(.files, 2, commit))
    }

    /// The next frame; nil at the end of the recording.
    ///
    /// After an error the reader's place is undefined; `seek` makes it usable again.
    package func next() throws(RecordingError) -> Frame? {
        while true {
            if cursor != nil, let frame = try decodeNext() {
                nextIndex.rawValue += 1
                return frame
            }
            cursor = nil
            guard try startChunk() else { return nil }
        }
    }

    /// Makes `next` return the frame with this index; `frameCount` is allowed and makes it return nil.
    ///
    /// Reads on from the start of the chunk that contains the frame. The first call reads the headers of all chunks.
    package func seek(to index: FrameIndex) throws(RecordingError) {
        guard index.rawValue <= frameCount else { throw .noSuchFrame(index) }
        if index == nextIndex, cursor != nil || index.rawValue == 0 { return }
        cursor = nil
        if try chunks.seek(to: index.rawValue) {
            guard try chunks.next() else { throw .noSuchFrame(index) }
            nextIndex = FrameIndex(chunks.chunkPosition)
            try beginChunk(seeksMemory: true)
        }
        while nextIndex < index {
            guard try next() != nil else { throw .noSuchFrame(index) }
        }
    }

    // MARK: -

    private func decodeNext() throws(RecordingError) -> Frame? {
        guard var cursor = self.cursor.take() else { return nil }
        guard let frame = try decoder.next(&cursor, memory: memory) else { return nil }
        self.cursor = cursor
        return frame
    }

    /// Goes on to the next chunk. False at the end, which must be where the commit record says.
    private func startChunk() throws(RecordingError) -> Bool {
        guard try chunks.next() else {
            guard nextIndex.rawValue == frameCount else {
                throw .damaged(.frames, offset: chunks.chunkOffset, "\(nextIndex) frames instead of \(frameCount)")
            }
            guard try memory.isAtEnd() else {
                throw .damaged(.memory, offset: 0, "no frame refers to the end of it")
            }
            return false
        }
        guard chunks.chunkPosition == nextIndex.rawValue else {
            throw .damaged(.frames, offset: chunks.chunkOffset, "a chunk has the wrong position")
        }
        try beginChunk(seeksMemory: false)
        return true
    }

    private func beginChunk(seeksMemory: Bool) throws(RecordingError) {
        var cursor = RecordCursor(chunks.contents, stream: .frames, chunkOffset: chunks.chunkOffset)
        let memoryPosition = try decoder.startChunk(&cursor)
        if seeksMemory { try memory.seek(to: memoryPosition) }
        guard memoryPosition == memory.position else { throw cursor.damaged("a chunk has the wrong memory position") }
        self.cursor = cursor
    }

    private static func readFiles(_ chunks: ChunkReader) throws(RecordingError) -> [FileRecord] {
        var files: [FileRecord] = []
        var length = 0
        while try chunks.next() {
            var cursor = RecordCursor(chunks.contents, stream: .files, chunkOffset: chunks.chunkOffset)
            length += chunks.contents.count
            guard length <= FormatLimits.filesLength else { throw cursor.damaged("there are too many files") }
            guard chunks.chunkPosition == UInt64(files.count) else {
                throw cursor.damaged("a chunk has the wrong position")
            }
            while let file = try FileRecord(&cursor) { files.append(file) }
        }
        return files
    }
}
