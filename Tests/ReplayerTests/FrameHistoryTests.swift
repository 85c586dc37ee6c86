import LinuxABI
import Testing
import TraceFormat
import XState

@testable import Replayer

@Suite struct FrameHistoryTests {
    /// The numbers of the frames that are kept after so many.
    private func kept(_ count: UInt64, capacity: Int) throws -> [UInt64] {
        var history = FrameHistory(capacity: capacity)
        let state = try XStateImage.initial(mask: .legacy)
        for number in 0..<count {
            let frame = Frame(
                thread: ThreadID(Int32(number)), event: .syscall(.getppid), before: Registers(), after: Registers(),
                xstate: state)
            history.append(FrameIndex(number), frame)
        }
        #expect(history.frames.allSatisfy { $0.0.rawValue == UInt64($0.1.thread.rawValue) })
        return history.frames.map { $0.0.rawValue }
    }

    @Test func keepsTheLastFramesOldestFirst() throws {
        #expect(try kept(0, capacity: 3).isEmpty)
        #expect(try kept(2, capacity: 3) == [0, 1])
        #expect(try kept(3, capacity: 3) == [0, 1, 2])
        #expect(try kept(4, capacity: 3) == [1, 2, 3])
        #expect(try kept(8, capacity: 3) == [5, 6, 7])
        #expect(try kept(5, capacity: 1) == [4])
    }
}
