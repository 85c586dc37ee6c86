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

    @Test func aSliceIsOverOnlyWhereOthersWait() {
        var scheduler = Scheduler(slice: 10)
        scheduler.add(a)
        #expect(scheduler.pick { 0 } == a)
        let alone = scheduler.isSliceOver(now: 1000)
        scheduler.add(b)
        // The slice begins when somebody waits.
        let states = [1000, 1009, 1010].map { scheduler.isSliceOver(now: $0) }
        #expect(!alone && states == [false, false, true])
        #expect(scheduler.pick { 1010 } == b)
    }

    @Test(arguments: [0, 1, 2, UInt64.max])
    func chaosLeavesNobodyWaitingForLong(seed: UInt64) {
        var scheduler = Scheduler(slice: 50_000_000, chaosSeed: seed)
        var now: Int64 = 0
        var lastTurn: [ThreadID: Int64] = [a: 0, b: 0, c: 0]
        for thread in [a, b, c] { scheduler.add(thread) }
        for _ in 0..<20_000 {
            guard let picked = scheduler.pick(now: { now }) else { return #expect(Bool(false), "all are ready") }
            lastTurn[picked] = now
            // What a turn takes at most, and a little.
            now += 1_000_000
            #expect(lastTurn.values.allSatisfy { now - $0 < Chaos.longestWait + 1_000_000_000 })
        }
    }

    @Test func chaosOfOneSeedIsTheSame() {
        func order(_ seed: UInt64) -> [ThreadID?] {
            var scheduler = Scheduler(slice: 50_000_000, chaosSeed: seed)
            for thread in [a, b, c] { scheduler.add(thread) }
            return (0..<200).map { step in scheduler.pick { Int64(step) * 1_000_000 } }
        }
        #expect(order(7) == order(7))
        #expect(order(7) != order(8))
    }

    @Test func aTurnIsToldOnce() {
        var scheduler = Scheduler(slice: 10)
        scheduler.add(a)
        _ = scheduler.pick { 0 }
        var left = [scheduler.newTurn { 0 }]
        scheduler.add(b)
        _ = scheduler.pick { 100 }
        left += [scheduler.newTurn { 103 }, scheduler.newTurn { 104 }]
        _ = scheduler.pick { 110 }
        left.append(scheduler.newTurn { 110 })
        #expect(left == [nil, 7, nil, 10], "no end where nobody waits")
    }

    /// Windows of microseconds are hit, long waits happen, and neither is all there is.
    @Test func chaosHasTurnsOfAllLengths() {
        var chaos = Chaos(seed: 1)
        let lengths = (0..<20_000).map { _ in chaos.slice(usual: 50_000_000) }
        #expect(lengths.allSatisfy { 1 <= $0 && $0 < 100_000_000 })
        for limit in [100_000, 1_000_000, 10_000_000] as [Int64] {
            let count = lengths.count { $0 < limit }
            #expect(count > 1000 && count < 19_000, "\(count) are shorter than \(limit)")
        }
    }

    @Test func aShunnedThreadWaitsWhileOthersCan() {
        for seed in 0..<100 as Range<UInt64> {
            var chaos = Chaos(seed: seed)
            chaos.noteLostTurn(of: a, slice: 50, now: 1000)
            guard chaos.isShunned(a, now: 1000) else { continue }
            #expect(!chaos.isShunned(b, now: 1000) && !chaos.isShunned(a, now: 1200))
            return
        }
        #expect(Bool(false), "nobody was ever shunned")
    }

    @Test func whoWakesUpWaitsForACallOnly() {
        var scheduler = Scheduler(slice: 50_000_000)
        scheduler.add(a)
        scheduler.add(b)
        #expect(scheduler.pick { 0 } == a)
        // Both had their turn before: they take whole ones.
        #expect(scheduler.pick { 10_000_000 } == a)
        scheduler.add(c)
        #expect(scheduler.pick { 10_000_000 } == b)
        // Nobody is interrupted for it.
        let isOver = scheduler.isSliceOver(now: 20_000_000)
        #expect(!isOver)
        #expect(scheduler.pick { 59_000_000 } == b)
    }

    @Test func aTurnLastsAMomentEvenSo() {
        var scheduler = Scheduler(slice: 50_000_000)
        scheduler.add(a)
        #expect(scheduler.pick { 0 } == a)
        scheduler.add(b)
        #expect(scheduler.pick { 1_000 } == a)
        #expect(scheduler.pick { 400_000 } == a)
        #expect(scheduler.pick { 600_000 } == b)
    }
}
