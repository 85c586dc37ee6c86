import Testing

@testable import LinuxABI

@Suite struct SyscallTableTests {
    /// Numbers and names as the kernel has them.
    private static let kernel: [(number: SyscallNumber, name: String)] = KernelTable.rows.split(separator: "\n").map {
        let fields = $0.split(separator: " ")
        return (SyscallNumber(UInt32(fields[0])!), String(fields[1]))
    }

    @Test func numbersAndNamesAreTheKernels() {
        #expect(SyscallNumber.all == Self.kernel.map(\.number))
        for (number, name) in Self.kernel { #expect(number.name == name) }
        #expect(Self.kernel.count == 375)
    }

    @Test func everyCallHasARowOfItsOwn() {
        let described = Set(SyscallTable.families.flatMap { $0 }.map(\.number))
        for (number, name) in Self.kernel {
            #expect(described.contains(number), "\(name) has no row")
            #expect(SyscallTable[number].number == number)
        }
        #expect(described.count == Self.kernel.count, "a row for a number that the kernel has not")
    }

    @Test func unknownNumbersAreRefused() {
        for number: UInt32 in [336, 400, 423, 463, 512, 0x4000_0000, .max] {
            let row = SyscallTable[SyscallNumber(number)]
            #expect(row.number.rawValue == number)
            #expect(row.rule.treatment == .refused(.ENOSYS))
            #expect(SyscallNumber(number).name == nil)
            #expect(SyscallNumber(number).description == "syscall_\(number)")
        }
        #expect(SyscallNumber.mseal.description == "mseal")
    }

    private static var rules: [SyscallRule] {
        SyscallTable.rows.flatMap { row in
            [row.rule] + (row.selection.map { selection in selection.values.map { selection.rule(for: $0) } } ?? [])
        }
    }

    @Test(arguments: SyscallHandler.allCases)
    func everyHandlerIsUsed(_ handler: SyscallHandler) {
        #expect(Self.rules.contains { $0.treatment == .handled(handler) })
    }

    @Test func aRefusedCallWritesNothing() {
        for rule in Self.rules {
            if case .refused = rule.treatment {
                #expect(rule.outputs.isEmpty && rule.writesFile == nil && !rule.mayBlock)
            }
        }
    }

    /// A length in memory is read through an argument; that argument exists.
    @Test func rulesNameArgumentsThatExist() {
        for output in Self.rules.flatMap({ $0.outputs + ($0.writesFile?.data.map { [$0] } ?? []) }) {
            switch output.size {
            case .fixed(let bytes): #expect(bytes > 0)
            case .whole(let length), .result(let length), .vector(let length), .messages(let length),
                .messageData(let length):
                switch length.source {
                case .argument(let index), .field(let index, _): #expect((0...5).contains(index))
                }
                #expect([2, 4, 8].contains(length.width))
            }
        }
    }

    @Test func callsThatWaitForOthersMayBlock() {
        let blocking: [SyscallNumber] = [
            .read, .write, .wait4, .poll, .epoll_wait, .nanosleep, .close, .open, .flock, .semop, .vfork, .pause,
            .accept, .connect, .recvmsg, .futex_waitv, .msgrcv,
        ]
        for number in blocking { #expect(SyscallTable[number].rule.blocking == .anyone, "\(number)") }
        let never: [SyscallNumber] = [.getpid, .kill, .rt_sigprocmask, .clock_gettime, .getrandom, .dup, .pipe2]
        for number in never { #expect(!SyscallTable[number].rule.mayBlock, "\(number)") }
    }
}
