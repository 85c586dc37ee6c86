import LinuxABI
import Ptrace
import Testing
import Tracee
import XState

@testable import Replayer

/// The processes in which a replay builds programs.
@Suite struct StubProcessTests {
    private func makeStub() throws -> StubProcess { try StubProcess(layout: HostMachine.current().layout, core: nil) }

    private func map(_ thread: TracedThread, _ page: UInt64) throws {
        let flags = MappingFlags([.private, .anonymous, .fixed])
        let remote = try RemoteSyscall(thread, entry: .filtered)
        #expect(try remote.call(.mmap, page, 4096, 3, UInt64(flags.rawValue), .max, 0) == Int64(page))
    }

    @Test func aNewProcessHasNothingButXrrsPages() throws {
        let stub = try makeStub()
        let process = try stub.makeProcess()
        defer { HostThreads.killAndReap(process.id) }
        let entries = try #require(AddressSpace.map(of: process.id)).entries.filter { $0.name != "[vsyscall]" }
        #expect(entries.allSatisfy { InterceptorLayout.overlaps($0.start, length: $0.length) }, "\(entries)")
        #expect(entries.first?.start == InterceptorLayout.base && entries.last?.end == InterceptorLayout.end)
        #expect(InterceptorLayout.isInterceptor(process.memory.read(InterceptorLayout.base, count: 4096)))
        // Not even a signal handler.
        #expect(HostThreads.signalSets(of: process.id)?.caught == 0)
    }

    @Test func memoryIsSharedOrCopiedAsAsked() throws {
        let stub = try makeStub()
        let process = try stub.makeProcess()
        let page = GuestAddress(0x40_0000)
        try map(process, page.rawValue)
        try process.memory.write(page, [1])
        let sharing = try stub.clone(of: process, sharesMemory: true)
        let copy = try stub.clone(of: process, sharesMemory: false)
        let other = try stub.makeProcess()
        defer { for thread in [process, sharing, copy, other] { HostThreads.killAndReap(thread.id) } }
        try process.memory.write(page, [2])
        #expect(try GuestMemory(of: sharing.id).read(page, count: 1) == [2])
        #expect(copy.memory.read(page, count: 1) == [1])
        #expect(other.memory.read(page, count: 1).isEmpty)
    }

    /// What the replay filter allows shapes memory; the rest ends the process, not the machine.
    @Test(arguments: [SyscallNumber.getpid, .openat, .socket, .execve, .kill, .ptrace])
    func anyOtherCallKillsTheProcess(number: SyscallNumber) throws {
        let process = try makeStub().makeProcess()
        let remote = try RemoteSyscall(process, entry: .filtered)
        #expect(throws: PtraceError.threadGone(process.id)) { try remote.call(number, 0, 0, 0) }
        // Killed by SIGSYS: seccomp(2), SECCOMP_RET_KILL_PROCESS.
        #expect(process.endStatus.map { $0 & 0x7f } == 31)
    }

    /// Nor does it allow those calls to code of a recording: they come from the one instruction in xrr's page.
    @Test func aCallFromElsewhereKillsTheProcess() throws {
        let process = try makeStub().makeProcess()
        let page = GuestAddress(0x40_0000)
        let flags = MappingFlags([.private, .anonymous, .fixed])
        let remote = try RemoteSyscall(process, entry: .filtered)
        #expect(try remote.call(.mmap, page.rawValue, 4096, 7, UInt64(flags.rawValue), .max, 0) == Int64(page.rawValue))
        // syscall; int3
        try process.memory.write(page, [0x0f, 0x05, 0xcc])
        let elsewhere = try RemoteSyscall(process, entry: .filtered, at: page)
        #expect(throws: PtraceError.threadGone(process.id)) { try elsewhere.call(.munmap, 0, 4096) }
        #expect(process.endStatus.map { $0 & 0x7f } == 31)
    }
}
