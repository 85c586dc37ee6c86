import LinuxABI
import Ptrace
import Testing

@Suite struct GuestMemoryTests {
    /// The stack of a new program: the last page of it is the last that is mapped below the kernel's own pages.
    private func memoryAndStack() throws -> (LiveTracee, GuestMemory, GuestAddress) {
        let tracee = try LiveTracee("/bin/true", "argument")
        try tracee.run(to: .event(.exec))
        return (tracee, try GuestMemory(of: tracee.id), GuestAddress(try tracee.atStop { try $0.registers().rsp }))
    }

    @Test func readsWhatThereIsAndNoMore() throws {
        let (tracee, memory, stack) = try memoryAndStack()
        let pageEnd = GuestAddress((stack.rawValue | 4095) + 1)
        var end = pageEnd
        while memory.readExactly(end, count: 1) != nil { end = end + GuestAddress.pageSize }
        let last = GuestAddress(end.rawValue - 8)
        #expect(memory.read(last, count: 100).count == 8)
        #expect(memory.readExactly(last, count: 8)?.count == 8)
        #expect(memory.readExactly(last, count: 9) == nil)
        #expect(memory.read(end, count: 1).isEmpty)
        #expect(memory.readWord(.null) == nil)
        #expect(memory.read(stack, count: 0).isEmpty && memory.read(stack, count: -1).isEmpty)
        withExtendedLifetime(tracee) {}
    }

    @Test func readsTheArgumentsOfANewProgram() throws {
        let (tracee, memory, stack) = try memoryAndStack()
        #expect(memory.readWord(stack) == 2)
        #expect(memory.readHalfWord(stack) == 2)
        let argument = GuestAddress(try #require(memory.readWord(stack + 16)))
        #expect(memory.readString(argument) == Array("argument".utf8))
        #expect(memory.readString(argument, limit: 4) == nil)
        withExtendedLifetime(tracee) {}
    }

    @Test func readsAStringThatEndsAtTheEndOfMemory() throws {
        let (tracee, memory, stack) = try memoryAndStack()
        // The kernel puts the program's path and a zero word there (create_elf_tables).
        var end = GuestAddress((stack.rawValue | 4095) + 1)
        while memory.readExactly(end, count: 1) != nil { end = end + GuestAddress.pageSize }
        let name = GuestAddress(end.rawValue - 8 - UInt64("/bin/true".utf8.count) - 1)
        #expect(memory.readString(name) == Array("/bin/true".utf8))
        try memory.write(GuestAddress(end.rawValue - 8), [UInt8](repeating: 1, count: 8))
        #expect(memory.readString(GuestAddress(end.rawValue - 8)) == nil, "no zero before the end")
        withExtendedLifetime(tracee) {}
    }

    @Test func aWriteOutsideOfMemoryFails() throws {
        let (tracee, memory, _) = try memoryAndStack()
        #expect(throws: PtraceError.self) { try memory.write(.null, [1]) }
        try memory.write(.null, [])
        withExtendedLifetime(tracee) {}
    }

    @Test func anotherExecLeavesAnOldMemoryEmpty() throws {
        let tracee = try LiveTracee("/bin/sh", "-c", "exec /bin/true")
        try tracee.run(to: .event(.exec))
        let stack = GuestAddress(try tracee.atStop { try $0.registers().rsp })
        let memory = try GuestMemory(of: tracee.id)
        #expect(memory.readWord(stack) == 3)
        try tracee.resume()
        try tracee.run(to: .event(.exec))
        #expect(memory.readWord(stack) == nil)
    }

    @Test func aMemoryOfNobodyCannotBeOpened() throws {
        #expect(throws: PtraceError.self) { try GuestMemory(of: ThreadID(.max)) }
    }
}
