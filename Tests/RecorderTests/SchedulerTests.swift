import LinuxABI
import Testing

@testable import Recorder

@Suite struct SchedulerTests {
    private let a = ThreadID(1)
    private let b = ThreadID(2)
    private let c = ThreadID(3)

    @Test func nobodyIsPickedWhereNobodyIsReady() {
        var scheduler = Scheduler(slice: 10)
        #expect(scheduler.pick { 0 } == nil)
        #expect(!scheduler.hasReady)
    }

    @Test func oneThreadRunsOnWithoutAskingTheTime() {
        var scheduler = Scheduler(slice: 10)
        scheduler.add(a)
        #expect(scheduler.pick { 0 } == a)
        for _ in 0..<3 {
            let picked = scheduler.pick {
                Issue.record("there is no choice")
                return 0
            }
            #expect(picked == a)
        }
    }

    @Test func threadsTakeTurnsWhenTheirSlicesEnd() {
        var scheduler = Scheduler(slice: 10)
        for thread in [a, b, c] { scheduler.add(thread) }
        #expect(scheduler.pick { 0 } == a)
        #expect(scheduler.pick { 9 } == a)
        #expect(scheduler.pick { 10 } == b)
        #expect(scheduler.pick { 20 } == c)
        #expect(scheduler.pick { 30 } == a)
        #expect(scheduler.ready == [b, c])
    }

    @Test func aSliceBeginsWhenAnotherThreadWaits() {
        var scheduler = Scheduler(slice: 10)
        scheduler.add(a)
        #expect(scheduler.pick { 0 } == a)
        scheduler.add(b)
        // Long after: a has had no slice yet, since nobody waited for its end.
        #expect(scheduler.pick { 1000 } == a)
        #expect(scheduler.pick { 1009 } == a)
        #expect(scheduler.pick { 1010 } == b)
    }

    @Test func aThreadIsInTheQueueOnce() {
        var scheduler = Scheduler(slice: 10)
        scheduler.add(a)
        scheduler.add(b)
        scheduler.add(b)
        #expect(scheduler.ready == [a, b])
        #expect(scheduler.pick { 0 } == a)
        scheduler.add(a)
        #expect(scheduler.ready == [b], "the current thread waits for nothing")
    }

    @Test func aRemovedThreadHasNoTurn() {
        var scheduler = Scheduler(slice: 10)
        for thread in [a, b, c] { scheduler.add(thread) }
        #expect(scheduler.pick { 0 } == a)
        scheduler.remove(a)
        scheduler.remove(b)
        #expect(scheduler.current == nil)
        #expect(scheduler.pick { 1 } == c)
        scheduler.remove(c)
        #expect(scheduler.pick { 2 } == nil)
    }

    @Test func yieldingGivesTheRestOfTheSliceAway() {
        var scheduler = Scheduler(slice: 10)
        scheduler.add(a)
        scheduler.add(b)
        #expect(scheduler.pick { 0 } == a)
        scheduler.yieldSlice()
        #expect(scheduler.pick { 1 } == b)
        #expect(scheduler.ready == [a])
    }

    @Test func anExecGivesTheThreadItsLeadersId() {
        var scheduler = Scheduler(slice: 10)
        for thread in [a, b, c] { scheduler.add(thread) }
        #expect(scheduler.pick { 0 } == a)
        // b, which waits, becomes a, which is gone.
        scheduler.rename(b, to: a)
        #expect(scheduler.current == nil)
        #expect(scheduler.ready == [a, c])
        #expect(scheduler.pick { 1 } == a)
        // The current thread becomes another.
        scheduler.rename(a, to: b)
        #expect(scheduler.current == b && scheduler.ready == [c])
    }
}
