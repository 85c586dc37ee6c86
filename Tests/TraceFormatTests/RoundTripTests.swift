import LinuxABI
import Testing

@testable import TraceFormat

@Suite struct RoundTripTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func framesComeBackAsTheyWere(seed: UInt64) throws {
        let scratch = try Scratch()
        var generator = FrameGenerator(seed: seed)
        let frames = try generator.frames(800)
        let writer = try RecordingWriter(creating: scratch.recording, manifest: .example())
        for (index, frame) in frames.enumerated() {
            #expect(try writer.append(frame) == FrameIndex(UInt64(index)))
            if index % 100 == 0 { try writer.noteFile(.example(UInt8(index / 100))) }
            if index % 333 == 0 { try writer.commit() }
        }
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0x2a00), endTime: 17)

        let reader = try RecordingReader(opening: scratch.recording)
        #expect(reader.isFinished)
        #expect(reader.exitStatus?.code == 42)
        #expect(reader.frameCount == 800)
        #expect(reader.manifest == writer.manifest)
        #expect(reader.files == (0..<8).map { FileRecord.example($0) })
        #expect(try reader.rest() == frames)
        #expect(try reader.next() == nil)
    }

    @Test func largeContentsSpanManyChunks() throws {
        let scratch = try Scratch()
        var generator = FrameGenerator(seed: 9)
        generator.longestBytes = 1 << 20
        let frames = try generator.frames(30)
        let writer = try RecordingWriter(creating: scratch.recording, manifest: .example())
        for frame in frames { try writer.append(frame) }
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 17)
        #expect(try RecordingReader(opening: scratch.recording).rest() == frames)
    }

    @Test func anEmptyRecordingIsReadable() throws {
        let scratch = try Scratch()
        let writer = try RecordingWriter(creating: scratch.recording, manifest: .example())
        let before = try RecordingReader(opening: scratch.recording)
        #expect(!before.isFinished)
        #expect(try before.next() == nil)
        try writer.finish(exitStatus: ExitStatus(waitStatus: 9), endTime: 17)
        let after = try RecordingReader(opening: scratch.recording)
        #expect(after.isFinished)
        #expect(after.exitStatus?.signal == 9)
        #expect(try after.next() == nil)
    }
}
