import LinuxABI
import Ptrace
import Testing
import Tracee

@Suite struct RemoteSyscallTests {
    @Test func callsTheKernelForTheTraceeAndLeavesNoTrace() throws {
        let program = try LiveProgram("/bin/true")
        let before = try program.thread.registers()
        let remote = try RemoteSyscall(program.thread, entry: .filtered, at: program.syscallInstruction)
        #expect(try remote.call(.getpid) == Int64(program.thread.id.rawValue))
        #expect(try remote.call(.getppid) == Int64(Host.processID))
        #expect(try remote.call(.close, 1000) == ErrorNumber.EBADF.syscallResult)
        #expect(try program.thread.registers() == before)
        #expect(try program.thread.signalMask() == 0)
        // The program goes on as if nothing had been.
        try program.thread.resume(.continue)
        try program.wait(for: .exited(code: 0))
    }

    @Test func passesSixArguments() throws {
        let program = try LiveProgram("/bin/true")
        let remote = try RemoteSyscall(program.thread, entry: .filtered, at: program.syscallInstruction)
        let flags = MappingFlags([.private, .anonymous, .fixed])
        let page: UInt64 = 0x1234_5000
        #expect(try remote.call(.mmap, page, 8192, 3, UInt64(flags.rawValue), .max, 0) == Int64(page))
        let memory = program.thread.memory
        try memory.write(GuestAddress(page), [1, 2, 3])
        #expect(memory.read(GuestAddress(page), count: 4) == [1, 2, 3, 0])
        let entry = try #require(
            AddressSpace.map(of: program.thread.id)?.entries.first { $0.start == GuestAddress(page) })
        #expect(entry.length == 8192 && entry.protection == 3 && entry.name.isEmpty)
        #expect(try remote.call(.munmap, page, 8192) == 0)
        #expect(memory.readExactly(GuestAddress(page), count: 1) == nil)
    }

    /// The way of the recorder: its own page, and the one `syscall` that the filter does not stop.
    @Test func goesThroughTheLetThroughAddress() throws {
        let program = try LiveProgram("/bin/true")
        let base = InterceptorLayout.base
        let first = try RemoteSyscall(program.thread, entry: .filtered, at: program.syscallInstruction)
        let flags = MappingFlags([.private, .anonymous, .fixed])
        #expect(try first.call(.mmap, base.rawValue, 4096, 5, UInt64(flags.rawValue), .max, 0) == Int64(base.rawValue))
        try program.thread.memory.write(base, InterceptorCode.bytes)
        let remote = try RemoteSyscall(program.thread, entry: .letThrough)
        #expect(try remote.call(.getpid) == Int64(program.thread.id.rawValue))
        try program.thread.resume(.continue)
        try program.wait(for: .exited(code: 0))
    }

    @Test func aSignalThatArrivesMeanwhileWaits() throws {
        let program = try LiveProgram("/bin/true")
        let id = program.thread.id
        #expect(HostThreads.send(15, to: id, of: ProcessID(id.rawValue)))
        let remote = try RemoteSyscall(program.thread, entry: .filtered, at: program.syscallInstruction)
        #expect(try remote.call(.getpid) == Int64(id.rawValue))
        #expect(HostThreads.signalSets(of: id)?.pending == 1 << 14)
        try program.thread.resume(.continue)
        try program.wait(for: .signal(15))
    }

    @Test func aKilledTraceeIsGone() throws {
        let program = try LiveProgram("/bin/true")
        let remote = try RemoteSyscall(program.thread, entry: .filtered, at: program.syscallInstruction)
        #expect(throws: PtraceError.threadGone(program.thread.id)) { try remote.call(.exit_group, 0) }
        #expect(program.thread.endStatus == 0)
    }
}
