import LinuxABI
import Ptrace
import Testing
import XState

@testable import Recorder

/// Which bytes of a file a call has changed.
@Suite struct FileChangeTests {
    private func extent(
        _ number: SyscallNumber, _ arguments: [UInt64], result: UInt64, position: UInt64 = 0, flags: UInt64 = 2,
        length: UInt64 = 1000, memory: [UInt64] = []
    ) throws -> FileChange.Extent {
        var registers = Registers()
        for (index, argument) in arguments.enumerated() { registers.setArgument(index, to: argument) }
        let words = memory
        return try unsafe words.withUnsafeBytes { buffer throws -> FileChange.Extent in
            // A word of the test's own memory stands for the tracee's.
            for index in 0..<6 where registers.argument(index) == Self.pointer {
                registers.setArgument(index, to: UInt64(UInt(bitPattern: buffer.baseAddress)))
            }
            let call = PendingSyscall(
                number: number, entry: registers,
                xstate: try XStateImage.initial(mask: .legacy), rule: SyscallTable[number].rule(for: registers))
            return FileChange.Extent(
                of: call, result: result, state: .init(position: position, flags: flags), length: length,
                memory: try GuestMemory(of: ThreadID(Host.processID)))
        }
    }

    private static let pointer: UInt64 = 0xdead_0000

    @Test func writesEndAtThePosition() throws {
        #expect(try extent(.write, [3, 0, 10], result: 10, position: 60) == .bytes(50..<60))
        #expect(try extent(.writev, [3, 0, 2], result: 10, position: 60) == .bytes(50..<60))
        #expect(try extent(.sendfile, [3, 4, 0, 10], result: 7, position: 60) == .bytes(53..<60))
        #expect(try extent(.write, [3, 0, 10], result: 10, position: 5) == .all, "somebody else moved it")
    }

    @Test func positionsOfTheCallsOwn() throws {
        #expect(try extent(.pwrite64, [3, 0, 10, 20], result: 10) == .bytes(20..<30))
        #expect(try extent(.pwritev, [3, 0, 1, 20, 0], result: 5) == .bytes(20..<25))
        #expect(try extent(.pwritev2, [3, 0, 1, 20, 0, 0], result: 5) == .bytes(20..<25))
        #expect(try extent(.pwritev2, [3, 0, 1, .max, .max, 0], result: 5, position: 9) == .bytes(4..<9))
    }

    @Test func appendingIgnoresThePosition() throws {
        let append: UInt64 = 0o2002
        #expect(try extent(.pwrite64, [3, 0, 10, 20], result: 10, flags: append) == .bytes(990..<1000))
        #expect(try extent(.pwritev2, [3, 0, 1, 20, 0, 0x10], result: 5) == .bytes(995..<1000))
        #expect(try extent(.pwritev2, [3, 0, 1, 20, 0, 0x20], result: 5, flags: append) == .bytes(20..<25))
    }

    @Test func copies() throws {
        #expect(try extent(.copy_file_range, [3, 0, 4, 0, 10, 0], result: 10, position: 60) == .bytes(50..<60))
        #expect(
            try extent(.copy_file_range, [3, 0, 4, Self.pointer, 10, 0], result: 10, memory: [40]) == .bytes(30..<40))
        #expect(try extent(.splice, [3, 0, 4, Self.pointer, 10, 0], result: 2, memory: [40]) == .bytes(38..<40))
        #expect(try extent(.ioctl, [3, 0x4004_9409, 4], result: 0) == .all)
        #expect(
            try extent(.ioctl, [3, 0x4020_940d, Self.pointer], result: 0, memory: [4, 0, 30, 50]) == .bytes(50..<80))
        #expect(
            try extent(.ioctl, [3, 0x4020_940d, Self.pointer], result: 0, memory: [4, 0, 0, 50]) == .bytes(50..<1000))
    }

    @Test func allocations() throws {
        #expect(try extent(.fallocate, [3, 0, 10, 20], result: 0) == .none)
        #expect(try extent(.fallocate, [3, 3, 10, 20], result: 0) == .bytes(10..<30))
        #expect(try extent(.fallocate, [3, 0x10, 10, 20], result: 0) == .bytes(10..<30))
        #expect(try extent(.fallocate, [3, 0x08, 4096, 4096], result: 0) == .shifted(from: 4096))
        #expect(try extent(.fallocate, [3, 0x20, 4096, 4096], result: 0) == .shifted(from: 4096))
    }

    @Test func truncationChangesTheLengthOnly() throws {
        #expect(try extent(.ftruncate, [3, 10], result: 0) == .none)
        #expect(try extent(.openat, [3, 0, 0o1002], result: 3) == .none)
    }
}
