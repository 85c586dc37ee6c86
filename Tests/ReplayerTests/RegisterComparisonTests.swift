import LinuxABI
import Replayer
import Testing
import TraceFormat

@Suite struct RegisterComparisonTests {
    private let call = Event.syscall(.read)
    private let trap = Event.trap(.rdtsc)

    private var registers: Registers {
        var registers = Registers()
        for index in 0..<Registers.count { registers[index] = UInt64(index + 1) }
        return registers
    }

    private func differences(at event: Event, _ change: (inout Registers) -> Void) -> [String] {
        var other = registers
        change(&other)
        return RegisterComparison.exact.differences(expected: registers, actual: other, event: event)
            .map { Registers.names[$0] }
    }

    @Test func equalRegistersHaveNoDifference() {
        #expect(differences(at: call) { _ in }.isEmpty && differences(at: trap) { _ in }.isEmpty)
    }

    /// Each of them counts at a call or elsewhere, and is named.
    @Test(arguments: Registers.names.indices) func everyRegisterIsCompared(index: Int) {
        let name = Registers.names[index]
        #expect(differences(at: trap) { $0[index] ^= 1 << 40 } == (name == "orig_rax" ? [] : [name]))
        // SYSCALL leaves RIP in RCX and RFLAGS in R11, and with FRED it does not.
        let isIgnored = name == "rcx" || name == "r11"
        #expect(differences(at: call) { $0[index] ^= 1 << 40 } == (isIgnored ? [] : [name]))
    }

    @Test func theResumeFlagAloneIsNoDifference() {
        #expect(differences(at: trap) { $0.eflags ^= 1 << 16 }.isEmpty)
        #expect(differences(at: trap) { $0.eflags ^= 1 << 16 | 1 } == ["eflags"])
    }

    @Test func allDifferencesAreNamedInOrder() {
        let names = differences(at: call) {
            $0.gs = 0
            $0.r15 = 0
            $0.rip = 0
        }
        #expect(names == ["r15", "rip", "gs"])
    }
}
