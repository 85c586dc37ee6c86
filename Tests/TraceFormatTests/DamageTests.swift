import Glibc
import LinuxABI
import SystemPackage
import Testing

@testable import TraceFormat

/// Whatever happens to a recording's files, reading gives an error, the same frames, or fewer frames of a recording
/// that then counts as unfinished.
@Suite struct DamageTests {
    private static func makeRecording(at path: FilePath, finished: Bool) throws -> [Frame] {
        var generator = FrameGenerator(seed: 4)
        generator.longestBytes = 5
        var frames = try Array(generator.frames(16).suffix(3))
        frames[0].effects.append(.outputBytes(.standardOutput, bytes: Array("hello".utf8)))
        let writer = try RecordingWriter(creating: path, manifest: .example())
        for (index, frame) in frames.enumerated() {
            if index == 1 { try writer.noteFile(.example(1)) }
            if index == 1 { try writer.commit() }
            try writer.append(frame)
        }
        if finished {
            try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 17)
        } else {
            try writer.commit()
        }
        return frames
    }

    /// Every stream and the manifest.
    private static let fileNames = RecordingStream.allCases.map(\.fileName) + ["manifest.json"]

    /// True if the outcome was an error.
    private func check(_ path: FilePath, against frames: [Frame], finished: Bool, _ what: @autoclosure () -> String)
        -> Bool
    {
        do throws(RecordingError) {
            let reader = try RecordingReader(opening: path)
            let read = try reader.rest()
            if reader.isFinished {
                #expect(finished && read == frames, "\(what())")
            } else {
                #expect(!finished && read.elementsEqual(frames.prefix(read.count)), "\(what())")
            }
            return false
        } catch {
            return true
        }
    }

    @Test(arguments: [true, false], fileNames)
    func everyDamagedByteIsNoticed(finished: Bool, fileName: String) throws {
        let scratch = try Scratch()
        let frames = try Self.makeRecording(at: scratch.recording, finished: finished)
        let path = scratch.recording.appending(fileName)
        let intact = try Scratch.contents(path)
        #expect(intact.count > StreamHeader.size, "there is something to damage")
        for offset in intact.indices {
            // Whether a recording is finished makes no difference to how chunks are read.
            let all = finished || fileName == "commits"
            let flipped = intact[offset] ^ 1 << UInt8(offset % 8)
            for value in all ? [flipped, 0, 0xff] : [flipped] where value != intact[offset] {
                var bytes = intact
                bytes[offset] = value
                try Scratch.replace(path, bytes)
                let isError = check(
                    scratch.recording, against: frames, finished: finished, "\(fileName)[\(offset)] = \(value)")
                #expect(isError, "\(fileName)[\(offset)] = \(value)")
            }
        }
        try Scratch.replace(path, intact)
        #expect(!check(scratch.recording, against: frames, finished: finished, "intact"))
    }

    @Test(arguments: [true, false], fileNames)
    func everyCutIsNoticedOrLeavesAPrefix(finished: Bool, fileName: String) throws {
        let scratch = try Scratch()
        let frames = try Self.makeRecording(at: scratch.recording, finished: finished)
        let path = scratch.recording.appending(fileName)
        let intact = try Scratch.contents(path)
        for length in intact.indices {
            try Scratch.replace(path, Array(intact[..<length]))
            let isError = check(
                scratch.recording, against: frames, finished: finished, "\(fileName) cut to \(length)")
            // Only the tail of an unfinished recording's commits may be missing.
            let mayBeCut = !finished && fileName == "commits" && length >= StreamHeader.size
            #expect(isError != mayBeCut, "\(fileName) cut to \(length)")
        }
    }

    @Test(arguments: fileNames)
    func aMissingFileIsAnError(fileName: String) throws {
        let scratch = try Scratch()
        _ = try Self.makeRecording(at: scratch.recording, finished: true)
        let path = scratch.recording.appending(fileName)
        try Directory.remove(path)
        #expect(throws: RecordingError.cannotOpen(path: path.string, .noSuchFileOrDirectory)) {
            try RecordingReader(opening: scratch.recording)
        }
    }

    /// Opening a FIFO for reading would wait for a writer.
    @Test(.timeLimit(.minutes(1)), arguments: fileNames)
    func aFIFOIsNotWaitedFor(fileName: String) throws {
        let scratch = try Scratch()
        _ = try Self.makeRecording(at: scratch.recording, finished: true)
        let path = scratch.recording.appending(fileName)
        try Directory.remove(path)
        #expect(unsafe path.withPlatformString { unsafe mkfifo($0, 0o600) } == 0)
        #expect(throws: RecordingError.cannotOpen(path: path.string, .invalidArgument)) {
            try RecordingReader(opening: scratch.recording)
        }
    }

    @Test func aStreamOfAnotherRecordingIsNoticed() throws {
        let one = try Scratch()
        let other = try Scratch()
        _ = try Self.makeRecording(at: one.recording, finished: true)
        _ = try Self.makeRecording(at: other.recording, finished: true)
        try Scratch.replace(
            one.recording.appending("memory"), try Scratch.contents(other.recording.appending("memory")))
        #expect(throws: RecordingError.self) { try RecordingReader(opening: one.recording) }
    }

    @Test func whatFollowsTheLastCommitIsIgnored() throws {
        let scratch = try Scratch()
        let frames = try Self.makeRecording(at: scratch.recording, finished: false)
        for stream in RecordingStream.chunked {
            let path = scratch.recording.appending(stream.fileName)
            try Scratch.replace(path, try Scratch.contents(path) + [1, 2, 3])
        }
        let reader = try RecordingReader(opening: scratch.recording)
        #expect(!reader.isFinished)
        #expect(try reader.rest() == frames)
    }

    @Test func zerosAfterTheLastCommitAreAPowerLoss() throws {
        let scratch = try Scratch()
        let frames = try Self.makeRecording(at: scratch.recording, finished: false)
        let path = scratch.recording.appending("commits")
        let intact = try Scratch.contents(path)
        try Scratch.replace(path, intact + [UInt8](repeating: 0, count: 1000))
        #expect(try RecordingReader(opening: scratch.recording).rest() == frames)
        try Scratch.replace(path, intact + [UInt8](repeating: 0, count: 999) + [1])
        #expect(throws: RecordingError.self) { try RecordingReader(opening: scratch.recording) }
    }
}
