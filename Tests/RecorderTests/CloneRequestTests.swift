import LinuxABI
import Ptrace
import Testing
import XState

@testable import Recorder

@Suite struct CloneRequestTests {
    private func request(_ number: SyscallNumber, _ arguments: UInt64...) throws -> CloneRequest {
        var entry = Registers()
        for (index, argument) in arguments.enumerated() { entry.setArgument(index, to: argument) }
        let call = PendingSyscall(
            number: number, entry: entry, xstate: try XStateImage.initial(mask: .legacy),
            rule: SyscallTable[number].rule(for: entry))
        // Only clone3 looks at memory.
        return CloneRequest(call, memory: try GuestMemory(of: ThreadID(Host.processID)))
    }

    @Test func aThreadOfPthreadCreate() throws {
        // CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS, PARENT_SETTID, CHILD_CLEARTID
        let request = try request(.clone, 0x3d0f00, 0x1000, 0x2000, 0x3000, 0x4000)
        #expect(request.sharesMemory && request.isThread)
        #expect(request.childClearWord == GuestAddress(0x3000))
        #expect(request.wordsSeenByChild == [GuestAddress(0x2000)], "its own word is set only with CHILD_SETTID")
    }

    @Test func aForkOfGlibc() throws {
        // CLONE_CHILD_SETTID, CHILD_CLEARTID, SIGCHLD
        let request = try request(.clone, 0x120_0011, 0, 0x2000, 0x3000, 0)
        #expect(!request.sharesMemory && !request.isThread)
        #expect(request.childClearWord == GuestAddress(0x3000))
        #expect(request.wordsSeenByChild == [GuestAddress(0x3000)])
    }

    @Test func aParentsWordIsNotInTheMemoryOfAForkedChild() throws {
        // CLONE_PARENT_SETTID alone
        #expect(try request(.clone, 0x10_0011, 0, 0x2000, 0, 0).wordsSeenByChild.isEmpty)
    }

    @Test func theUpperHalfOfTheRegisterIsNoiseToClone() throws {
        // CLONE_CLEAR_SIGHAND of clone3, and SIGCHLD
        #expect(try !request(.clone, 0x1_0000_0011, 0, 0, 0, 0).flags.contains(.clearHandlers))
    }

    @Test func forkAndVforkHaveNoArguments() throws {
        let fork = try request(.fork, .max, .max, .max, .max)
        #expect(!fork.sharesMemory && fork.flags.isEmpty && fork.childClearWord == .null)
        let vfork = try request(.vfork, .max, .max, .max, .max)
        #expect(vfork.sharesMemory && !vfork.isThread && vfork.wordsSeenByChild.isEmpty)
    }

    @Test func aPointerToNothingAsksForNothing() throws {
        let request = try request(.clone3, 0, 88)
        #expect(request.flags.isEmpty && request.childClearWord == .null && request.wordsSeenByChild.isEmpty)
    }
}
