import LinuxABI
import Testing
import XState

@testable import Recorder

@Suite struct PendingSyscallTests {
    @Test(
        arguments: [(-512, true), (-513, true), (-514, true), (-516, true), (-515, false), (-4, false), (0, false)]
            as [(Int64, Bool)])
    func resultsThatLeaveTheRestartOpen(result: Int64, expected: Bool) {
        #expect(PendingSyscall.isRestart(result) == expected)
    }

    /// arch_do_signal_or_restart of the kernel: back to the instruction, with the number in rax again.
    @Test(arguments: [(-512, 35), (-513, 35), (-514, 35), (-516, 219)] as [(Int64, UInt64)])
    func theCallIsMadeAgain(result: Int64, number: UInt64) {
        var exit = Registers()
        exit.syscallResult = result
        exit.origRax = 35
        exit.rip = 0x401002
        exit.rsi = 7
        let again = PendingSyscall.restarted(from: exit)
        #expect(again.rax == number)
        #expect(again.rip == 0x401000)
        #expect(again.rsi == 7 && again.origRax == 35)
    }

    @Test func theHandlerIsThatOfTheRule() throws {
        let xstate = try XStateImage.initial(mask: .legacy)
        func call(_ number: SyscallNumber) -> PendingSyscall {
            PendingSyscall(
                number: number, entry: Registers(), xstate: xstate, rule: SyscallTable[number].rule(for: Registers()))
        }
        #expect(call(.rt_sigreturn).handler == .sigreturn)
        #expect(call(.getpid).handler == nil)
        #expect(call(.read).handler == nil)
    }
}
