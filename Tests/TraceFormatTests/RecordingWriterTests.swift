import LinuxABI
import SystemPackage
import Testing

@testable import TraceFormat

@Suite struct RecordingWriterTests {
    private func options(_ write: @escaping RecordingWriter.WriteFunction) -> RecordingWriter.Options {
        var options = RecordingWriter.Options()
        options.write = write
        return options
    }

    /// A disk that becomes full: the error has errno, stream and path, stays, and the committed part stays readable.
    @Test(arguments: [0, 10, 100, 1000, 20_000, 100_000, 300_000])
    func aFullDiskEndsTheRecordingAtACommit(room: Int) throws {
        let scratch = try Scratch()
        let left = Counter(room)
        let options = options { (file, bytes) throws(Errno) in
            var fits = 0
            while fits < bytes.count, left.take() { fits += 1 }
            if fits == 0 { throw .noSpace }
            return try OwnedFile.write(file, bytes.prefix(fits))
        }
        var generator = FrameGenerator(seed: 1)
        generator.longestBytes = 2000
        let frames = try generator.frames(400)
        let manifest = try RecordingManifest.example()
        let error = Self.errorOfRecording(frames, scratch.recording, manifest, options)
        guard case .file(let path, let stream?, .noSpace) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == scratch.recording.appending(stream.fileName).string)
        if room < 4 * StreamHeader.size { return }
        let reader = try RecordingReader(opening: scratch.recording)
        #expect(!reader.isFinished)
        let read = try reader.rest()
        #expect(read.elementsEqual(frames.prefix(read.count)))
        #expect(room < 100_000 || read.count > 10)
    }

    private static func errorOfRecording(
        _ frames: [Frame], _ path: FilePath, _ manifest: RecordingManifest, _ options: RecordingWriter.Options
    ) -> RecordingWriteError? {
        do throws(RecordingWriteError) {
            let writer = try RecordingWriter(creating: path, manifest: manifest, options: options)
            do throws(RecordingWriteError) {
                for frame in frames {
                    try writer.append(frame)
                    try writer.commit()
                }
                try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 1)
            } catch {
                let first = error
                #expect(throws: first) { try writer.append(frames[0]) }
                #expect(throws: first) { try writer.commitIfDue() }
                #expect(throws: first) { try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 1) }
                throw first
            }
            return nil
        } catch { return error }
    }

    @Test func anAbandonedRecordingIsUnfinishedAndReadable() throws {
        let scratch = try Scratch()
        var generator = FrameGenerator(seed: 1)
        let frames = try generator.frames(20)
        do {
            let writer = try RecordingWriter(creating: scratch.recording, manifest: .example())
            for frame in frames[..<15] { try writer.append(frame) }
            try writer.commit()
            for frame in frames[15...] { try writer.append(frame) }
        }
        let reader = try RecordingReader(opening: scratch.recording)
        #expect(!reader.isFinished)
        #expect(reader.exitStatus == nil)
        #expect(reader.frameCount == 15)
        #expect(try reader.rest() == Array(frames[..<15]))
    }

    @Test func commitsComeWhenTheyAreDue() throws {
        let scratch = try Scratch()
        var generator = FrameGenerator(seed: 1)
        let start = MonotonicTime.now
        let writer = try RecordingWriter(creating: scratch.recording, manifest: .example())
        let commits = scratch.recording.appending("commits")
        func after(_ milliseconds: UInt64) -> MonotonicTime {
            MonotonicTime(nanoseconds: start.nanoseconds + milliseconds * 1_000_000)
        }
        try writer.commitIfDue(now: after(5000))  // nothing is new
        try writer.append(try generator.frame())
        try writer.commitIfDue(now: after(100))  // too early
        try writer.commitIfDue(now: after(5000))
        try writer.append(try generator.frame())
        try writer.commitIfDue(now: after(5400))  // too early
        try writer.commitIfDue(now: after(5600))
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 1, now: after(5700))
        #expect(try Scratch.contents(commits).count == StreamHeader.size + 3 * CommitRecord.size)
    }

    @Test func anExistingDirectoryIsNotTouched() throws {
        let scratch = try Scratch()
        #expect(throws: RecordingWriteError.file(path: scratch.path.string, nil, .fileExists)) {
            try RecordingWriter(creating: scratch.path, manifest: .example())
        }
        #expect(try Scratch.entries(scratch.path).isEmpty)
    }

    @Test func synchronizingWritesTheSame() throws {
        let scratch = try Scratch()
        var generator = FrameGenerator(seed: 1)
        let frames = try generator.frames(5)
        var options = RecordingWriter.Options()
        options.synchronizes = true
        let writer = try RecordingWriter(creating: scratch.recording, manifest: .example(), options: options)
        for frame in frames { try writer.append(frame) }
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 1)
        #expect(try RecordingReader(opening: scratch.recording).rest() == frames)
    }

    @Test func whatNoReaderWouldAcceptIsRefused() throws {
        let scratch = try Scratch()
        var generator = FrameGenerator(seed: 1)
        let good = try generator.frame()
        let writer = try RecordingWriter(creating: scratch.recording, manifest: .example())
        try writer.append(good)
        try writer.commit()
        var frame = good
        frame.effects = .init(repeating: .unmap(GuestAddress(0), length: 1), count: FormatLimits.effectCount + 1)
        let error = RecordingWriteError.frameTooLarge(.frames, limit: FormatLimits.chunkLength)
        #expect(throws: error) { try writer.append(frame) }
        #expect(throws: error) { try writer.append(good) }
        let path = String(repeating: "p", count: FormatLimits.pathLength + 1)
        frame.effects = [
            .map(
                Mapping(
                    address: GuestAddress(0), length: 1, protection: 0, flags: 0,
                    backing: .shared(SharedRegionID(rawValue: 0), offset: 0, path: path)))
        ]
        let other = try RecordingWriter(creating: scratch.path.appending("other"), manifest: .example())
        #expect(throws: error) { try other.append(frame) }
        #expect(try RecordingReader(opening: scratch.recording).frameCount == 1)
    }
}
