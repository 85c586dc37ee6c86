import LinuxABI
import Testing

@testable import Recorder

@Suite struct StandstillTests {
    @Test func aThreadThatWouldHaveNoNumberGetsAMark() {
        var registers = Registers()
        registers.origRax = .max
        registers.rax = UInt64(bitPattern: -512)
        #expect(!registers.showStandstill)
        var marked = registers.markedForStandstill
        #expect(marked.showStandstill && marked.rax == registers.rax)
        // What the kernel takes for the number of a call that may have to be restarted.
        #expect(UInt32(truncatingIfNeeded: marked.origRax) == .max)
        marked.hideStandstill()
        #expect(marked == registers)
    }

    @Test func theNumberOfACallIsAMarkItself() {
        var registers = Registers()
        registers.origRax = 1
        #expect(registers.showStandstill && registers.markedForStandstill == registers)
        registers.hideStandstill()
        #expect(registers.origRax == 1)
    }
}
