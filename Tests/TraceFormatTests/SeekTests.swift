import LinuxABI
import Testing

@testable import TraceFormat

@Suite struct SeekTests {
    @Test func everyFrameCanBeReachedFromEverywhere() throws {
        let scratch = try Scratch()
        var generator = FrameGenerator(seed: 8)
        generator.longestBytes = 20_000
        let frames = try generator.frames(120)
        let writer = try RecordingWriter(creating: scratch.recording, manifest: .example())
        for (index, frame) in frames.enumerated() {
            try writer.append(frame)
            if index % 7 == 0 { try writer.commit() }
        }
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 17)

        let reader = try RecordingReader(opening: scratch.recording)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<100 {
            let index = UInt64.random(in: 0...120, using: &random)
            try reader.seek(to: FrameIndex(index))
            #expect(reader.nextIndex == FrameIndex(index))
            for frame in frames[Int(index)...].prefix(3) { #expect(try reader.next() == frame) }
        }
        try reader.seek(to: FrameIndex(120))
        #expect(try reader.next() == nil)
        try reader.seek(to: FrameIndex(0))
        #expect(try reader.rest() == frames)
        #expect(throws: RecordingError.noSuchFrame(FrameIndex(121))) { try reader.seek(to: FrameIndex(121)) }
    }
}
