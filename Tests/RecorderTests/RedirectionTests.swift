import LinuxABI
import Ptrace
import Testing
import Tracee

@testable import Recorder

/// Outputs of calls that sleep, in the memory of a real program.
@Suite struct RedirectionTests {
    private static let page: UInt64 = 4096
    /// Two pages: the program can write the first one, and read the second one.
    private static let buffer = GuestAddress(0x2000_0000)
    private static let arguments = buffer + 0x800

    private let program: StoppedProgram
    private let arena = ScratchArena()
    private var memory: GuestMemory { program.memory }

    init() throws {
        program = try StoppedProgram()
        try program.map(Self.buffer, length: Self.page, protection: [.read, .write])
        try program.map(Self.buffer + Self.page, length: Self.page, protection: .read)
    }

    private func writable(_ range: OutputRange) -> UInt64 {
        var known = WritableMemory()
        if let map = AddressSpace.map(of: program.thread.id) { known.learn(map, asFor: GuestAddress(0), withheld: []) }
        return known.length(from: range.start, atMost: range.length)
    }

    private func redirect(
        _ number: SyscallNumber, _ arguments: UInt64...
    ) throws -> (redirection: Redirection?, registers: Registers) {
        var registers = Registers()
        for (index, value) in arguments.enumerated() { registers.setArgument(index, to: value) }
        let memory = memory
        let outputs = SyscallTable[number].rule(for: registers).capacityRanges(of: registers) {
            memory.readExactly($0, count: $1)
        }
        let plan = Redirection.Plan(of: outputs, writable: writable)
        guard plan.length > 0 else { return (nil, registers) }
        let block = try #require(arena.allocate(plan.length))
        return (try Redirection(plan, in: block, registers: &registers, memory: memory), registers)
    }

    private func complete(_ redirection: Redirection?, result: Int64) throws -> Int64 {
        let redirection = try #require(redirection)
        return redirection.complete(result: result, memory: memory) {
            memory.writeAsProgram($0, $1, through: program.thread.id)
        }
    }

    private func store(_ words: [UInt64], at address: GuestAddress) throws {
        try memory.write(address, words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } })
    }

    private let fault = ErrorNumber.EFAULT.syscallResult

    @Test func bytesArriveAtTheExit() throws {
        try memory.write(Self.buffer, [9, 9, 9, 9, 9])
        let (redirection, registers) = try redirect(.read, 0, Self.buffer.rawValue, 4)
        let scratch = GuestAddress(registers.argument(1))
        #expect(InterceptorLayout.overlaps(scratch, length: 4))
        try memory.write(scratch, [1, 2, 3])
        #expect(memory.read(Self.buffer, count: 5) == [9, 9, 9, 9, 9])
        #expect(try complete(redirection, result: 3) == 3)
        #expect(memory.read(Self.buffer, count: 5) == [1, 2, 3, 9, 9])
    }

    @Test(arguments: [0x2000_1000, 0x2000_0ffe, 0x3000_0000, 8] as [UInt64])
    func whatTheProgramCannotWriteStaysWhereItIs(address: UInt64) throws {
        let (redirection, registers) = try redirect(.read, 0, address, 4)
        #expect(redirection == nil && registers.argument(1) == address)
    }

    @Test func memoryThatGoesAwayShortensAResult() throws {
        try program.map(Self.buffer + Self.page, length: Self.page, protection: [.read, .write])
        for (length, expected) in [(Self.page, Int64(Self.page)), (2 * Self.page, fault)] {
            let start = Self.buffer + (2 * Self.page - length)
            let (redirection, registers) = try redirect(.read, 0, Self.buffer.rawValue, 2 * Self.page)
            try memory.write(GuestAddress(registers.argument(1)), [UInt8](repeating: 7, count: Int(2 * Self.page)))
            try program.unmap(start, length: length)
            #expect(try complete(redirection, result: Int64(2 * Self.page)) == expected)
            try program.map(start, length: length, protection: [.read, .write])
        }
        // Not even a whole element.
        let events = Self.buffer + Self.page - 6
        let (redirection, _) = try redirect(.epoll_wait, 3, events.rawValue, 2, 0)
        try program.map(Self.buffer + Self.page, length: Self.page, protection: .read)
        #expect(try complete(redirection, result: 2) == fault)
    }

    @Test func structuresFailAsAWhole() throws {
        let (redirection, _) = try redirect(.wait4, 0, Self.buffer.rawValue, 0, 0)
        try program.map(Self.buffer, length: Self.page, protection: .read)
        _ = try #require(redirection)
        // Nothing was written, so nothing was lost.
        #expect(try complete(redirection, result: 5) == 5)
        try program.map(Self.buffer, length: Self.page, protection: [.read, .write])
        let (again, registers) = try redirect(.wait4, 0, Self.buffer.rawValue, 0, 0)
        try memory.write(GuestAddress(registers.argument(1)), [1, 2, 3, 4])
        try program.map(Self.buffer, length: Self.page, protection: .read)
        #expect(try complete(again, result: 5) == fault)
        #expect(memory.read(Self.buffer, count: 4) == [0, 0, 0, 0])
    }

    @Test func bytesThatTheKernelLeavesAloneAreNotWrittenBack() throws {
        // Two of struct pollfd.
        try store([0x0001_0000_0005, 0x0001_0000_0006], at: Self.buffer)
        let (redirection, registers) = try redirect(.poll, Self.buffer.rawValue, 2, 0)
        let scratch = GuestAddress(registers.argument(0))
        #expect(memory.read(scratch, count: 16) == memory.read(Self.buffer, count: 16))
        try memory.write(scratch + 14, [1, 0])
        // Another thread stores meanwhile.
        try store([0x0004_0000_0007], at: Self.buffer)
        #expect(try complete(redirection, result: 1) == 1)
        #expect(memory.readWord(Self.buffer) == 0x0004_0000_0007)
        #expect(memory.readWord(Self.buffer + 8) == 0x0001_0001_0000_0006)
    }

    @Test func arraysOfPointersAreCopied() throws {
        let vector = [Self.buffer.rawValue, 4, Self.buffer.rawValue + 16, 4]
        try store(vector, at: Self.arguments)
        let first = try redirect(.readv, 0, Self.arguments.rawValue, 2)
        let second = try redirect(.readv, 0, Self.arguments.rawValue, 2)
        #expect((0..<4).map { memory.readWord(Self.arguments + $0 * 8) } == vector)
        for (index, call) in [first, second].enumerated() {
            let copy = GuestAddress(call.registers.argument(1))
            for element: UInt64 in 0..<2 {
                let target = GuestAddress(try #require(memory.readWord(copy + element * 16)))
                try memory.write(target, [UInt8](repeating: UInt8(10 * index + Int(element)), count: 4))
            }
        }
        #expect(try complete(second.redirection, result: 6) == 6)
        #expect(memory.read(Self.buffer, count: 4) == [10, 10, 10, 10])
        #expect(memory.read(Self.buffer + 16, count: 4) == [11, 11, 0, 0])
        #expect(try complete(first.redirection, result: 8) == 8)
        #expect(memory.read(Self.buffer + 16, count: 4) == [1, 1, 1, 1])
    }

    @Test func aBadElementIsLeftToTheKernel() throws {
        try store([Self.buffer.rawValue, 4, (Self.buffer + Self.page).rawValue, 4], at: Self.arguments)
        let (redirection, registers) = try redirect(.readv, 0, Self.arguments.rawValue, 2)
        let copy = GuestAddress(registers.argument(1))
        #expect(memory.readWord(copy + 16) == (Self.buffer + Self.page).rawValue)
        // It may have come as far as the first one when it failed.
        let target = GuestAddress(try #require(memory.readWord(copy)))
        try memory.write(target, [1, 2])
        #expect(try complete(redirection, result: fault) == fault)
        #expect(memory.read(Self.buffer, count: 4) == [1, 2, 0, 0])
    }

    @Test func oneBufferNamedTwiceGetsTheLaterBytes() throws {
        try store([Self.buffer.rawValue, 2, Self.buffer.rawValue, 2], at: Self.arguments)
        let (redirection, registers) = try redirect(.readv, 0, Self.arguments.rawValue, 2)
        let copy = GuestAddress(registers.argument(1))
        try memory.write(GuestAddress(try #require(memory.readWord(copy))), [1, 2])
        try memory.write(GuestAddress(try #require(memory.readWord(copy + 16))), [3, 4])
        #expect(try complete(redirection, result: 4) == 4)
        #expect(memory.read(Self.buffer, count: 2) == [3, 4])
    }

    @Test func aMessageHeaderKeepsItsPointers() throws {
        // struct msghdr with a name of 16 bytes, one buffer and no control data; then the vector.
        let header = [(Self.buffer + 64).rawValue, 16, (Self.arguments + 56).rawValue, 1, 0, 0, 0]
        try store(header + [Self.buffer.rawValue, 8], at: Self.arguments)
        let (redirection, registers) = try redirect(.recvmsg, 3, Self.arguments.rawValue, 0)
        let copy = GuestAddress(registers.argument(1))
        #expect(copy != Self.arguments)
        let vector = GuestAddress(try #require(memory.readWord(copy + 16)))
        try memory.write(GuestAddress(try #require(memory.readWord(vector))), [5, 6, 7])
        // The kernel stores the length of the name and flags.
        try memory.write(copy + 8, [0, 0, 0, 0])
        try memory.write(copy + 48, [0x20])
        #expect(try complete(redirection, result: 3) == 3)
        #expect(memory.read(Self.buffer, count: 4) == [5, 6, 7, 0])
        #expect((0..<7).map { memory.readWord(Self.arguments + $0 * 8) } == [header[0], 0, header[2], 1, 0, 0, 0x20])
    }
}
