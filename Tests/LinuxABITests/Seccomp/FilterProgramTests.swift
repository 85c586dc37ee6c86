import LinuxABI
import Testing

@Suite struct FilterProgramTests {
    private func registers(number: UInt64 = 39, ip: UInt64 = 0x1234_5678_9abc) -> Registers {
        var registers = Registers()
        registers.origRax = number
        registers.rip = ip
        registers.rdi = 0x1111_2222_3333_4444
        registers.rsi = 7
        registers.r9 = 0xffff_ffff_0000_0006
        registers.rbx = 0xaaaa_bbbb_cccc_dddd
        registers.rbp = 0x1_0000_0002
        return registers
    }

    private func run(_ instructions: FilterInstruction..., number: UInt64 = 39) -> UInt32 {
        FilterProgram(instructions).run(on: SeccompData(registers(number: number)))
    }

    @Test(
        "A filter sees the words of struct seccomp_data.",
        arguments: [
            (0, 39), (4, 0xC000_003E), (8, 0x5678_9abc), (12, 0x1234), (16, 0x3333_4444), (20, 0x1111_2222), (24, 7),
            (56, 6), (60, 0xffff_ffff),
        ] as [(UInt32, UInt32)])
    func loads(offset: UInt32, word: UInt32) {
        #expect(run(.init(0x20, offset), .init(0x16, 0)) == word)
    }

    @Test func argumentsOfInt80AreTheLowerHalvesOfOtherRegisters() {
        let data = SeccompData(registers(), architecture: .i386)
        func word(_ offset: UInt32) -> UInt32 {
            FilterProgram([.init(0x20, offset), .init(0x16, 0)]).run(on: data)
        }
        #expect(word(4) == 0x4000_0003)
        #expect(word(16) == 0xcccc_dddd && word(20) == 0)
        #expect(word(56) == 2 && word(60) == 0)
    }

    @Test(
        "Arithmetic is that of 32 bits.",
        arguments: [
            (0x04, 0xffff_ffff, 2, 1), (0x14, 1, 2, 0xffff_ffff), (0x24, 0x8000_0001, 2, 2), (0x34, 7, 2, 3),
            (0x44, 5, 10, 15), (0x54, 13, 6, 4), (0x64, 3, 31, 0x8000_0000), (0x74, 0x8000_0000, 31, 1),
            (0x84, 1, 0, 0xffff_ffff), (0x94, 7, 4, 3), (0xa4, 6, 3, 5),
        ] as [(UInt16, UInt32, UInt32, UInt32)])
    func computes(code: UInt16, left: UInt32, right: UInt32, result: UInt32) {
        #expect(run(.init(0x00, left), .init(code, right), .init(0x16, 0)) == result)
        // With the index register.
        #expect(run(.init(0x00, left), .init(0x01, right), .init(code | 8, 0), .init(0x16, 0)) == result)
    }

    @Test func divisionByZeroReturnsZero() {
        #expect(run(.init(0x00, 1), .init(0x01, 0), .init(0x3c, 0), .init(0x06, 5)) == 0)
        #expect(run(.init(0x00, 1), .init(0x01, 0), .init(0x9c, 0), .init(0x06, 5)) == 0)
    }

    @Test func shiftsByTheIndexRegisterUseFiveBits() {
        #expect(run(.init(0x00, 1), .init(0x01, 33), .init(0x6c, 0), .init(0x16, 0)) == 2)
    }

    @Test(
        "Jumps compare without sign.",
        arguments: [
            (0x15, 39, true), (0x15, 40, false), (0x25, 38, true), (0x25, 39, false), (0x35, 39, true),
            (0x35, 0x8000_0000, false), (0x45, 1, true), (0x45, 8, false),
        ] as [(UInt16, UInt32, Bool)])
    func jumps(code: UInt16, operand: UInt32, isTaken: Bool) {
        let result = run(
            .init(0x20, 0), .init(code, operand, ifTrue: 1), .init(0x06, 1), .init(0x06, 2))
        #expect(result == (isTaken ? 2 : 1))
        let byIndex = run(
            .init(0x01, operand), .init(0x20, 0), .init(code | 8, 0, ifTrue: 0, ifFalse: 1), .init(0x06, 2),
            .init(0x06, 1))
        #expect(byIndex == (isTaken ? 2 : 1))
    }

    @Test func memoryAndTransfers() {
        #expect(
            run(
                .init(0x00, 9), .init(0x02, 15), .init(0x00, 1), .init(0x07, 0), .init(0x61, 15), .init(0x87, 0),
                .init(0x05, 1), .init(0x06, 1), .init(0x16, 0)) == 9)
        #expect(run(.init(0x80, 0), .init(0x16, 0)) == 64)
        #expect(run(.init(0x81, 0), .init(0x03, 0), .init(0x60, 0), .init(0x16, 0)) == 64)
    }

    @Test func bytesAreThoseOfTheStructure() {
        let program = FilterProgram([.init(0x15, 0x0102_0304, ifTrue: 5, ifFalse: 6), .init(0x06, 0x7fff_0000)])
        #expect(program.bytes == [0x15, 0, 5, 6, 4, 3, 2, 1, 6, 0, 0, 0, 0, 0, 0xff, 0x7f])
        #expect(FilterProgram(bytes: program.bytes) == program)
    }

    @Test func permissiveProgramKeepsEverythingButWhatItReturns() {
        let program = FilterProgram([
            .init(0x20, 0), .init(0x15, 39, ifTrue: 0, ifFalse: 1), .init(0x06, 0x5_0001), .init(0x16, 0),
            // No such instruction: the kernel must still find it.
            .init(0x0e, 0),
        ])
        let permissive = program.permissive
        #expect(permissive.instructions.map(\.code) == [0x20, 0x15, 0x06, 0x06, 0x0e])
        for number in [39, 40] as [UInt64] {
            #expect(permissive.run(on: SeccompData(registers(number: number))) == SeccompVerdict.allow.rawValue)
        }
    }

    @Test func notifyingProgramKnowsOneInstructionPointer() {
        let program = FilterProgram([.init(0x06, 0)]).notifying(at: GuestAddress(0x7000_0045))
        func result(at ip: UInt64) -> UInt32 { program.run(on: SeccompData(registers(ip: ip))) }
        #expect(result(at: 0x7000_0045) == SeccompVerdict.Action.notify.rawValue)
        #expect(result(at: 0x7000_0046) == SeccompVerdict.allow.rawValue)
        #expect(result(at: 0x1_7000_0045) == SeccompVerdict.allow.rawValue)
    }
}

@Suite struct SeccompVerdictTests {
    @Test func ranksAreTheKernels() {
        let order: [UInt32] = [
            0x8000_0000, 0, 0x3_0000, 0x5_0000, 0x7fc0_0000, 0x7ff0_0000, 0x7ffc_0000, 0x7fff_0000,
        ]
        for (index, high) in order.enumerated() {
            for low in order[(index + 1)...] {
                #expect(SeccompVerdict(rawValue: high).outranks(SeccompVerdict(rawValue: low)))
                #expect(!SeccompVerdict(rawValue: low).outranks(SeccompVerdict(rawValue: high)))
            }
        }
        #expect(!SeccompVerdict(rawValue: 0x5_0001).outranks(SeccompVerdict(rawValue: 0x5_0002)))
    }

    @Test func unknownActionsKill() {
        #expect(SeccompVerdict(rawValue: 0x1_0000).action == .killProcess)
        #expect(SeccompVerdict(rawValue: 0x5_002a).action == .error)
        #expect(SeccompVerdict(rawValue: 0x5_002a).data == 42)
    }
}
