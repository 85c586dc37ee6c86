import LinuxABI
import Testing
import Tracee

@testable import Recorder

@Suite struct ScratchArenaTests {
    private let room = InterceptorLayout.end.rawValue - InterceptorLayout.scratch.rawValue

    @Test func blocksDoNotOverlapAndLieInXrrsOwnPages() throws {
        let arena = ScratchArena()
        var end = InterceptorLayout.scratch
        for length: UInt64 in [1, 64, 65, 4096, 3] {
            let block = try #require(arena.allocate(length))
            #expect(block >= end && block.rawValue % 64 == 0)
            #expect(InterceptorLayout.overlaps(block, length: length))
            end = block + length
        }
        #expect(end <= InterceptorLayout.end)
    }

    @Test func whatIsReleasedIsUsedAgain() throws {
        let arena = ScratchArena()
        let first = try #require(arena.allocate(128))
        let second = try #require(arena.allocate(64))
        let third = try #require(arena.allocate(128))
        arena.release(second)
        #expect(try #require(arena.allocate(128)) > third, "the gap is too small")
        #expect(arena.allocate(10) == second)
        arena.release(first)
        #expect(arena.allocate(100) == first)
    }

    @Test func aFullArenaHasNoRoom() throws {
        let arena = ScratchArena()
        #expect(arena.allocate(room + 1) == nil)
        let all = try #require(arena.allocate(room))
        #expect(arena.allocate(1) == nil)
        arena.release(all)
        #expect(arena.allocate(1) == all)
    }

    @Test func whatIsAddedIsUsedAndGivenBack() throws {
        let arena = ScratchArena()
        let all = try #require(arena.allocate(room))
        let area = GuestAddress(0x10_0000_0000)..<GuestAddress(0x10_0001_0000)
        #expect(!arena.overlaps(area.lowerBound, length: 1) && arena.added.isEmpty)
        arena.add(area)
        #expect(arena.allocate(0x10001) == nil)
        let block = try #require(arena.allocate(0x10000))
        #expect(block == area.lowerBound && arena.allocate(1) == nil)
        #expect(!arena.hasUnused && arena.takeUnused().isEmpty && arena.added == [area])
        #expect(arena.overlaps(area.lowerBound - 1, length: 2) && arena.overlaps(area.upperBound - 1, length: .max))
        #expect(!arena.overlaps(area.lowerBound - 1, length: 1) && !arena.overlaps(area.upperBound, length: 1))
        arena.release(block)
        #expect(arena.hasUnused && arena.takeUnused() == [area] && !arena.hasUnused)
        arena.release(all)
        #expect(arena.allocate(1) == all && arena.added.isEmpty)
    }
}
