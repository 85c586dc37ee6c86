import Testing
import XState

struct XStateImageTests {
    static let wide: XFeatureMask = .storable

    private func random(_ mask: XFeatureMask, seed: UInt64) throws -> XStateImage {
        var generator = SeededGenerator(seed: seed)
        let initial = try XStateImage.initial(mask: mask)
        var bytes = generator.bytes(initial.bytes.count)
        bytes[5] = 0
        for offset in 28..<32 { bytes[offset] = 0 }
        for offset in 32..<160 where offset % 16 >= 10 { bytes[offset] = 0 }
        for (component, used) in [(XStateComponent.bndcsr, 16), (.pkru, 4)] where mask.contains(component) {
            let below = XFeatureMask(rawValue: 1 << component.number - 1)
            let start = XStateImage.byteCount(mask.intersection(below))
            for offset in start + used..<start + (component.imageSize ?? 0) { bytes[offset] = 0 }
        }
        return try XStateImage(mask: mask, stored: bytes)
    }

    @Test func sizes() throws {
        #expect(XStateImage.byteCount([.legacy]) == 416)
        #expect(XStateImage.byteCount([.legacy, .avx]) == 672)
        #expect(XStateImage.byteCount(Self.wide) == 416 + 256 + 64 + 64 + 64 + 512 + 1024 + 8 + 64 + 8192 + 128)
    }

    @Test func masksThatNoImageCanHave() {
        #expect(throws: XStateError.illegalMask([.x87])) { try XStateImage.initial(mask: [.x87]) }
        #expect(throws: XStateError.unstorable(.lwp)) { try XStateImage.initial(mask: [.legacy, .lwp]) }
        #expect(throws: XStateError.unstorable(XFeatureMask(rawValue: 0x800))) {
            try XStateImage.initial(mask: XFeatureMask(rawValue: 0x803))
        }
    }

    @Test(arguments: [5, 28, 31, 42, 47, 159, 416 + 256 + 4, 416 + 256 + 7])
    func storedBytesMustBeCanonical(offset: Int) throws {
        let mask: XFeatureMask = [.legacy, .avx, .pkru]
        var bytes = try XStateImage.initial(mask: mask).bytes
        #expect(try XStateImage(mask: mask, stored: bytes) == XStateImage.initial(mask: mask))
        bytes[offset] = 1
        #expect(throws: XStateError.damagedImage) { try XStateImage(mask: mask, stored: bytes) }
        #expect(throws: XStateError.damagedImage) { try XStateImage(mask: mask, stored: bytes.dropLast()) }
    }

    @Test func fieldsShowEveryMeaningfulByteOnce() throws {
        for mask in [Self.wide, [.legacy], [.legacy, .avx], [.legacy, .mpx]] as [XFeatureMask] {
            let fields = try random(mask, seed: 5).fields
            let padding = 1 + 4 + 8 * 6 + (mask.contains(.pkru) ? 4 : 0) + (mask.contains(.mpx) ? 48 : 0)
            #expect(fields.reduce(0) { $0 + $1.bytes.count } == XStateImage.byteCount(mask) - padding)
            #expect(Set(fields.map(\.name)).count == fields.count)
        }
    }

    @Test func vectorRegistersHaveTheGreatestWidth() throws {
        let names = { (mask: XFeatureMask) in try XStateImage.initial(mask: mask).fields.map(\.name) }
        #expect(try names(.legacy).contains("xmm15"))
        #expect(try names([.legacy, .avx]).contains("ymm15"))
        let wide = try names(Self.wide)
        for name in ["zmm0", "zmm31", "k7", "bnd3", "bndcfgu", "bndstatus", "pkru", "tilecfg", "tmm7", "r16", "r31"] {
            #expect(wide.contains(name))
        }
        #expect(!wide.contains("ymm0"))
    }

    @Test func hexIsTheNumberOfFullWidth() {
        let field = XStateField(component: .sse, name: "x", bytes: [0x0F, 0, 0xA0])
        #expect(field.hex == "0xa0000f")
    }

    @Test func descriptionIsShort() throws {
        #expect(try XStateImage.initial(mask: [.legacy, .avx]).description == "xstate x87|SSE|AVX, in use: none")
    }

    @Test func equalityDependsOnEveryByte() throws {
        let image = try random([.legacy, .avx, .avx512], seed: 6)
        let copy = try XStateImage(mask: image.mask, stored: Array(image.bytes))
        #expect(image == copy)
        #expect(image.hashValue == copy.hashValue)
        let narrow = try XStateImage.initial(mask: .legacy)
        #expect(try narrow != XStateImage.initial(mask: [.legacy, .avx]))
    }

    @Test func differencesNameTheRegister() throws {
        let expected = try XStateImage.initial(mask: [.legacy, .avx, .pkru])
        var bytes = expected.bytes
        bytes[24] = 0xA0
        bytes[416 + 16 * 5] = 0x42
        var actual = try XStateImage(mask: expected.mask, stored: bytes)
        actual.pkru = 4
        let ymm5 = "0x" + String(repeating: "0", count: 30) + "42" + String(repeating: "0", count: 32)
        #expect(
            actual.differences(from: expected) == [
                .init(component: .sse, field: "mxcsr", expected: "0x00001f80", actual: "0x00001fa0"),
                .init(component: .avx, field: "ymm5", expected: "0x" + String(repeating: "0", count: 64), actual: ymm5),
                .init(component: .pkru, field: "pkru", expected: "0x00000000", actual: "0x00000004"),
            ])
        #expect(actual.differences(from: expected, ignoring: .pkru).count == 2)
        #expect(expected.differences(from: expected).isEmpty)
    }

    @Test func x87PointersCanBeIgnored() throws {
        let expected = try XStateImage.initial(mask: [.legacy, .avx])
        for (offset, name) in [(6, "fop"), (7, "fop"), (8, "fip"), (15, "fip"), (16, "fdp"), (23, "fdp")] {
            var bytes = expected.bytes
            bytes[offset] = 1
            let actual = try XStateImage(mask: expected.mask, stored: bytes)
            #expect(!actual.matches(expected))
            #expect(actual.differences(from: expected).map(\.field) == [name])
            #expect(actual.matches(expected, ignoring: .x87Pointers))
            #expect(actual.differences(from: expected, ignoring: .x87Pointers).isEmpty)
        }
        for offset in [0, 2, 4, 24, 32, 160] {
            var bytes = expected.bytes
            bytes[offset] ^= 1
            let actual = try XStateImage(mask: expected.mask, stored: bytes)
            #expect(!actual.matches(expected, ignoring: [.x87Pointers, .pkru, .mask]))
        }
    }

    @Test func masksCanBeIgnored() throws {
        let narrow = try random([.legacy, .avx], seed: 7)
        let wide = try narrow.converted(to: [.legacy, .avx, .avx512, .pkru])
        #expect(wide.pkru == XStateImage.linuxInitialPKRU)
        #expect(!narrow.matches(wide))
        #expect(narrow.matches(wide, ignoring: .mask))
        #expect(wide.matches(narrow, ignoring: .mask))
        #expect(narrow.differences(from: wide).map(\.field) == ["mask"])
        #expect(try wide.converted(to: narrow.mask) == narrow)
        #expect(throws: XStateError.notConvertible(.avx)) { try narrow.converted(to: .legacy) }
    }

    @Test func conversionKeepsEveryComponent() throws {
        let image = try random([.legacy, .avx, .pkru, .apx], seed: 8)
        let wide = try image.converted(to: .storable)
        #expect(try wide.converted(to: image.mask) == image)
        #expect(wide.inUse == image.inUse)
        for name in ["st0", "pkru", "r16", "r31"] { #expect(wide.hex(name) == image.hex(name)) }
    }
}
