import Testing

@testable import LinuxABI

@Suite struct OutputRangeTests {
    private let failure = ErrorNumber.EINVAL.syscallResult

    @Test func fixedOutputsAreWrittenOnSuccessOnly() {
        let call = Registers(arguments: 3, 0x1000)
        #expect(written(.fstat, call, result: 0) == [range(0x1000, 144)])
        #expect(written(.fstat, call, result: failure).isEmpty)
    }

    @Test func aCallWithoutOutputsHasNoRanges() {
        let registers = Registers(arguments: 0x1000, 0x2000, 0x3000, 0x4000, 0x5000, 0x6000)
        let ranges = SyscallTable[.getpid].rule(for: registers).capacityRanges(of: registers) { _, _ in
            Issue.record("memory was read")
            return nil
        }
        #expect(ranges.isEmpty)
        #expect(ranges.capacity == 0)
    }

    @Test func theResultCountsBytesUpToTheBufferSize() {
        let call = Registers(arguments: 0, 0x1000, 64 << 20)
        #expect(written(.read, call, result: 10) == [range(0x1000, 10)])
        #expect(written(.read, call, result: 0).isEmpty)
        #expect(written(.read, call, result: failure).isEmpty)
        // MSG_TRUNC answers the datagram's length, not what fitted.
        #expect(written(.recvfrom, Registers(arguments: 0, 0x1000, 16), result: 1500) == [range(0x1000, 16)])
    }

    @Test func theResultCountsElements() {
        let call = Registers(arguments: 4, 0x1000, 64)
        #expect(written(.epoll_wait, call, result: 3) == [range(0x1000, 36)])
        // A size of 0 asks how many there are.
        #expect(written(.getgroups, Registers(arguments: 0, 0x1000), result: 5).isEmpty)
    }

    @Test func aMessageHasItsTypeBeforeItsText() {
        let call = Registers(arguments: 1, 0x1000, 100)
        #expect(written(.msgrcv, call, result: 0) == [range(0x1000, 8)])
        #expect(written(.msgrcv, call, result: 30) == [range(0x1000, 38)])
        #expect(written(.msgrcv, call, result: 4000) == [range(0x1000, 108)])
    }

    @Test func theUpperHalfOfAnIntIsNoise() {
        let call = Registers(arguments: 0x1000, 0xdead_beef_0000_0002)
        #expect(written(.poll, call, result: 1) == [range(0x1000, 16)])
    }

    @Test(arguments: [(0, 0), (1, 8), (64, 8), (65, 16), (1024, 128)] as [(UInt64, UInt64)])
    func bitSetsAreWholeWords(_ bits: UInt64, _ bytes: UInt64) {
        let call = Registers(arguments: bits, 0x1000)
        #expect(written(.select, call, result: 0) == (bytes == 0 ? [] : [range(0x1000, bytes)]))
    }

    @Test func mincoreHasAByteForEachPage() {
        #expect(written(.mincore, Registers(arguments: 0, 4097, 0x1000), result: 0) == [range(0x1000, 2)])
    }

    @Test func timeoutsAndPollResultsSurviveASignal() {
        let interrupted = ErrorNumber.ERESTARTNOHAND.syscallResult
        let select = Registers(arguments: 3, 0x1000, 0, 0, 0x2000)
        #expect(written(.select, select, result: interrupted) == [range(0x2000, 16)])
        #expect(written(.select, select, result: 1) == [range(0x1000, 8), range(0x2000, 16)])
        #expect(written(.ppoll, Registers(arguments: 0x1000, 1, 0x2000), result: interrupted).count == 2)
    }

    @Test func nanosleepWritesWhenItFails() {
        let call = Registers(arguments: 0x1000, 0x2000)
        #expect(written(.nanosleep, call, result: 0).isEmpty)
        let interrupted = ErrorNumber.ERESTART_RESTARTBLOCK.syscallResult
        #expect(written(.nanosleep, call, result: interrupted) == [range(0x2000, 16)])
    }

    @Test func someCallsWriteBeforeTheyFail() {
        #expect(
            written(.waitid, Registers(arguments: 0, 0, 0x1000, 4, 0x2000), result: failure) == [range(0x1000, 128)])
        #expect(written(.socketpair, Registers(arguments: 2, 1, 0, 0x1000), result: failure) == [range(0x1000, 8)])
        #expect(written(.timer_create, Registers(arguments: 0, 0, 0x1000), result: failure) == [range(0x1000, 4)])
    }

    @Test func lengthsNeedNotBeInBytes() {
        // SO_GET_FILTER: instructions of 8 bytes.
        var before = GuestImage()
        before.store(32, width: 4, at: 0x2000)
        let filter = Registers(arguments: 3, 1, 26, 0x1000, 0x2000)
        #expect(written(.getsockopt, filter, result: 0, in: before) == [range(0x1000, 256), range(0x2000, 4)])
        // IP_MSFILTER: as many sources as the structure says.
        before.store(5, width: 4, at: 0x100c)
        let sources = Registers(arguments: 3, 0, 41, 0x1000, 0x2000)
        #expect(written(.getsockopt, sources, result: 0, in: before) == [range(0x1000, 36), range(0x2000, 4)])
        // IPT_SO_SET_REPLACE: counters behind a pointer.
        before.store(3, width: 4, at: 0x1054)
        before.store(0x7000, at: 0x1058)
        let replace = Registers(arguments: 3, 0, 64, 0x1000, 96)
        #expect(written(.setsockopt, replace, result: 0, in: before) == [range(0x7000, 48)])
    }

    @Test func aLengthInMemoryBoundsAtEntryAndAtExit() {
        let call = Registers(arguments: 3, 0x1000, 0x2000)
        var before = GuestImage()
        before.store(128, width: 4, at: 0x2000)
        var after = GuestImage()
        after.store(16, width: 4, at: 0x2000)
        #expect(written(.accept, call, result: 4, in: before, after: after) == [range(0x1000, 16), range(0x2000, 4)])
        // The kernel answers the full length of an address that it has cut.
        after.store(1000, width: 4, at: 0x2000)
        #expect(written(.accept, call, result: 4, in: before, after: after).first == range(0x1000, 128))
        // The length cannot be read any more: nothing is lost.
        #expect(written(.accept, call, result: 4, in: before, after: GuestImage()).first == range(0x1000, 128))
        // It never could: the kernel fails too.
        #expect(written(.accept, call, result: 4) == [range(0x2000, 4)])
    }

    @Test func theBytesOfAVectorFillItsBuffersInTurn() {
        var image = GuestImage()
        for (index, element) in [(0x1000, 10), (0x2000, 0), (0x3000, 20), (0x4000, 30)].enumerated() {
            image.store(UInt64(element.0), at: 0x9000 + UInt64(index) * 16)
            image.store(UInt64(element.1), at: 0x9008 + UInt64(index) * 16)
        }
        let call = Registers(arguments: 3, 0x9000, 4)
        #expect(written(.readv, call, result: 5, in: image) == [range(0x1000, 5)])
        #expect(written(.readv, call, result: 25, in: image) == [range(0x1000, 10), range(0x3000, 15)])
        #expect(
            written(.readv, call, result: 99, in: image) == [range(0x1000, 10), range(0x3000, 20), range(0x4000, 30)])
        // The vector may lie in a buffer it describes; its elements were read at the entry.
        #expect(written(.readv, call, result: 5, in: image, after: GuestImage()) == [range(0x1000, 5)])
        // Unreadable, absent or too long vectors.
        #expect(written(.readv, call, result: 5).isEmpty)
        #expect(written(.readv, Registers(arguments: 3, 0, 4), result: 5, in: image).isEmpty)
        #expect(written(.readv, Registers(arguments: 3, 0x9000, .max), result: 5, in: image).isEmpty)
    }

    @Test func theSumOfAVectorDoesNotOverflow() {
        var image = GuestImage()
        for index: UInt64 in 0..<3 {
            image.store(0x1000, at: 0x9000 + index * 16)
            image.store(.max, at: 0x9008 + index * 16)
        }
        let registers = Registers(arguments: 3, 0x9000, 3)
        let ranges = SyscallTable[.readv].rule.capacityRanges(of: registers, read: image.read)
        #expect(ranges.map(\.length).reduce(0, +) == Output.largest)
    }

    /// A `struct msghdr` at the address: name of 128 bytes, control data of 64, one buffer of 100.
    private func storeMessage(at address: UInt64, buffers: UInt64, in image: inout GuestImage) {
        for (offset, value) in [
            (0, buffers), (8, 128), (16, address + 0x100), (24, 1), (32, buffers + 0x200), (40, 64), (48, 0), (56, 0),
        ] as [(UInt64, UInt64)] {
            image.store(value, at: address + offset)
        }
        image.store(buffers + 0x400, at: address + 0x100)
        image.store(100, at: address + 0x108)
    }

    @Test func aMessageHeaderLeadsToNameControlAndBuffers() {
        var before = GuestImage()
        storeMessage(at: 0x9000, buffers: 0x1000, in: &before)
        var after = before
        after.store(16, width: 4, at: 0x9008)
        after.store(24, at: 0x9028)
        let call = Registers(arguments: 3, 0x9000, 0)
        #expect(
            written(.recvmsg, call, result: 40, in: before, after: after)
                == [range(0x1000, 16), range(0x1200, 24), range(0x1400, 40), range(0x9000, 56)])
    }

    @Test func onlyReceivedMessagesAreWritten() {
        var before = GuestImage()
        storeMessage(at: 0x9000, buffers: 0x1000, in: &before)
        // The second element follows 64 bytes later and shares the first one's vector by address.
        for (offset, value) in [
            (0, 0x2000), (8, 128), (16, 0x9100), (24, 1), (32, 0), (40, 0), (48, 0), (56, 0),
        ] as [(UInt64, UInt64)] {
            before.store(value, at: 0x9040 + offset)
        }
        var after = before
        after.store(16, width: 4, at: 0x9008)
        after.store(0, at: 0x9028)
        after.store(7, width: 4, at: 0x9038)
        let call = Registers(arguments: 3, 0x9000, 2)
        #expect(
            written(.recvmmsg, call, result: 1, in: before, after: after)
                == [range(0x1000, 16), range(0x1400, 7), range(0x9000, 128)])
    }

    @Test func aPointerInAStructureIsFollowed() {
        var before = GuestImage()
        before.store(400, at: 0x9000)
        before.store(0x1000, at: 0x9008)
        var after = before
        after.store(80, width: 4, at: 0x9000)
        let call = Registers(arguments: 3, 0x8912, 0x9000)
        let ranges = SyscallTable[.ioctl].rule(for: call).capacityRanges(of: call, read: before.read)
        #expect(ranges.first?.pointer == .memory(GuestAddress(0x9008)))
        #expect(
            written(.ioctl, call, result: 0, in: before, after: after) == [range(0x1000, 80), range(0x9000, 16)])
    }

    @Test func aCountInTheStructureGivesItsSize() {
        var image = GuestImage()
        image.store(3, width: 4, at: 0x1018)
        let call = Registers(arguments: 3, 0xc020_660b, 0x1000)
        #expect(written(.ioctl, call, result: 0, in: image) == [range(0x1000, 32 + 3 * 56)])
    }

    /// With EFAULT the kernel has copied up to the page that it could not write.
    @Test func aFaultLeavesWhatCameBeforeIt() {
        let fault = ErrorNumber.EFAULT.syscallResult
        #expect(written(.fstat, Registers(arguments: 3, 0x1000), result: fault) == [range(0x1000, 144)])
        let large = Registers(arguments: 3, 0x1000, 64 << 20)
        #expect(written(.read, large, result: fault) == [range(0x1000, OutputRange.mostAfterFailure)])
    }

    @Test func garbagePointersAndLengthsAreCut() {
        #expect(written(.read, Registers(arguments: 0, 0, 100), result: 100).isEmpty)
        #expect(written(.read, Registers(arguments: 0, .max, 100), result: 100).isEmpty)
        #expect(written(.read, Registers(arguments: 0, 0xffff_8000_0000_0000, 100), result: 100).isEmpty)
        let last = Output.userSpaceEnd - 8
        #expect(written(.read, Registers(arguments: 0, last, 100), result: 100) == [range(last, 8)])
        #expect(written(.read, Registers(arguments: 0, 0x1000, .max), result: .max) == [range(0x1000, Output.largest)])
        #expect(written(.poll, Registers(arguments: 0x1000, .max), result: failure) == [range(0x1000, 8 << 20)])
        #expect(written(.move_pages, Registers(arguments: 0, .max, 0, 0, 0x1000), result: failure).count == 1)
    }

    /// No combination of nonsense makes the evaluation trap.
    @Test(arguments: [0, 1, 0x1000, 0x7fff_ffff_ffff, 0x8000_0000_0000_0000, .max] as [UInt64])
    func nonsenseDoesNotTrap(_ value: UInt64) {
        let registers = Registers(arguments: value, value, value, value, value, value)
        let full: GuestMemoryReader = { _, count in Array(repeating: 0xff, count: count) }
        var count = 0
        for row in SyscallTable.rows {
            let rules =
                [row.rule] + (row.selection.map { selection in selection.values.map(selection.rule(for:)) } ?? [])
            for rule in rules {
                var capacity = rule.capacityRanges(of: registers, read: full)
                rule.writesFile?.appendCapacity(of: registers, to: &capacity, read: full)
                for result: Int64 in [0, 1, .max, -1, -14, .min] {
                    for range in OutputRange.writtenRanges(of: capacity, result: result, read: full) {
                        #expect(range.length <= Output.largest && range.end > range.start)
                        count += 1
                    }
                }
            }
        }
        #expect(value == 0 || value >= Output.userSpaceEnd ? count == 0 : count > 0)
    }

    @Test func whatAWriteTookIsFoundLikeAnOutput() {
        func taken(_ number: SyscallNumber, _ registers: Registers, _ result: Int64, _ image: GuestImage = GuestImage())
            -> [GuestRange]
        {
            var ranges: [OutputRange] = []
            let file = SyscallTable[number].rule(for: registers).writesFile
            file?.appendCapacity(of: registers, to: &ranges, read: image.read)
            #expect(file?.file == .descriptor(0))
            return OutputRange.writtenRanges(of: ranges, result: result, read: image.read)
        }
        #expect(taken(.write, Registers(arguments: 1, 0x1000, 100), 60) == [range(0x1000, 60)])
        #expect(taken(.write, Registers(arguments: 1, 0x1000, 100), failure).isEmpty)
        #expect(taken(.sendfile, Registers(arguments: 1, 3, 0, 100), 60).isEmpty)
        var image = GuestImage()
        storeMessage(at: 0x9000, buffers: 0x1000, in: &image)
        #expect(taken(.sendmsg, Registers(arguments: 1, 0x9000), 60, image) == [range(0x1400, 60)])
    }

    @Test func aFutexWordIsNotToBeMoved() {
        let registers = Registers(arguments: 0x1000, 6 | 128)
        let ranges = SyscallTable[.futex].rule(for: registers).capacityRanges(of: registers) { _, _ in nil }
        #expect(ranges.map(\.transfer) == [.inPlace])
        #expect(ranges.map(\.pointer) == [.argument(0)])
    }
}
