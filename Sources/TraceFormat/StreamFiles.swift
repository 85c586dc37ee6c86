internal import Codec
internal import LinuxABI
internal import SystemPackage

/// The files of a recording that is being written. Used by the second thread only.
final class StreamFiles: @unchecked Sendable {
    // Not safe to share, but handed from the thread that creates it to the one that uses it, through a mutex.
    private let directory: FilePath
    private let options: RecordingWriter.Options
    private let descriptors: [RecordingStream: Handle]
    private let seeds: [RecordingStream: UInt64]
    private var compressor: ChunkCompressor
    private var extents: [StreamExtent]
    private var commit = CommitRecord()
    private var commitSeed: UInt64
    private var commitsLength = UInt64(StreamHeader.size)
    private var compressed: [UInt8] = []

    private final class Handle {
        let file: OwnedFile
        init(_ file: consuming OwnedFile) { self.file = file }
    }

    init(
        directory: FilePath, recordingID: RecordingID, options: RecordingWriter.Options
    ) throws(RecordingWriteError) {
        self.directory = directory
        self.options = options
        do { compressor = try ChunkCompressor(level: options.compressionLevel) } catch {
            throw .compression("\(error)")
        }
        extents = commit.extents
        var descriptors: [RecordingStream: Handle] = [:]
        var seeds: [RecordingStream: UInt64] = [:]
        for stream in RecordingStream.allCases {
            let path = directory.appending(stream.fileName)
            let header = StreamHeader(stream: stream, version: .current, recordingID: recordingID)
            do {
                let file = try OwnedFile(
                    path, .writeOnly, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
                descriptors[stream] = Handle(file)
            } catch { throw .file(path: path.string, stream, error) }
            seeds[stream] = header.seed
        }
        self.descriptors = descriptors
        self.seeds = seeds
        commitSeed = seeds[.commits] ?? 0
        for stream in RecordingStream.allCases {
            try write(StreamHeader(stream: stream, version: .current, recordingID: recordingID).bytes, to: stream)
        }
    }

    func writeChunk(_ stream: RecordingStream, position: UInt64, _ bytes: [UInt8]) throws(RecordingWriteError) {
        guard let index = RecordingStream.chunked.firstIndex(of: stream), let seed = seeds[stream] else {
            preconditionFailure("\(stream) has no chunks")
        }
        compressed.removeAll(keepingCapacity: compressed.capacity <= 4 * RecordingWriter.chunkTarget)
        compressed.append(contentsOf: repeatElement(0, count: ChunkHeader.size))
        do { try compressor.compress(bytes.span, appendingTo: &compressed) } catch {
            throw .compression("\(error)")
        }
        let payload = compressed[ChunkHeader.size...]
        let header = ChunkHeader(
            sequence: UInt32(truncatingIfNeeded: extents[index].chunkCount), rawLength: UInt32(bytes.count),
            compressedLength: UInt32(payload.count), position: position,
            payloadHash: XXH3.hash(payload.span, seed: seed)
        ).bytes(seed: seed)
        extents[index].append(header: header, payloadLength: payload.count)
        compressed.replaceSubrange(..<ChunkHeader.size, with: header)
        try write(compressed, to: stream)
    }

    func writeCommit(
        _ time: MonotonicTime, frameCount: UInt64, final: ExitStatus?
    ) throws(RecordingWriteError) {
        if options.synchronizes { try synchronize(RecordingStream.chunked) }
        commit.time = time
        commit.frameCount = frameCount
        commit.extents = extents
        commit.final = final
        let bytes = commit.bytes(seed: commitSeed)
        do { try write(bytes, to: .commits) } catch {
            // A torn record is tolerated by readers, but none is better. That this fails too changes nothing.
            try? descriptors[.commits]?.file.resize(to: commitsLength)
            throw error
        }
        commit.sequence += 1
        commitSeed = CommitRecord.checksum(of: bytes)
        commitsLength += UInt64(bytes.count)
        if options.synchronizes { try synchronize([.commits]) }
    }

    private func synchronize(_ streams: [RecordingStream]) throws(RecordingWriteError) {
        for stream in streams {
            do { try descriptors[stream]?.file.synchronize() } catch { throw failure(stream, error) }
        }
    }

    private func write(_ bytes: [UInt8], to stream: RecordingStream) throws(RecordingWriteError) {
        guard let handle = descriptors[stream] else { preconditionFailure("\(stream) is not open") }
        var rest = bytes[...]
        while !rest.isEmpty {
            do {
                let written =
                    if let write = options.write { try write(handle.file.descriptor, rest) } else {
                        try handle.file.writeSome(rest)
                    }
                rest = rest.dropFirst(written)
            } catch { throw failure(stream, error) }
        }
    }

    private func failure(_ stream: RecordingStream, _ error: Errno) -> RecordingWriteError {
        .file(path: directory.appending(stream.fileName).string, stream, error)
    }
}
