import Testing
import XState

struct XStateDeltaTests {
    static let masks: [XFeatureMask] = [.legacy, [.legacy, .avx], [.legacy, .avx, .avx512, .pkru], .storable]

    /// Changes random words outside of the padding.
    private func changed(_ image: XStateImage, count: Int, using generator: inout SeededGenerator) throws -> XStateImage
    {
        var bytes = image.bytes
        for _ in 0..<count {
            let offset = Int.random(in: 160..<bytes.count, using: &generator)
            let old = bytes
            bytes[offset] = UInt8(truncatingIfNeeded: generator.next())
            if (try? XStateImage(mask: image.mask, stored: bytes)) == nil { bytes = old }
        }
        return try XStateImage(mask: image.mask, stored: bytes)
    }

    @Test func everyChangeSurvivesTheRoundTrip() throws {
        var generator = SeededGenerator(seed: 9)
        for mask in Self.masks {
            var previous = try XStateImage.initial(mask: mask)
            for _ in 0..<200 {
                let next = try changed(previous, count: Int.random(in: 0...60, using: &generator), using: &generator)
                let delta = next.delta(from: previous)
                var encoded: [UInt8] = [0xAA]
                delta.encode(into: &encoded)
                encoded += [1, 2, 3]
                var input = encoded.dropFirst()
                let decoded = try XStateDelta(decoding: &input)
                #expect(decoded == delta)
                #expect(Array(input) == [1, 2, 3])
                var image = previous
                try image.apply(decoded)
                #expect(image == next)
                #expect(delta.isEmpty == (next == previous))
                previous = next
            }
        }
    }

    @Test func everySingleByteIsSeen() throws {
        let image = try XStateImage.initial(mask: [.legacy, .avx])
        for offset in Array(160..<image.bytes.count) + [0, 1, 2, 4, 6, 24, 32] {
            var bytes = image.bytes
            bytes[offset] ^= 0x80
            let next = try XStateImage(mask: image.mask, stored: bytes)
            var encoded: [UInt8] = []
            next.delta(from: image).encode(into: &encoded)
            #expect(encoded.count <= 1 + 2 + 1 + 8)
            var copy = image
            var input = encoded[...]
            try copy.apply(XStateDelta(decoding: &input))
            #expect(copy == next)
        }
    }

    @Test func noChangeTakesOneByte() throws {
        let image = try XStateImage.initial(mask: [.legacy, .avx])
        let equal = try XStateImage(mask: image.mask, stored: Array(image.bytes))
        var encoded: [UInt8] = []
        equal.delta(from: image).encode(into: &encoded)
        #expect(encoded == [0])
    }

    @Test func everyTruncationIsRefused() throws {
        var generator = SeededGenerator(seed: 10)
        let image = try XStateImage.initial(mask: [.legacy, .avx])
        var encoded: [UInt8] = []
        try changed(image, count: 20, using: &generator).delta(from: image).encode(into: &encoded)
        for count in 0..<encoded.count {
            var input = encoded[..<count]
            #expect(throws: XStateError.self) { try XStateDelta(decoding: &input) }
            #expect(input.count == count)
        }
    }

    @Test(
        "damage is found where it is",
        arguments: [
            ([], 0), ([0x80], 0), ([0x80, 0x00], 0), ([0xFF, 0xFF, 0xFF, 0xFF, 0x7F], 0), ([1], 1), ([1, 0, 0], 3),
            ([1, 0xFF, 0x7F, 1], 1), ([2, 0, 1, 0, 1], 5), ([1, 0xC5, 0x0A, 1], 4), ([1, 0, 1, 9, 9], 3),
        ] as [([UInt8], Int)])
    func damage(bytes: [UInt8], offset: Int) {
        var input = bytes[...]
        #expect(throws: XStateError.damagedDelta(offset: offset)) { try XStateDelta(decoding: &input) }
    }

    @Test func aDeltaOfALargerImageIsForeign() throws {
        let wide = try XStateImage.initial(mask: [.legacy, .avx])
        var bytes = wide.bytes
        bytes[671] = 1
        let delta = try XStateImage(mask: wide.mask, stored: bytes).delta(from: wide)
        var narrow = try XStateImage.initial(mask: .legacy)
        let before = narrow
        #expect(throws: XStateError.foreignDelta) { try narrow.apply(delta) }
        #expect(narrow == before)
    }

    @Test func aDeltaThatTouchesPaddingIsForeign() throws {
        var input: ArraySlice<UInt8> = [1, 3, 1, 0x80, 0x1F, 0, 0, 1, 0, 0, 0]
        let delta = try XStateDelta(decoding: &input)
        var image = try XStateImage.initial(mask: .legacy)
        #expect(throws: XStateError.foreignDelta) { try image.apply(delta) }
    }

    @Test func randomBytesNeverTrap() throws {
        var generator = SeededGenerator(seed: 11)
        let initial = try XStateImage.initial(mask: [.legacy, .avx, .pkru])
        var accepted = 0
        for round in 0..<30_000 {
            var bytes = generator.bytes(Int.random(in: 0...64, using: &generator))
            // Half of them begin like a real one, or next to nothing would get past the first numbers.
            if round % 2 == 0 { bytes = [1, UInt8.random(in: 0...90, using: &generator), 1] + bytes }
            var input = bytes[...]
            guard let delta = try? XStateDelta(decoding: &input) else { continue }
            var image = initial
            guard (try? image.apply(delta)) != nil else { continue }
            accepted += 1
            #expect((try? XStateImage(mask: image.mask, stored: image.bytes)) != nil)
        }
        #expect(accepted > 1000)
    }
}
