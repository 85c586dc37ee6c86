import LinuxABI
import Replayer
import Testing
import TraceFormat
import XState

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

    /// Other CPUs leave undefined flags as they like; DF, AC and ID are no such flags.
    @Test func arithmeticFlagsAreLeftOutBetweenCPUs() {
        let lenient = RegisterComparison(ignoresArithmeticFlags: true)
        for bit in 0..<22 where bit != 16 {
            var other = registers
            other.eflags ^= 1 << UInt64(bit)
            let isArithmetic = [0, 2, 4, 6, 7, 11].contains(bit)
            #expect(
                lenient.differences(expected: registers, actual: other, event: trap).isEmpty == isArithmetic, "\(bit)")
            #expect(!RegisterComparison.exact.differences(expected: registers, actual: other, event: trap).isEmpty)
        }
        var other = registers
        other.rax ^= 1
        #expect(lenient.differences(expected: registers, actual: other, event: trap).count == 1)
    }

    @Test func oneModelIsComparedExactly() {
        let cpu = CPUIdentity(vendor: "GenuineIntel", family: 6, model: 60, stepping: 3, brand: "Core")
        var other = cpu
        other.stepping = 4
        #expect(StateComparison(of: cpu, with: cpu) == .exact)
        #expect(StateComparison(of: cpu, with: other).registers.ignoresArithmeticFlags)
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
