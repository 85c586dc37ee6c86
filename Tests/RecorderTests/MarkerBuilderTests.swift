import Testing

@testable import Recorder

@Suite struct MarkerBuilderTests {
    @Test(
        arguments: [
            ([], [], []),
            ([1..<3], [], [1..<3]),
            ([], [4..<5], [4..<5]),
            ([1..<3, 8..<9], [2..<6], [1..<6, 8..<9]),
            ([1..<3], [3..<4], [1..<4]),
            ([1..<10], [2..<3, 12..<13], [1..<10, 12..<13]),
        ] as [([Range<UInt64>], [Range<UInt64>], [Range<UInt64>])])
    func runsOfPagesAreUnited(a: [Range<UInt64>], b: [Range<UInt64>], expected: [Range<UInt64>]) {
        #expect(MarkerBuilder.union(a, b) == expected)
    }
}
