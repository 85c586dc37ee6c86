import LinuxABI
import Testing
import TraceFormat

@testable import Recorder

@Suite struct GuardedPagesTests {
    private let both: UInt32 = 7
    private let fixed: UInt32 = 5

    /// Pages by their numbers.
    private func pages(_ numbers: Range<UInt64>) -> Range<GuestAddress> {
        GuestAddress(numbers.lowerBound * 4096)..<GuestAddress(numbers.upperBound * 4096)
    }

    private func numbers(_ guarded: GuardedPages, executed: Bool? = nil) -> [Range<UInt64>] {
        guarded.stretches.filter { executed == nil || $0.isExecuted == executed }.map {
            $0.pages.lowerBound.rawValue / 4096..<$0.pages.upperBound.rawValue / 4096
        }
    }

    @Test func pagesChangeOneByOneAndJoinAgain() {
        var guarded = GuardedPages()
        guarded.insert(pages(10..<20), asked: both)
        #expect(numbers(guarded) == [10..<20] && !guarded.hasWithheldWrites)
        guarded.set(pages(12..<13), isExecuted: true)
        guarded.set(pages(14..<15), isExecuted: true)
        #expect(numbers(guarded) == [10..<12, 12..<13, 13..<14, 14..<15, 15..<20])
        guarded.set(pages(13..<14), isExecuted: true)
        #expect(numbers(guarded, executed: true) == [12..<15] && guarded.hasWithheldWrites)
        for page in UInt64(12)..<15 { guarded.set(pages(page..<page + 1), isExecuted: false) }
        #expect(numbers(guarded) == [10..<20])
    }

    @Test func onlyWhatTheProgramMayWriteIsWithheld() {
        var guarded = GuardedPages()
        guarded.insert(pages(1..<2), asked: fixed)
        guarded.set(pages(1..<2), isExecuted: true)
        #expect(!guarded.hasWithheldWrites)
        guarded.insert(pages(3..<4), asked: both)
        #expect(!guarded.hasWithheldWrites)
        guarded.set(pages(3..<4), isExecuted: true)
        #expect(guarded.hasWithheldWrites)
        guarded.remove(pages(3..<4))
        #expect(!guarded.hasWithheldWrites)
    }

    @Test func removingCutsHoles() {
        var guarded = GuardedPages()
        guarded.insert(pages(0..<10), asked: both)
        guarded.remove(pages(4..<6))
        #expect(numbers(guarded) == [0..<4, 6..<10])
        guarded.remove(pages(3..<7))
        #expect(numbers(guarded) == [0..<3, 7..<10])
        guarded.remove(pages(0..<1))
        guarded.remove(pages(9..<12))
        #expect(numbers(guarded) == [1..<3, 7..<9])
        guarded.remove(pages(3..<7))
        #expect(numbers(guarded) == [1..<3, 7..<9])
        guarded.remove(pages(0..<100))
        #expect(guarded.stretches.isEmpty)
    }

    @Test func whatIsFoundIsAround() {
        var guarded = GuardedPages()
        guarded.insert(pages(4..<6), asked: fixed)
        guarded.insert(pages(8..<9), asked: fixed)
        #expect(guarded.stretch(at: GuestAddress(4 * 4096))?.asked == fixed)
        #expect(guarded.stretch(at: GuestAddress(6 * 4096 - 1)) != nil)
        #expect(guarded.stretch(at: GuestAddress(6 * 4096)) == nil && guarded.stretch(at: .null) == nil)
        #expect(guarded.stretches(in: pages(5..<9)).count == 2)
        #expect(guarded.stretches(in: pages(6..<8)).isEmpty)
    }

    @Test func regionsAreNotJoinedAndCountTheirFlips() throws {
        var guarded = GuardedPages()
        guarded.insert(pages(0..<2), asked: both)
        guarded.insert(pages(2..<4), asked: both)
        #expect(numbers(guarded) == [0..<2, 2..<4])
        let first = try #require(guarded.stretch(at: .null)).region
        let second = try #require(guarded.stretch(at: pages(2..<3).lowerBound)).region
        #expect(first != second)
        for _ in 0..<3 {
            guarded.set(pages(1..<2), isExecuted: true)
            guarded.set(pages(1..<2), isExecuted: false)
            guarded.noteFlip(of: pages(1..<2).lowerBound)
        }
        guarded.set(pages(2..<3), isExecuted: true)
        #expect(guarded.flipCount(ofRegion: first) == 3 && guarded.flipCount(ofRegion: second) == 0)
        #expect(guarded.stretches(ofRegion: second).count == 2)
        // What is mapped anew begins anew.
        guarded.insert(pages(0..<2), asked: both)
        #expect(guarded.flipCount(ofRegion: try #require(guarded.stretch(at: .null)).region) == 0)
    }

    @Test func movingTakesTheStateAlong() {
        var guarded = GuardedPages()
        guarded.insert(pages(0..<4), asked: both)
        guarded.set(pages(1..<2), isExecuted: true)
        guarded.insert(pages(20..<30), asked: fixed)
        // Pages 1 and 2, over what was watched there
        guarded.move(pages(1..<3), to: pages(22..<24).lowerBound)
        #expect(numbers(guarded) == [0..<1, 3..<4, 20..<22, 22..<23, 23..<24, 24..<30])
        #expect(numbers(guarded, executed: true) == [22..<23])
        #expect(guarded.stretch(at: pages(23..<24).lowerBound)?.asked == both)
        guarded.move(pages(50..<60), to: .null)
        #expect(numbers(guarded).count == 6)
    }

    /// Against a dictionary of pages.
    @Test func anyOrderOfChanges() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        func next(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        var guarded = GuardedPages()
        var expected: [UInt64: Bool] = [:]
        for step in 0..<2000 {
            let start = next(40)
            let end = start + 1 + next(6)
            switch next(4) {
            case 0:
                guarded.insert(pages(start..<end), asked: both)
                for page in start..<end { expected[page] = false }
            case 1:
                guarded.remove(pages(start..<end))
                for page in start..<end { expected[page] = nil }
            default:
                let isExecuted = next(2) == 0
                if expected[start] != nil { expected[start] = isExecuted }
                guarded.set(pages(start..<start + 1), isExecuted: isExecuted)
            }
            for page in UInt64(0)..<50 {
                let found = guarded.stretch(at: pages(page..<page + 1).lowerBound)
                #expect(found?.isExecuted == expected[page], "page \(page), step \(step), seed \(seed)")
            }
            let bounds = guarded.stretches.map(\.pages)
            #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        }
    }

    @Test func partsOfAFileKnowTheirOffsets() throws {
        var guarded = GuardedPages()
        let digest = FileDigest(bytes: [UInt8](repeating: 7, count: FileDigest.size))
        guarded.insert(
            pages(10..<20), asked: fixed, file: .init((digest, 0x3000), at: pages(10..<20).lowerBound))
        guarded.remove(pages(13..<14))
        guarded.move(pages(15..<17), to: pages(40..<41).lowerBound)
        #expect(numbers(guarded) == [10..<13, 14..<15, 17..<20, 40..<42])
        for (page, offset) in [(UInt64(10), UInt64(0x3000)), (14, 0x7000), (17, 0xa000), (40, 0x8000), (41, 0x9000)] {
            let address = pages(page..<page + 1).lowerBound
            let file = try #require(guarded.stretch(at: address)?.file?.file(at: address))
            #expect(file.digest == digest && file.offset == offset)
        }
        // Two files side by side are not one.
        guarded.insert(pages(50..<51), asked: fixed, file: .init((digest, 0), at: pages(50..<51).lowerBound))
        guarded.insert(pages(51..<52), asked: fixed)
        #expect(numbers(guarded).suffix(2) == [50..<51, 51..<52])
    }
}
