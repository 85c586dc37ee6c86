import Testing

@testable import xrr

@Suite struct ChaosChoiceTests {
    @Test(arguments: [
        (["record", "--chaos", "ls"], ["record", "--chaos=any", "ls"]),
        (["record", "--chaos=7", "ls"], ["record", "--chaos=7", "ls"]),
        (["record", "-o", "--chaos", "ls"], ["record", "-o", "--chaos", "ls"]),
        (["record", "ls", "--chaos"], ["record", "ls", "--chaos"]),
        (
            ["record", "--no-wait", "--chaos", "--", "--chaos"],
            ["record", "--no-wait", "--chaos=any", "--", "--chaos"]
        ),
        (["record", "--verify-memory", "ls"], ["record", "--verify-memory=64", "ls"]),
        (["record", "--verify-memory=1", "--chaos", "ls"], ["record", "--verify-memory=1", "--chaos=any", "ls"]),
        (["record", "--cpu", "sse", "--chaos", "ls"], ["record", "--cpu", "sse", "--chaos=any", "ls"]),
        (["replay", "--chaos"], ["replay", "--chaos"]),
        ([], []),
    ])
    func aBareOptionGetsAValueWhereItIsXrrs(words: [String], expected: [String]) {
        #expect(ChaosChoice.completing(words) == expected)
    }

    @Test func seedsOfSeveralRunsCountUp() throws {
        #expect(try ChaosChoice("5").seed(ofRun: 3) == 8)
        #expect(try ChaosChoice("18446744073709551615").seed(ofRun: 1) == 0)
        #expect(throws: (any Error).self) { try ChaosChoice("-1") }
        #expect(throws: (any Error).self) { try ChaosChoice("") }
    }

    @Test(
        arguments: [
            ("20ms", 20_000_000), ("20", 20_000_000), ("500us", 500_000), ("2s", 2_000_000_000), ("0", 0), ("ms", nil),
            ("", nil), ("-1ms", nil), ("1.5s", nil), ("9999999999999999s", nil),
        ] as [(String, Int64?)])
    func durations(text: String, nanoseconds: Int64?) {
        #expect(TextFormat.nanoseconds(ofDuration: text) == nanoseconds)
    }
}
