import LinuxABI
import Testing

@testable import Recorder

@Suite struct PageRunsTests {
    @Test(
        arguments: [
            (0x1000, 0, 1..<2), (0x1000, 1, 1..<2), (0x1fff, 1, 1..<2), (0x1fff, 2, 1..<3), (0x1000, 0x1000, 1..<2),
            (0x1001, 0x1000, 1..<3), (0, 0x3000, 0..<3),
        ] as [(UInt64, UInt64, Range<UInt64>)])
    func pagesOfAStretch(start: UInt64, length: UInt64, expected: Range<UInt64>) {
        #expect(PageRuns.pages(from: GuestAddress(start), length: length) == expected)
    }

    @Test func runsInAnyOrderAreUnited() {
        #expect(PageRuns.united([8..<9, 1..<3, 2..<6, 6..<7, 4..<4]) == [1..<7, 8..<9])
        #expect(PageRuns.united([]) == [])
        #expect(PageRuns.united([1..<10, 2..<3]) == [1..<10])
    }

    /// Against sets of numbers, for all pairs of sets of eight pages.
    @Test func operationsAgreeWithThoseOfSets() {
        func runs(_ bits: Int) -> [Range<UInt64>] {
            PageRuns.united((0..<UInt64(8)).filter { bits & (1 << Int($0)) != 0 }.map { $0..<$0 + 1 })
        }
        for a in 0..<256 {
            for b in 0..<256 {
                #expect(PageRuns.intersection(runs(a), runs(b)) == runs(a & b))
                #expect(PageRuns.united(PageRuns.subtracting(runs(b), from: runs(a))) == runs(a & ~b))
            }
        }
    }
}
