import LinuxABI
import Ptrace
import SystemPackage
import Testing
import TraceFormat
import Tracee
import XState

@testable import Replayer

/// Effects in a process of their own: what they do to memory, what they compare, and what is refused.
@Suite struct EffectApplierTests {
    fileprivate static let base = GuestAddress(0x40_0000)
    fileprivate static let page: UInt64 = 4096

    /// A process with two writable pages at `base`.
    private final class Fixture {
        let stub: StubProcess
        let thread: ReplayedThread
        let regions: SharedRegions

        init() throws {
            regions = SharedRegions(store: try FileStore(reading: FilePath("/nonexistent")))
            stub = try StubProcess(layout: HostMachine.current().layout, core: nil)
            let traced = try stub.makeProcess()
            thread = ReplayedThread(id: ThreadID(1), traced: traced, process: ProcessID(1), arguments: [])
            _ = try apply(mapping(EffectApplierTests.base, 2 * EffectApplierTests.page))
        }

        deinit { thread.traced.kill() }

        var memory: GuestMemory { thread.traced.memory }

        func mapping(_ address: GuestAddress, _ length: UInt64, flags: UInt32 = 2, _ backing: Backing = .anonymous)
            -> Effect
        { .map(Mapping(address: address, length: length, protection: 3, flags: flags, backing: backing)) }

        @discardableResult
        func apply(_ effects: Effect...) throws(ReplayError) -> ContentsDifference? {
            var options = ReplayOptions()
            options.isQuiet = true
            var applier = EffectApplier(
                thread: thread, index: FrameIndex(7), regions: regions, options: options
            ) { [thread] in $0 == thread.id ? thread : nil }
            for effect in effects {
                if let difference = try applier.apply(effect) { return difference }
            }
            return nil
        }

        func refuses(_ effect: Effect) -> Bool {
            do {
                try apply(effect)
                return false
            } catch {
                if case .inconsistent(FrameIndex(7), _) = error { return true }
                return false
            }
        }
    }

    private var base: GuestAddress { Self.base }
    private var page: UInt64 { Self.page }

    @Test func memoryGetsBytes() throws {
        let fixture = try Fixture()
        try fixture.apply(
            .write(base + 4090, bytes: Array(1...12)), .writeElsewhere(ThreadID(1), base, bytes: [9]))
        #expect(fixture.memory.read(base + 4090, count: 12) == Array(1...12))
        #expect(fixture.memory.read(base, count: 1) == [9])
        #expect(fixture.refuses(.writeElsewhere(ThreadID(2), base, bytes: [9])))
        #expect(fixture.refuses(.write(base + 2 * page - 1, bytes: [1, 2])))
        #expect(fixture.refuses(.write(InterceptorLayout.base, bytes: [1])))
    }

    @Test func mappingsChange() throws {
        let fixture = try Fixture()
        let elsewhere = base + 0x10_0000
        try fixture.apply(
            .write(base, bytes: [1]), .write(base + page, bytes: [2]),
            .remap(from: base, oldLength: page, to: elsewhere, newLength: page, dontUnmap: false))
        #expect(fixture.memory.read(elsewhere, count: 1) == [1])
        #expect(fixture.memory.read(base, count: 1).isEmpty)
        try fixture.apply(.protect(base + page, length: page, protection: 1))
        let entry = AddressSpace.map(of: fixture.thread.traced.id)?.entries.first { $0.start == base + page }
        #expect(entry?.protection == 1)
        try fixture.apply(.advise(elsewhere, length: page, advice: 4))
        #expect(fixture.memory.read(elsewhere, count: 1) == [0])
        try fixture.apply(.unmap(elsewhere, length: page))
        #expect(fixture.memory.read(elsewhere, count: 1).isEmpty)
        // MADV_HWPOISON, MAP_POPULATE, xrr's own pages, the kernel's half.
        #expect(fixture.refuses(.advise(base + page, length: page, advice: 100)))
        #expect(fixture.refuses(fixture.mapping(base, page, flags: 0x8002)))
        #expect(fixture.refuses(.unmap(InterceptorLayout.base, length: page)))
        #expect(fixture.refuses(fixture.mapping(GuestAddress(1 << 63), page)))
    }

    @Test func regionsAreShared() throws {
        let fixture = try Fixture()
        let region = SharedRegionID(rawValue: 3)
        let (first, second) = (base + 0x20_0000, base + 0x30_0000)
        try fixture.apply(
            .createShared(region, length: 2 * page, contents: nil),
            fixture.mapping(first, page, flags: 1, .shared(region, offset: page, path: "")),
            fixture.mapping(second, 2 * page, flags: 1, .shared(region, offset: 0, path: "")),
            .writeShared(region, offset: page, bytes: [5]))
        #expect(fixture.memory.read(first, count: 1) == [5])
        try fixture.apply(.write(first + 1, bytes: [6]))
        #expect(fixture.memory.read(second + page, count: 2) == [5, 6])
        #expect(fixture.refuses(.writeShared(region, offset: 2 * page - 1, bytes: [1, 2])))
        #expect(fixture.refuses(.writeShared(SharedRegionID(rawValue: 4), offset: 0, bytes: [1])))
        try fixture.apply(.resizeShared(region, length: page))
        #expect(fixture.memory.read(first, count: 1).isEmpty, "behind the end of the region")
    }

    // MARK: Comparison

    private func output(_ bytes: [UInt8], at address: GuestAddress, of fixture: Fixture) throws -> OutputDifference? {
        let length = UInt64(bytes.count)
        let check = OutputCheck(length: length) { add in add(bytes) }
        let difference = try fixture.apply(.output(.standardError, address, length: length, check: check))
        guard case .output(let output) = difference else { return nil }
        return output
    }

    /// Though the replay is quiet.
    @Test func outputIsCompared() throws {
        let fixture = try Fixture()
        try fixture.apply(.write(base, bytes: Array("hello".utf8)))
        #expect(try output(Array("hello".utf8), at: base, of: fixture) == nil)
        let difference = try #require(try output(Array("help!".utf8), at: base, of: fixture))
        #expect(difference.offset == 3 && difference.stream == .standardError && difference.length == 5)
        #expect(difference.recorded == Array("help!".utf8) && difference.replayed == Array("hello".utf8))
        // Nothing to compare with: an old recording.
        #expect(try fixture.apply(.output(.standardError, base, length: 5)) == nil)
    }

    @Test(
        arguments: [(0, 0), (511, 0), (512, 512), (5000, 4608), (5119, 4608), (5120, 5120), (5599, 5120)]
            as [(Int, UInt64)])
    func longOutputIsComparedByBlocks(position: Int, block: UInt64) throws {
        let fixture = try Fixture()
        var bytes = (0..<5600).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try fixture.apply(.write(base, bytes: bytes))
        #expect(try output(bytes, at: base, of: fixture) == nil)
        bytes[position] ^= 1
        let difference = try #require(try output(bytes, at: base, of: fixture))
        #expect(difference.offset == block && difference.recorded == nil)
    }

    @Test func outputThatIsNotThereDiffers() throws {
        let fixture = try Fixture()
        let short = try output([1, 2, 3], at: base + 2 * page, of: fixture)
        #expect(short?.offset == 0 && short?.replayed == [])
        let zeros = [UInt8](repeating: 0, count: 1024)
        #expect(try output(zeros, at: base + 2 * page - 512, of: fixture)?.offset == 512)
        #expect(try output(zeros, at: base + 2 * page - 1024, of: fixture) == nil)
    }

    @Test func mappingsAreCompared() throws {
        let fixture = try Fixture()
        func difference(_ mappings: [MappedRange]) throws -> MappingsDifference? {
            let effect = Effect.verifyMemory(MemoryDigest(runs: [], mappings: mappings))
            guard case .mappings(let mappings) = try fixture.apply(effect) else { return nil }
            return mappings
        }
        let pages = MappedRange(start: base, pageCount: 2, protection: 3)
        #expect(try difference([pages]) == nil)
        #expect(try difference([])?.replayed == pages)
        let other = MappedRange(start: base + 16 * page, pageCount: 1, protection: 1)
        #expect(try difference([pages, other])?.recorded == other)
        let readOnly = MappedRange(start: base, pageCount: 2, protection: 1)
        #expect(try difference([readOnly])?.recorded == readOnly)
        let short = MappedRange(start: base + page, pageCount: 1, protection: 3)
        #expect(try difference([short])?.recorded == short)
        // Of a stack only the end is known.
        #expect(try difference([MappedRange(start: base + page, pageCount: 1, protection: 3, isStack: true)]) == nil)
    }

    @Test func memoryIsCompared() throws {
        let fixture = try Fixture()
        try fixture.apply(.write(base + 100, bytes: [1]))
        let digest = MemoryDigest(
            runs: [
                .init(
                    start: base,
                    pageHashes: PageHash.hashes(
                        of: base, pageCount: 2, stackEnds: [], in: fixture.memory, through: fixture.thread.traced.id))
            ])
        #expect(try fixture.apply(.verifyMemory(digest)) == nil)
        try fixture.apply(.write(base + page, bytes: [0]))
        #expect(try fixture.apply(.verifyMemory(digest)) == nil)
        try fixture.apply(.write(base + page + 5, bytes: [1]))
        guard case .memory(let difference) = try fixture.apply(.verifyMemory(digest)) else {
            Issue.record("no difference was found")
            return
        }
        #expect(difference.page == base + page && difference.pageCount == 1 && difference.comparedCount == 2)
        #expect(difference.mapping?.start == base && difference.mapping?.name == "")
        // What is dead does not count.
        var lenient = digest
        lenient.stackEnds = [base + page + 6]
        #expect(try fixture.apply(.verifyMemory(lenient)) == nil)
        try fixture.apply(.unmap(base, length: 2 * EffectApplierTests.page))
        guard case .memory(let gone) = try fixture.apply(.verifyMemory(digest)) else {
            Issue.record("memory that is gone was not missed")
            return
        }
        #expect(gone.pageCount == 2 && gone.mapping == nil)
    }
}
