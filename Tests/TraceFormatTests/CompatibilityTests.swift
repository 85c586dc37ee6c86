import LinuxABI
import SystemPackage
import Testing

@testable import TraceFormat

/// Has every byte that is asked for, up to a bound.
private struct EndlessMemory: ContentsSource {
    func read(_ count: Int) throws(RecordingError) -> [UInt8] {
        if count > 1000 { throw .outOfMemory }
        return [UInt8](repeating: 1, count: count)
    }
}

/// Recordings of other versions of the format, and recordings that a malicious writer made: all checksums fit.
@Suite struct CompatibilityTests {
    /// Writes a recording of given frames chunks by hand.
    private func makeRecording(at path: FilePath, frames: [[UInt8]], files: [[UInt8]] = [], count: UInt64) throws {
        try Directory.create(path, permissions: .ownerReadWriteExecute)
        let manifest = try RecordingManifest.example()
        let streams = try StreamFiles(directory: path, recordingID: manifest.recordingID, options: .init())
        for chunk in frames { try streams.writeChunk(.frames, position: 0, chunk) }
        for chunk in files { try streams.writeChunk(.files, position: 0, chunk) }
        try streams.writeCommit(MonotonicTime(nanoseconds: 1), frameCount: count, final: nil)
        try manifest.write(to: path, synchronizes: false)
    }

    private func chunk(_ frame: Frame, before extra: [UInt8] = []) -> [UInt8] {
        var bytes: [UInt8] = []
        var encoder = FrameEncoder()
        encoder.startChunk(memoryPosition: 0, in: &bytes)
        bytes += extra
        encoder.encode(frame, to: &bytes)
        return bytes
    }

    private func plainFrame() throws -> Frame {
        var generator = FrameGenerator(seed: 2)
        var frame = try generator.frame()
        frame.event = .syscall(SyscallNumber(39))
        frame.effects = []
        return frame
    }

    @Test func unknownRecordsAreSkippedUnlessCritical() throws {
        let frame = try plainFrame()
        let one = try Scratch()
        try makeRecording(at: one.recording, frames: [chunk(frame, before: [99 << 1 & 0x7f, 3, 1, 2, 3])], count: 1)
        #expect(try RecordingReader(opening: one.recording).rest() == [frame])

        let two = try Scratch()
        try makeRecording(at: two.recording, frames: [chunk(frame, before: [50 << 1 | 1, 3, 1, 2, 3])], count: 1)
        let reader = try RecordingReader(opening: two.recording)
        #expect(throws: RecordingError.madeByNewer(.frames, offset: 64, "unknown record type 50")) {
            try reader.next()
        }

        let three = try Scratch()
        try makeRecording(at: three.recording, frames: [], files: [[50 << 1, 0]], count: 0)
        #expect(try RecordingReader(opening: three.recording).files == [])
        let four = try Scratch()
        try makeRecording(at: four.recording, frames: [], files: [[50 << 1 | 1, 0]], count: 0)
        #expect(throws: RecordingError.madeByNewer(.files, offset: 64, "unknown record type 50")) {
            try RecordingReader(opening: four.recording)
        }
    }

    @Test func aNewerMajorVersionIsRefusedAndANewerMinorIsRead() throws {
        let newer = try Scratch()
        var manifest = try RecordingManifest.example()
        manifest.formatVersion = FormatVersion(major: 2, minor: 3)
        try manifest.write(to: newer.path, synchronizes: false)
        let error = #expect(throws: RecordingError.self) { try RecordingManifest(readingFrom: newer.path) }
        #expect(error == .newerVersion(FormatVersion(major: 2, minor: 3), producer: "xrr test"))
        #expect(error?.description.contains("newer xrr") == true)

        let minor = try Scratch()
        manifest.formatVersion = FormatVersion(major: 1, minor: 9)
        try manifest.write(to: minor.path, synchronizes: false)
        #expect(try RecordingManifest(readingFrom: minor.path) == manifest)
    }

    /// The minor version decides nothing, in the streams no more than in the manifest; the major one does.
    @Test func streamsOfAnotherMinorVersionAreRead() throws {
        let frame = try plainFrame()
        for (version, isRead) in [
            (FormatVersion(major: 1, minor: 9), true), (FormatVersion(major: 1, minor: 0), true),
            (FormatVersion(major: 0, minor: 2), false),
        ] {
            let scratch = try Scratch()
            try makeRecording(at: scratch.recording, frames: [chunk(frame)], count: 1)
            var manifest = try RecordingManifest(readingFrom: scratch.recording)
            manifest.formatVersion = version
            try manifest.write(to: scratch.recording, synchronizes: false)
            if isRead {
                #expect(try RecordingReader(opening: scratch.recording).rest() == [frame])
            } else {
                #expect(throws: RecordingError.self) { try RecordingReader(opening: scratch.recording) }
            }
        }
    }

    /// Every byte of a frame's record replaced by every value, with correct checksums: no trap, only frames or errors.
    @Test func anyFrameRecordIsReadOrRefused() throws {
        var generator = FrameGenerator(seed: 6)
        generator.longestBytes = 5
        for frame in try generator.frames(24) {
            let intact = chunk(frame)
            var damaged = 0
            for offset in intact.indices.prefix(400) {
                for value in [0, 1, 0x7f, 0x80, 0xff, intact[offset] &+ 1, intact[offset] &- 1] as [UInt8] {
                    var bytes = intact
                    bytes[offset] = value
                    do throws(RecordingError) {
                        try decode(bytes)
                    } catch {
                        damaged += 1
                    }
                }
            }
            #expect(damaged > 0)
        }
    }

    private func decode(_ bytes: [UInt8]) throws(RecordingError) {
        var cursor = RecordCursor(bytes, stream: .frames, chunkOffset: 0)
        var decoder = FrameDecoder()
        _ = try decoder.startChunk(&cursor)
        while try decoder.next(&cursor, memory: EndlessMemory()) != nil {}
    }

    /// A frame that claims more memory than there is must not make the reader allocate it.
    @Test func claimsBeyondTheContentsAreRefused() throws {
        var frame = try plainFrame()
        frame.effects = [.write(GuestAddress(0), bytes: [1, 2, 3])]
        let scratch = try Scratch()
        try makeRecording(at: scratch.recording, frames: [chunk(frame)], count: 1)
        let reader = try RecordingReader(opening: scratch.recording)
        #expect(
            throws: RecordingError.damaged(.memory, offset: 0, "frames refer to more bytes than there are")
        ) { try reader.next() }
    }

    @Test func aWrongFrameCountIsNoticed() throws {
        let scratch = try Scratch()
        try makeRecording(at: scratch.recording, frames: [chunk(try plainFrame())], count: 2)
        let reader = try RecordingReader(opening: scratch.recording)
        #expect(try reader.next() != nil)
        #expect(throws: RecordingError.self) { try reader.next() }
    }
}
