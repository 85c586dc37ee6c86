import Testing
import TraceFormat

@testable import Recorder

@Suite struct TrapCountsTests {
    @Test func theMostFrequentComeFirstAndTheRareNotAtAll() {
        var counts = TrapCounts()
        for _ in 0..<3 { counts.note(.rdtsc) }
        for _ in 0..<5 { counts.note(.watchedCode) }
        counts.note(.cpuid)
        #expect(counts.kinds(atLeast: 3).map(\.kind) == [.watchedCode, .rdtsc])
        #expect(counts.kinds(atLeast: 3).map(\.count) == [5, 3])
        #expect(counts.kinds(atLeast: 6).isEmpty && TrapCounts().kinds(atLeast: 0).isEmpty)
    }
}
