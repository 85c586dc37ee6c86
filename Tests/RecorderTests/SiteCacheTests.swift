import Codec
import LinuxABI
import MachineCode
import Synchronization
import Testing
import TraceFormat

@testable import Recorder

@Suite struct SiteCacheTests {
    /// Files in memory.
    private final class Files: Sendable {
        let contents = Mutex<[String: [UInt8]]>([:])

        var storage: SiteStorage {
            SiteStorage(
                load: { name in self.contents.withLock { $0[name] } },
                save: { name, bytes in self.contents.withLock { $0[name] = bytes } })
        }
    }

    private let key = SiteCache.Key(
        digest: FileDigest(bytes: [UInt8](repeating: 7, count: FileDigest.size)), offset: 0x1000, length: 0x2000)
    private let offsets = SiteCache.Offsets(
        instructions: [0x10, 0x1FFF], unresolved: [0, 0x20],
        features: [.init(feature: .avx2, offset: 0x30, length: 5), .init(feature: .sha, offset: 0x1FFE, length: 15)],
        choosesByCPU: true)

    @Test func whatIsSavedIsLoaded() {
        let files = Files()
        let cache = SiteCache(storage: files.storage)
        #expect(cache.load(key) == nil)
        cache.save(offsets, for: key)
        #expect(cache.load(key)?.encoded == offsets.encoded)
        var other = key
        other.offset = 0
        #expect(cache.load(other) == nil)
        other = key
        other.length = 0x3000
        #expect(cache.load(other) == nil)
        cache.save(SiteCache.Offsets(), for: other)
        #expect(cache.load(other)?.encoded == SiteCache.Offsets().encoded)
        #expect(cache.load(key)?.encoded == offsets.encoded)
        #expect(files.contents.withLock { $0.keys.allSatisfy { !$0.contains("/") } })
        #expect(SiteCache(storage: nil).load(key) == nil)
    }

    @Test func damagedEntriesAreIgnored() {
        let good = offsets.encoded
        func decoded(_ bytes: [UInt8], limit: UInt64 = 0x2000) -> SiteCache.Offsets? {
            SiteCache.Offsets(decoding: bytes, limit: limit)
        }
        let found = decoded(good)
        #expect(found?.instructions == offsets.instructions && found?.unresolved == offsets.unresolved)
        #expect(found?.features.map(\.feature) == [.avx2, .sha] && found?.features.map(\.offset) == [0x30, 0x1FFE])
        #expect(found?.features.map(\.length) == [5, 15] && found?.choosesByCPU == true)
        #expect(decoded(SiteCache.Offsets(instructions: [1]).encoded)?.choosesByCPU == false)
        for length in 0..<good.count { #expect(decoded(Array(good[..<length])) == nil, "cut at \(length)") }
        for place in good.indices {
            for change in [1, 0x20, 0x80] as [UInt8] {
                var bytes = good
                bytes[place] ^= change
                // The checksum's digits may be capitals.
                let found = decoded(bytes)
                #expect(found == nil || found?.encoded == offsets.encoded, "byte \(place)")
            }
        }
        #expect(decoded(good + good) == nil && decoded(good + [10]) == nil && decoded([10]) == nil)
        // An entry of a longer stretch
        #expect(decoded(good, limit: 0x1FFF) == nil)
    }

    @Test func entriesOfOtherRulesAreIgnored() {
        let text = "xrr code sites 1\ni10"
        let bytes = Array(text.utf8)
        let sum = String(checksum(bytes), radix: 16)
        #expect(SiteCache.Offsets(decoding: bytes + Array("\n\(sum)\n".utf8), limit: 0x2000) == nil)
    }

    /// XXH3 of the bytes, by way of an entry: the last line of what is encoded.
    private func checksum(_ bytes: [UInt8]) -> UInt64 { XXH3.hash(bytes) }

    @Test func damageCostsAScanAndNothingElse() {
        let files = Files()
        let cache = SiteCache(storage: files.storage)
        cache.save(offsets, for: key)
        files.contents.withLock { contents in
            for name in contents.keys { contents[name]?[20] ^= 1 }
        }
        #expect(cache.load(key) == nil)
        cache.save(offsets, for: key)
        #expect(cache.load(key)?.encoded == offsets.encoded)
    }
}
