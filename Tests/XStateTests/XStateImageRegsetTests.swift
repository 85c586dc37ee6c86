import Testing
import XState

/// The rows of the canonical form.
struct XStateImageDecodingTests {
    let layout: XStateLayout
    var generator = SeededGenerator(seed: 3)

    init() throws { layout = try Layouts.zen5 }

    private func decode(_ raw: [UInt8]) throws -> XStateImage { try XStateImage(decoding: raw, layout: layout) }

    @Test func nothingPresentIsTheInitialState() throws {
        var generator = generator
        let raw = Regset.random(layout, present: [], using: &generator)
        let image = try decode(raw)
        #expect(image == (try XStateImage.initial(mask: layout.mask)))
        #expect(image.hex("fcw") == "0x037f")
        #expect(image.hex("mxcsr") == "0x00001f80")
        #expect(image.pkru == 0)
        #expect(image.inUse == [])
    }

    @Test("garbage under a cleared bit of XSTATE_BV reads as initial", arguments: [0, 1, 2, 5, 6, 7, 9])
    func clearedBit(bit: Int) throws {
        var generator = generator
        let component = try #require(XStateComponent(number: bit))
        let raw = Regset.random(layout, present: layout.mask, using: &generator)
        var without = raw
        without.put(layout.mask.rawValue & ~(1 << UInt64(bit)), at: 512)
        let full = try decode(raw)
        let image = try decode(without)
        let initial = try XStateImage.initial(mask: layout.mask)
        // MXCSR stays as long as SSE or AVX is present.
        #expect(full.inUse == layout.mask)
        #expect(image.inUse.contains(component) == (bit == 1))
        if bit == 0 {
            for name in ["fcw", "fsw", "ftw", "fop", "fip", "fdp", "st0", "st7"] {
                #expect(image.hex(name) == initial.hex(name))
            }
        }
        #expect(
            image.differences(from: full).allSatisfy { difference in
                switch bit {
                case 0: difference.component == .x87
                case 9: difference.component == .pkru
                default: difference.component >= .sse && difference.component <= .hi16ZMM
                }
            })
        #expect(image != full)
    }

    @Test func initialVectorPartsAreSpelledOut() throws {
        var generator = generator
        let raw = Regset.random(layout, present: [.sse, .zmmHi256], using: &generator)
        let image = try decode(raw)
        let zmm3 = try #require(image.fields.first { $0.name == "zmm3" })
        #expect(
            zmm3.bytes == Array(raw[160 + 48..<160 + 64]) + [UInt8](repeating: 0, count: 16) + raw[896 + 96..<896 + 128]
        )
    }

    @Test(
        "MXCSR is memory's as soon as SSE or AVX is present",
        arguments: [([], 0x1F80), ([.x87], 0x1F80), ([.opmask], 0x1F80), ([.sse], 0x1FA0), ([.avx], 0x1FA0)]
            as [(XFeatureMask, UInt32)])
    func mxcsr(present: XFeatureMask, expected: UInt32) throws {
        var generator = generator
        #expect(try decode(Regset.random(layout, present: present, using: &generator)).mxcsr == expected)
    }

    @Test func bytesThatMeanNothingAreDropped() throws {
        var generator = generator
        let raw = Regset.random(layout, present: layout.mask, using: &generator)
        let image = try decode(raw)
        var meaningless = [5] + Array(28..<32) + Array(416..<512) + Array(2436..<2440)
        for register in 0..<8 { meaningless += 32 + 16 * register + 10..<48 + 16 * register }
        for offset in meaningless {
            var other = raw
            other[offset] ^= 0xFF
            #expect(try decode(other) == image, "byte \(offset)")
        }
        #expect(try decode(raw + [1, 2, 3]) == image)
    }

    @Test func everyOtherByteCounts() throws {
        var generator = generator
        let raw = Regset.random(layout, present: layout.mask, using: &generator)
        let image = try decode(raw)
        var meaningful = Array(0..<5) + Array(6..<28) + Array(160..<416) + Array(576..<2436)
        for register in 0..<8 { meaningful += 32 + 16 * register..<32 + 16 * register + 10 }
        for offset in meaningful {
            var other = raw
            other[offset] ^= 0x01
            let changed = try decode(other)
            #expect(changed != image, "byte \(offset)")
        }
    }

    @Test func gapsAreDropped() throws {
        let layout = try Layouts.iceLake
        var generator = generator
        let raw = Regset.random(layout, present: layout.mask, using: &generator)
        var other = raw
        for offset in 832..<1088 { other[offset] ^= 0xFF }
        #expect(try XStateImage(decoding: raw, layout: layout) == XStateImage(decoding: other, layout: layout))
    }

    @Test func reservedBytesOfBNDCSRAreDropped() throws {
        let layout = try XStateLayout(
            mask: [.legacy, .mpx],
            locations: [.init(type: 3, size: 64, offset: 960), .init(type: 4, size: 64, offset: 1024)])
        var generator = generator
        let raw = Regset.random(layout, present: layout.mask, using: &generator)
        let image = try XStateImage(decoding: raw, layout: layout)
        #expect(image.fields.first { $0.name == "bndstatus" }?.bytes == Array(raw[1032..<1040]))
        var other = raw
        for offset in 1040..<1088 { other[offset] ^= 0xFF }
        #expect(try XStateImage(decoding: other, layout: layout) == image)
        other[1039] ^= 1
        #expect(try XStateImage(decoding: other, layout: layout).differences(from: image).map(\.field) == ["bndstatus"])
    }

    @Test func randomBuffersNeverTrap() {
        var generator = generator
        var accepted = 0
        for round in 0..<2000 {
            var raw = generator.bytes(Int.random(in: 2300...2500, using: &generator))
            if round % 2 == 0 { for offset in 514..<576 { raw[offset] = 0 } }
            raw[512] &= 0xE7
            raw[513] &= 0x02
            guard let image = try? decode(raw) else { continue }
            accepted += 1
            #expect((try? XStateImage(mask: image.mask, stored: image.bytes)) == image)
        }
        #expect(accepted > 100)
    }

    @Test func compactedFormatIsRefused() throws {
        var raw = Regset.fresh(layout)
        raw.put(1 << 63 | 7 as UInt64, at: 520)
        #expect(throws: XStateError.compacted(1 << 63 | 7)) { try decode(raw) }
        #expect(throws: XStateError.compacted(1 << 63 | 7)) { try XStateImage.componentsInUse(inRegset: raw) }
    }

    @Test(arguments: 528..<576) func reservedHeaderIsRefused(offset: Int) throws {
        var raw = Regset.fresh(layout)
        raw[offset] = 1
        #expect(throws: XStateError.reservedHeader) { try decode(raw) }
    }

    @Test(arguments: [3, 8, 10, 17, 62, 63]) func unknownBitsAreRefused(bit: UInt64) throws {
        var raw = Regset.fresh(layout)
        raw.put(1 << bit | 1 as UInt64, at: 512)
        #expect(throws: XStateError.unknownComponents(XFeatureMask(rawValue: 1 << bit))) { try decode(raw) }
    }

    @Test(arguments: [0, 1, 415, 512, 575, 576, 2439]) func truncatedBuffersAreRefused(count: Int) throws {
        let raw = Array(Regset.fresh(layout).prefix(count))
        #expect(throws: XStateError.truncated(expected: 2440, actual: count)) { try decode(raw) }
    }

    @Test func aSmallerMaskDropsTheRest() throws {
        var generator = generator
        let raw = Regset.random(layout, present: layout.mask, using: &generator)
        let image = try XStateImage(decoding: raw, layout: layout, mask: [.legacy, .avx])
        #expect(image.bytes.count == 416 + 256)
        #expect(Array(image.bytes[416...]) == Array(raw[576..<832]))
        #expect(image.pkru == nil)
        #expect(try XStateImage.componentsInUse(inRegset: raw) == layout.mask)
        #expect(throws: XStateError.unavailable(.amx)) {
            try XStateImage(decoding: raw, layout: layout, mask: [.legacy, .amx])
        }
    }
}

/// Writing a canonical state on another CPU.
struct XStateImageEncodingTests {
    var generator = SeededGenerator(seed: 4)

    private func image(_ present: XFeatureMask) throws -> XStateImage {
        var generator = generator
        let layout = try Layouts.zen5
        return try XStateImage(
            decoding: Regset.random(layout, present: present, using: &generator), layout: layout)
    }

    @Test func presentBitsAreLegacyValuesInUseAndPKRU() throws {
        let layout = try Layouts.iceLake
        var raw = Regset.fresh(layout)
        try image([]).encode(into: &raw, layout: layout)
        #expect(raw.get(512, as: UInt64.self) == 0x203)
        #expect(raw.get(2688, as: UInt32.self) == 0)
        try image([.sse, .opmask]).encode(into: &raw, layout: layout)
        #expect(raw.get(512, as: UInt64.self) == 0x223)
        try image([.hi16ZMM, .avx, .pkru]).encode(into: &raw, layout: layout)
        #expect(raw.get(512, as: UInt64.self) == 0x287)
    }

    @Test func whatBelongsToTheTargetStays() throws {
        let layout = try Layouts.iceLake
        var raw = Regset.fresh(layout)
        let fresh = raw
        for offset in 512..<layout.size { raw[offset] = 0xEE }
        try image(try Layouts.zen5.mask).encode(into: &raw, layout: layout)
        #expect(raw.count == fresh.count)
        #expect(raw[28..<32] == fresh[28..<32])
        #expect(raw[416..<512] == fresh[416..<512])
        #expect(raw[520..<576].allSatisfy { $0 == 0 })
    }

    @Test func thePKRUOfTheExecStopMustBeSet() throws {
        let layout = try Layouts.zen5
        var image = try XStateImage(decoding: Regset.fresh(layout), layout: layout)
        #expect(image.pkru == 0)
        image.pkru = XStateImage.linuxInitialPKRU
        #expect(image.hex("pkru") == "0x55555554")
        var raw = Regset.fresh(layout)
        try image.encode(into: &raw, layout: layout)
        #expect(raw.get(512, as: UInt64.self) == 0x203)
        #expect(raw.get(2432, as: UInt32.self) == 0x5555_5554)
    }

    @Test func anImageWithoutPKRUKeepsLinuxsDefault() throws {
        let layout = try Layouts.zen5
        var raw = Regset.fresh(layout)
        for offset in 2432..<2440 { raw[offset] = 0xAA }
        var narrow = try XStateImage.initial(mask: [.legacy, .avx])
        narrow.pkru = 7
        #expect(narrow.pkru == nil)
        try narrow.encode(into: &raw, layout: layout)
        #expect(raw.get(512, as: UInt64.self) == 0x203)
        #expect(raw.get(2432, as: UInt64.self) == 0x5555_5554)
    }

    @Test func componentsInUseThatAreMissingAreErrors() throws {
        let avx = try Layouts.avx
        var raw = Regset.fresh(avx)
        let before = raw
        #expect(throws: XStateError.notConvertible([.opmask, .hi16ZMM])) {
            try image([.sse, .avx, .opmask, .hi16ZMM]).encode(into: &raw, layout: avx)
        }
        #expect(raw == before)
        try image([.sse, .avx]).encode(into: &raw, layout: avx)
        #expect(raw.get(512, as: UInt64.self) == 7)
    }

    @Test(arguments: [(0, true), (0x5555_5554, true), (0x5555_5550, false), (1, false)])
    func pkruMayBeDroppedIfWithoutEffect(value: UInt32, fits: Bool) throws {
        let avx = try Layouts.avx
        var raw = Regset.fresh(avx)
        var image = try XStateImage.initial(mask: try Layouts.zen5.mask)
        image.pkru = value
        #expect(image.obstacles(to: avx.mask) == (fits ? [] : .pkru))
        if fits {
            try image.encode(into: &raw, layout: avx)
            #expect(raw.get(512, as: UInt64.self) == 3)
        } else {
            #expect(throws: XStateError.notConvertible(.pkru)) { try image.encode(into: &raw, layout: avx) }
        }
    }

    @Test(
        arguments: [
            (0x0002_1F80, 0x2FFFF, true), (0x0002_1F80, 0xFFFF, false), (0x0001_1F80, 0x2FFFF, false),
            (0x1FC0, 0, true), (0x0002_1F80, 0, false),
        ] as [(UInt32, UInt32, Bool)])
    func mxcsrBits(value: UInt32, mask: UInt32, fits: Bool) throws {
        let layout = try Layouts.avx
        var raw = Regset.fresh(layout)
        raw.put(3 as UInt64, at: 512)
        raw.put(value, at: 24)
        let image = try XStateImage(decoding: raw, layout: layout)
        var target = Regset.fresh(layout)
        target.put(mask, at: 28)
        if fits {
            try image.encode(into: &target, layout: layout)
            #expect(target.get(24, as: UInt32.self) == value)
        } else {
            let effective: UInt32 = mask == 0 ? 0xFFFF : mask
            #expect(throws: XStateError.unsupportedMXCSR(value, mask: effective)) {
                try image.encode(into: &target, layout: layout)
            }
        }
    }

    @Test func truncatedTarget() throws {
        let layout = try Layouts.avx
        var raw = [UInt8](repeating: 0, count: 831)
        #expect(throws: XStateError.truncated(expected: 832, actual: 831)) {
            try XStateImage.initial(mask: .legacy).encode(into: &raw, layout: layout)
        }
    }

    @Test func zen2sPhantomPKRUIsWrittenWithinItsPlace() throws {
        let layout = try XStateLayout(
            mask: [.legacy, .avx, .pkru], locations: [Layouts.avxLocation, .init(type: 9, size: 64, offset: 832)])
        var raw = Regset.fresh(layout)
        var image = try XStateImage.initial(mask: layout.imageMask)
        image.pkru = 0x1234
        try image.encode(into: &raw, layout: layout)
        #expect(raw.get(832, as: UInt64.self) == 0x1234)
        #expect(try XStateImage(decoding: raw, layout: layout) == image)
    }
}
