import LinuxABI
import Testing
import XState

@testable import TraceFormat

/// Contents in large pieces are read only if whoever reads has the memory.
@Suite struct LargeContentsTests {
    @Test func largePiecesAreAskedFor() throws {
        let scratch = try Scratch()
        let xstate = try XStateImage.initial(mask: [.x87, .sse, .avx])
        let bytes = [UInt8](repeating: 7, count: 40 << 20)
        let writer = try RecordingWriter(creating: scratch.recording, manifest: try .example())
        for length in [1 << 20, bytes.count] {
            try writer.append(
                Frame(
                    thread: ThreadID(1), event: .syscall(SyscallNumber(0)), before: Registers(), after: Registers(),
                    xstate: xstate, effects: [.write(GuestAddress(0x1000), bytes: Array(bytes[..<length]))]))
        }
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 1)

        let all = try RecordingReader(opening: scratch.recording)
        #expect(try all.rest().map { $0.effects.count } == [1, 1])
        let refused = try RecordingReader(opening: scratch.recording)
        refused.admitsContents = { $0 < bytes.count }
        #expect(try refused.next() != nil)
        #expect(throws: RecordingError.outOfMemory) { try refused.next() }
    }
}
