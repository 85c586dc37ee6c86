import LinuxABI
import Testing
import Tracee

@Suite struct PageHashTests {
    @Test func whatIsDeadBecomesZero() {
        func cleared(_ ends: UInt64...) -> [UInt8] {
            var bytes = [UInt8](repeating: 1, count: 8192)
            PageHash.clearDead(&bytes, at: GuestAddress(0x4000), ends.map { GuestAddress($0) })
            return bytes
        }
        #expect(cleared() == cleared(0x4000, 0x3fff, 0x6000, 0x7000), "ends of stacks elsewhere")
        #expect(cleared(0x4003) == [0, 0, 0] + [UInt8](repeating: 1, count: 8189))
        let second = cleared(0x5002)
        #expect(second[..<4096].allSatisfy { $0 == 1 } && second[4096..<4098] == [0, 0] && second[4098] == 1)
    }

    @Test func theOrderOfPagesCounts() {
        #expect(PageHash.combined([1, 2]) != PageHash.combined([2, 1]))
        #expect(PageHash.combined([1, 2]) == PageHash.combined([1, 2]))
        #expect(PageHash.combined([0, 0]) == PageHash.combined([0]), "pages that cannot be read count for nothing")
    }
}
