import LinuxABI
import Ptrace
import Testing

@testable import Recorder

/// What the kernel does at the end of a thread, as its Documentation/locking/robust-futex-ABI.rst says.
@Suite struct RobustListTests {
    /// Entries are 32 bytes apart; the futex of each stands 16 bytes behind it.
    private func words(_ entries: [UInt64], pending: UInt64 = 0, isClosed: Bool = true) throws -> [UInt64] {
        let own = try OwnMemory()
        let base = own.start.rawValue
        let chain = entries.map { base + $0 } + (isClosed ? [base] : [])
        try own.put([chain.first ?? base, 16, pending == 0 ? 0 : base + pending], at: 0)
        for (entry, next) in zip(chain, chain.dropFirst()) where entry & ~1 != base {
            try own.put([next], at: (entry & ~1) - base)
        }
        defer { withExtendedLifetime(own) {} }
        return RobustList.words(at: own.start, in: own.memory).map { $0.rawValue - base }
    }

    @Test func anEmptyListHasNone() throws { #expect(try words([]) == []) }

    @Test func eachEntryHasAWord() throws { #expect(try words([64, 256, 128]) == [80, 272, 144]) }

    @Test func theEntryBeingChangedCountsToo() throws { #expect(try words([64], pending: 512) == [528, 80]) }

    /// Bit 0 says that the futex is one of those with priority inheritance.
    @Test func theLowestBitIsNoPartOfTheAddress() throws { #expect(try words([65, 129]) == [80, 144]) }

    @Test func aListThatRunsInACircleEnds() throws {
        let own = try OwnMemory()
        let base = own.start.rawValue
        try own.put([base + 64, 16, 0], at: 0)
        try own.put([base + 64], at: 64)
        #expect(RobustList.words(at: own.start, in: own.memory).count == 2048)
        withExtendedLifetime(own) {}
    }

    @Test func aListThatLeadsNowhereEnds() throws {
        let own = try OwnMemory()
        try own.put([16, 16, 0], at: 0)
        #expect(RobustList.words(at: own.start, in: own.memory) == [GuestAddress(32)])
        #expect(RobustList.words(at: .null, in: own.memory).isEmpty)
        #expect(RobustList.words(at: GuestAddress(4096), in: own.memory).isEmpty)
        withExtendedLifetime(own) {}
    }

    @Test(
        arguments: [
            // Held by the thread that dies, without and with waiters.
            (77, 0x4000_0000), (0x8000_0000 | 77, 0xc000_0000),
            // Held by another, or by nobody.
            (78, 78), (0x8000_0000 | 78, 0x8000_0000 | 78), (0, 0),
        ] as [(UInt32, UInt32)])
    func theOwnersDeathIsNoted(word: UInt32, expected: UInt32) {
        #expect(RobustList.valueAfterDeath(of: ThreadID(77), word) == expected)
    }
}
