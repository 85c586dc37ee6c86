import LinuxABI
import Ptrace
import Testing

@Suite struct StoppedThreadTests {
    @Test func theProgramsOwnExecIsTheFirstCallThatStops() throws {
        let tracee = try LiveTracee("/bin/true")
        #expect(try tracee.wait() == .event(.seccomp))
        let entry = try tracee.atStop { try $0.registers() }
        #expect(entry.origRax == UInt64(SyscallNumber.execve.rawValue))
        // What RAX holds until the call has a result.
        #expect(entry.syscallResult == ErrorNumber.ENOSYS.syscallResult)
        try tracee.resume()
        #expect(try tracee.wait() == .event(.exec))
        #expect(try tracee.atStop { try $0.eventMessage() } == UInt64(tracee.id.rawValue))
        try tracee.resume()
        try tracee.run(to: .event(.exit))
        // The wait status that the process will end with.
        #expect(try tracee.atStop { try $0.eventMessage() } == 0)
        try tracee.resume()
        #expect(try tracee.wait() == .exited(code: 0))
    }

    @Test func aCallIsMadeWithTheRegistersThatItsStopLeaves() throws {
        let tracee = try LiveTracee("/bin/true")
        try tracee.run(toCall: .exit_group)
        try tracee.atStop { thread in
            var registers = try thread.registers()
            registers.rdi = 7
            try thread.setRegisters(registers)
            #expect(try thread.registers() == registers)
        }
        try tracee.resume()
        try tracee.run(to: .exited(code: 7))
    }

    @Test func aCallOfNumberMinusOneIsSkipped() throws {
        let tracee = try LiveTracee("/bin/true")
        try tracee.run(toCall: .brk)
        let entry = try tracee.atStop { thread in
            var registers = try thread.registers()
            registers.origRax = .max
            // Nobody sets the result of a call that is not made.
            registers.syscallResult = 0x1234_5000
            try thread.setRegisters(registers)
            return registers
        }
        try tracee.resume(.syscall)
        #expect(try tracee.wait() == .syscall)
        let exit = try tracee.atStop { try $0.registers() }
        #expect(exit.rip == entry.rip && exit.syscallResult == 0x1234_5000)
    }

    @Test func theExitOfACallStopsToo() throws {
        let tracee = try LiveTracee("/bin/true")
        try tracee.run(toCall: .brk)
        let entry = try tracee.atStop { try $0.registers() }
        try tracee.resume(.syscall)
        #expect(try tracee.wait() == .syscall)
        let exit = try tracee.atStop { try $0.registers() }
        #expect(exit.rip == entry.rip && exit.rsp == entry.rsp && exit.origRax == entry.origRax)
        #expect(exit.syscallResult > 0, "brk(0) tells where the data segment ends")
    }

    @Test func memoryIsWrittenWhereTheProgramCannot() throws {
        let tracee = try LiveTracee("/bin/true")
        try tracee.run(to: .event(.exec))
        let start = try tracee.atStop { try $0.registers().instructionPointer }
        let memory = try GuestMemory(of: tracee.id)
        let code = try #require(memory.readExactly(start, count: 8))
        try memory.write(start, [0xcc])
        #expect(memory.readExactly(start, count: 8) == [0xcc] + code.dropFirst())
        try tracee.resume()
        // execve's exit is no stop of PTRACE_CONT: what comes next is the breakpoint in the read-only text.
        #expect(try tracee.wait() == .signal(5))
        #expect(try tracee.atStop { try $0.registers().instructionPointer } == start + 1)
    }

    @Test func signalsStopBeforeTheyAreDelivered() throws {
        let tracee = try LiveTracee("/bin/sleep", "100")
        try tracee.run(toCall: .clock_nanosleep)
        #expect(HostThreads.send(10, to: tracee.id, of: ProcessID(tracee.id.rawValue)))
        try tracee.resume()
        #expect(try tracee.wait() == .signal(10))
        let info = try tracee.atStop { try $0.signalInfo() }
        #expect(info.number == 10 && info.sender == Host.processID)
        // Resumed without it, the program never learns of SIGUSR1, which would end it; SIGTERM it gets.
        try tracee.resume()
        #expect(HostThreads.send(15, to: tracee.id, of: ProcessID(tracee.id.rawValue)))
        try tracee.run(to: .signal(15))
        try tracee.resume(signal: 15)
        try tracee.run(to: .killed(signal: 15))
    }

    @Test func theSignalMaskIsReadAndSet() throws {
        let tracee = try LiveTracee("/bin/true")
        try tracee.run(to: .event(.exec))
        try tracee.atStop { thread in
            #expect(try thread.signalMask() == 0)
            try thread.setSignalMask(.max)
            // SIGKILL and SIGSTOP cannot be blocked.
            #expect(try thread.signalMask() == .max & ~(1 << 8) & ~(1 << 18))
        }
        #expect(HostThreads.signalSets(of: tracee.id)?.blocked == .max & ~(1 << 8) & ~(1 << 18))
    }

    @Test func aKilledThreadIsGoneUnderEveryOperation() throws {
        // Without PTRACE_O_TRACEEXIT, which would stop it once more on its way out.
        let tracee = try LiveTracee("/bin/true", options: [.sysGood, .traceExec, .traceSeccomp, .exitKill])
        try tracee.run(to: .event(.exec))
        #expect(HostThreads.send(9, to: ProcessID(tracee.id.rawValue)))
        // The kernel ends the stop when it gets to it.
        while HostThreads.state(of: tracee.id) == .tracingStop { Tracer.yield() }
        let gone = PtraceError.threadGone(tracee.id)
        #expect(throws: gone) { try tracee.atStop { try $0.registers() } }
        #expect(throws: gone) { try tracee.resume() }
    }

    @Test func aMissingProgramEndsWith127() throws {
        let tracee = try LiveTracee("/no/such/program")
        try tracee.run(to: .exited(code: 127))
    }

    /// What serves where there is no XSAVE works everywhere.
    @Test func theLegacyRegsetShowsTheSameRegisters() throws {
        let tracee = try LiveTracee("/bin/true")
        try tracee.run(toCall: .brk)
        try tracee.atStop { thread in
            var buffer = XStateBuffer(.fxsave)
            try thread.readXState(into: &buffer)
            #expect(buffer.regset == .fxsave && buffer.bytes.count == 576)
            #expect(Array(buffer.bytes[512...]) == [3] + [UInt8](repeating: 0, count: 63))
            // XMM5, and ST0 with its tag.
            for index in 240..<256 { buffer.bytes[index] = UInt8(index) }
            for index in 32..<42 { buffer.bytes[index] = UInt8(index) }
            buffer.bytes[4] = 0x80
            try thread.writeXState(buffer)
            var again = XStateBuffer(.fxsave)
            try thread.readXState(into: &again)
            #expect(again.bytes[240..<256] == buffer.bytes[240..<256] && again.bytes[32..<42] == buffer.bytes[32..<42])
            var whole = XStateBuffer()
            try thread.readXState(into: &whole)
            #expect(whole.bytes[240..<256] == buffer.bytes[240..<256])
            // MXCSR beyond every CPU's mask.
            again.bytes[27] = 0xff
            #expect(throws: PtraceError.self) { try thread.writeXState(again) }
        }
    }
}
