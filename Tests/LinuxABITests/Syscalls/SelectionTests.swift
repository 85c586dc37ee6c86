import Testing

@testable import LinuxABI

@Suite struct SelectionTests {
    private func rule(_ number: SyscallNumber, _ registers: Registers) -> SyscallRule {
        SyscallTable[number].rule(for: registers)
    }

    @Test func anArgumentChoosesTheRule() {
        #expect(rule(.fcntl, Registers(arguments: 3, 1)).outputs.isEmpty)
        #expect(rule(.fcntl, Registers(arguments: 3, 5)).outputs.map(\.size) == [.fixed(32)])
        #expect(rule(.fcntl, Registers(arguments: 3, 7)).blocking == .anyone)
        #expect(rule(.prctl, Registers(arguments: 26)).treatment == .handled(.timestampCounter))
        #expect(SyscallTable[.fcntl].selection?.name(of: 7) == "F_SETLKW")
    }

    /// Commands are `int`: only the low half of the register counts.
    @Test func theUpperHalfOfACommandIsNoise() {
        let low = Registers(arguments: 3, 7)
        let high = Registers(arguments: 3, 0xffff_ffff_0000_0007)
        #expect(rule(.fcntl, low) == rule(.fcntl, high))
    }

    @Test func flagsOfAFutexOperationAreLeftOut() {
        for flags: UInt64 in [0, 128, 256, 384] {
            #expect(rule(.futex, Registers(arguments: 0x1000, 9 | flags)).blocking == .anyone)
            #expect(!rule(.futex, Registers(arguments: 0x1000, 1 | flags)).mayBlock)
            #expect(rule(.futex, Registers(arguments: 0x1000, 5 | flags)).outputs.map(\.pointer) == [4])
        }
    }

    @Test func twoArgumentsChooseASocketOption() {
        #expect(rule(.getsockopt, Registers(arguments: 3, 6, 35)).treatment == .refused(.ENOPROTOOPT))
        #expect(rule(.getsockopt, Registers(arguments: 3, 1, 35)).treatment == .described)
        #expect(rule(.setsockopt, Registers(arguments: 3, 263, 5)).treatment == .refused(.ENOPROTOOPT))
        #expect(rule(.setsockopt, Registers(arguments: 3, 1, 26)).treatment == .described)
    }

    @Test func whatHasNoCaseFallsBack() {
        #expect(rule(.fcntl, Registers(arguments: 3, 9999)).treatment == .refused(.EINVAL))
        #expect(rule(.prctl, Registers(arguments: 9999)).treatment == .refused(.EINVAL))
        #expect(rule(.futex, Registers(arguments: 0, 99)).treatment == .refused(.ENOSYS))
        #expect(rule(.sysfs, Registers(arguments: 3)).treatment == .described)
        #expect(rule(.keyctl, Registers(arguments: 2)).treatment == .described)
    }

    @Test func anUnknownRequestIsJudgedByItsEncoding() {
        // _IOR('q', 1, 24 bytes), _IOW, _IOWR.
        for direction: UInt64 in [2, 1, 3] {
            let request = direction << 30 | 24 << 16 | 0x71 << 8 | 1
            let rule = rule(.ioctl, Registers(arguments: 3, request, 0x1000))
            #expect(rule.treatment == .guessed)
            #expect(rule.outputs.map(\.size) == [.fixed(24)])
            #expect(rule.outputs.map(\.pointer) == [2])
            // It may be no pointer at all.
            #expect(rule.outputs.map(\.transfer) == [.inPlace])
        }
        // SPI_IOC_MESSAGE(1) and (3), MMC_IOC_CMD, HCIGETDEVLIST lead to other memory than they say.
        for request: UInt64 in [0x4020_6b00, 0x4060_6b00, 0xc048_b300, 0x8004_48d2] {
            #expect(rule(.ioctl, Registers(arguments: 3, request)).treatment == .refused(.ENOTTY))
        }
        // _IO('q', 1) says nothing; GPUs and KVM do more than the encoding says.
        for request: UInt64 in [0x7101, 0xc010_6440, 0xc008_ae05] {
            #expect(rule(.ioctl, Registers(arguments: 3, request)).treatment == .refused(.ENOTTY))
        }
    }

    @Test func numbersThatLieHaveRows() {
        // TUNSETIFF and TUNGETIFF say that they take an int.
        for request: UInt64 in [0x4004_54ca, 0x8004_54d2] {
            #expect(rule(.ioctl, Registers(arguments: 3, request)).outputs.map(\.size) == [.fixed(40)])
        }
        // TUNSETPERSIST takes it for the argument itself.
        let persist = rule(.ioctl, Registers(arguments: 3, 0x4004_54cb, 1))
        #expect(persist.treatment == .described && persist.outputs.isEmpty)
    }

    @Test func theDescriptorTellsTheDirection() {
        let vmsplice = SyscallTable[.vmsplice].rule
        #expect(vmsplice.direction == 0)
        let filling = vmsplice.directed(isWritable: true)
        #expect(filling.outputs.isEmpty && filling.writesFile != nil && filling.blocking == .anyone)
        let draining = vmsplice.directed(isWritable: false)
        #expect(!draining.outputs.isEmpty && draining.writesFile == nil)
    }

    @Test func aRequestIsTakenApart() {
        let fiemap = IoctlRequest(0xc020_660b)
        #expect(fiemap.kernelReads && fiemap.kernelWrites)
        #expect(fiemap.size == 32 && fiemap.type == 0x66 && fiemap.number == 11)
        let terminal = IoctlRequest(0x5401)
        #expect(!terminal.kernelReads && !terminal.kernelWrites && terminal.size == 0)
    }

    /// Where a request in the table encodes that the kernel writes, the row has at least that much, or refuses.
    @Test func rowsOfRequestsCoverWhatTheirEncodingSays() throws {
        let selection = try #require(SyscallTable[.ioctl].selection)
        for value in selection.values {
            let request = IoctlRequest(UInt32(value))
            let rule = selection.rule(for: value)
            guard request.kernelWrites else { continue }
            if case .refused = rule.treatment { continue }
            let covered = rule.outputs.contains {
                switch $0.size {
                case .fixed(let bytes): bytes >= request.size
                case .whole: true
                case .result, .vector, .messages, .messageData: false
                }
            }
            #expect(covered, "\(selection.name(of: value) ?? String(value, radix: 16))")
        }
    }
}
