import Ptrace
import Testing

@Suite struct TimestampCounterTests {
    /// The counter, and the clocks of the vDSO that read it, go on to work for a thread that has given it up.
    @Test func aThreadThatGaveItUpStillHasTheTime() {
        let before = Host.readTimeStampCounter()
        let clock = ContinuousClock()
        Tracer.withoutTimestampCounter {
            let start = clock.now
            let inside = Host.readTimeStampCounter()
            #expect(inside > before)
            let (later, _) = Host.readTimeStampCounterAndProcessor()
            #expect(later > inside)
            let first = Host.monotonicTime()
            while Host.monotonicTime() == first {}
            #expect(clock.now > start)
        }
        #expect(Host.readTimeStampCounter() > before)
    }
}
