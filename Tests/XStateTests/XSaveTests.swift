import Testing

@testable import XState

/// What XSAVE, XSAVEC, FXSAVE and XRSTOR do to memory and registers: SDM volume 1, chapter 13.
struct XSaveTests {
    private static let fill: UInt8 = 0xA5

    private func area(_ writes: [XStateImage.AreaWrite], count: Int = 4096) -> [UInt8] {
        var area = [UInt8](repeating: Self.fill, count: count)
        area.replaceSubrange(512..<576, with: [UInt8](repeating: 0, count: 64))
        for write in writes { area.replaceSubrange(write.offset..<write.offset + write.bytes.count, with: write.bytes) }
        return area
    }

    /// A state in which all bytes count.
    private func state(_ layout: XStateLayout, seed: UInt64 = 1) throws -> XStateImage {
        var generator = SeededGenerator(seed: seed)
        var image = try XStateImage.initial(mask: layout.mask.intersection(.storable))
        image.bytes = generator.bytes(image.bytes.count)
        image.bytes[5] = 0
        for offset in 6..<24 { image.bytes[offset] = 0 }
        image.bytes.store(UInt32(0x3FA0), at: 24)
        for offset in 28..<32 { image.bytes[offset] = 0 }
        for offset in 32..<160 where offset % 16 >= 10 { image.bytes[offset] = 0 }
        if let range = image.range(of: .pkru) { image.bytes.clear(range.lowerBound + 4..<range.upperBound) }
        #expect(image.isCanonical)
        return image
    }

    private static func layouts() throws -> [XStateLayout] {
        [
            try Layouts.avx, try Layouts.zen5, try Layouts.iceLake,
            try XStateLayout(mask: .legacy, locations: []),
            try XStateLayout(
                mask: [.legacy, .avx, XFeatureMask(rawValue: 0x60000)],
                locations: [
                    Layouts.avxLocation, .init(type: 17, size: 64, offset: 2752, flags: 2),
                    .init(type: 18, size: 8192, offset: 2816, flags: 2),
                ]),
        ]
    }

    // MARK: Writes

    @Test func onlyWhatIsAskedForIsWritten() throws {
        let layout = try Layouts.zen5
        let image = try state(layout)
        for asked in UInt64(0)..<0x400 {
            let requested = XFeatureMask(rawValue: asked).intersection(layout.mask)
            let area = area(image.savedArea(requested, keeping: 0, layout: layout))
            func isUntouched(_ range: Range<Int>) -> Bool { area[range].allSatisfy { $0 == Self.fill } }
            #expect(
                isUntouched(0..<24) == !requested.contains(.x87) && isUntouched(32..<160) == !requested.contains(.x87))
            // MXCSR and its mask with SSE or AVX, whose registers XSAVE keeps apart.
            let hasControl = requested.contains(.sse) || requested.contains(.avx)
            #expect(isUntouched(24..<32) == !hasControl)
            #expect(isUntouched(160..<416) == !requested.contains(.sse))
            #expect(isUntouched(416..<512))
            for location in layout.locations {
                let component = try #require(location.component)
                #expect(isUntouched(location.range) == !requested.contains(component), "\(component) of \(requested)")
                guard requested.contains(component), let range = image.range(of: component) else { continue }
                #expect(Array(area[location.range]) == Array(image.bytes[range]))
            }
            #expect(area.get(512) == requested.rawValue)
            #expect(area[520..<576].allSatisfy { $0 == 0 })
            #expect(isUntouched(layout.size..<area.count))
        }
    }

    @Test func theHeaderKeepsWhatIsNotAskedFor() throws {
        let layout = try Layouts.avx
        let image = try state(layout)
        let kept = area(image.savedArea(.avx, keeping: 0x8000_0000_0000_0207, layout: layout))
        #expect(kept.get(512, as: UInt64.self) == 0x8000_0000_0000_0207)
        #expect(area(image.savedArea(.avx, keeping: 0x201, layout: layout)).get(512, as: UInt64.self) == 0x205)
        // The compacted format keeps nothing.
        let compact = area(image.compactedArea(.avx, layout: layout))
        #expect(compact.get(512, as: UInt64.self) == 4 && compact.get(520, as: UInt64.self) == 1 << 63 | 4)
    }

    @Test func theLegacyAreaSaysNothingOfTheModel() throws {
        let layout = try Layouts.avx
        var image = try state(layout)
        // Pointers of the last x87 instruction, which models write differently
        for offset in 6..<24 { image.bytes[offset] = 0x77 }
        let area = area(image.savedArea([.legacy, .avx], keeping: 0, layout: layout))
        #expect(area[6..<24].allSatisfy { $0 == 0 })
        #expect(area.get(28, as: UInt32.self) == 0xFFFF)
        #expect(area.get(24, as: UInt32.self) == 0x3FA0)
        #expect(Array(area[0..<5]) == Array(image.bytes[0..<5]) && area[5] == 0)
        let legacy = self.area(image.legacyArea)
        #expect(legacy[..<416] == area[..<416])
        #expect(legacy[416..<512].allSatisfy { $0 == Self.fill } && legacy[576...].allSatisfy { $0 == Self.fill })
        #expect(legacy.get(512, as: UInt64.self) == 0)
    }

    @Test func compactedAreasHaveNoGapsButForAlignment() throws {
        for layout in try Self.layouts() {
            let image = try state(layout)
            let area = area(image.compactedArea(layout.mask, layout: layout), count: 12288)
            var offset = 576
            for location in layout.locations {
                guard let component = location.component, let range = image.range(of: component) else { continue }
                if [17, 18].contains(component.number) { offset = (offset + 63) / 64 * 64 }
                #expect(Array(area[offset..<offset + range.count]) == Array(image.bytes[range]), "\(component)")
                offset += range.count
            }
            #expect(area[offset...].allSatisfy { $0 == Self.fill })
        }
        // Without AVX the next comes first.
        let layout = try Layouts.zen5
        let image = try state(layout)
        let area = area(image.compactedArea([.legacy, XFeatureMask(.opmask)], layout: layout))
        #expect(Array(area[576..<640]) == Array(image.bytes[try #require(image.range(of: .opmask))]))
        // MXCSR belongs to SSE alone in this format.
        let onlyAVX = self.area(image.compactedArea(.avx, layout: layout))
        #expect(onlyAVX[24..<32].allSatisfy { $0 == Self.fill })
    }

    // MARK: Restores

    @Test func whatWasSavedComesBack() throws {
        for layout in try Self.layouts() {
            let image = try state(layout, seed: 2)
            let other = try state(layout, seed: 3)
            let writes = [
                image.savedArea(layout.mask, keeping: 0, layout: layout),
                image.compactedArea(layout.mask, layout: layout),
            ]
            for write in writes {
                let area = area(write, count: layout.maximumAreaLength)
                #expect(other.restored(from: area, layout.mask, layout: layout) == image)
                #expect(other.restored(from: area, [], layout: layout) == other)
            }
        }
    }

    @Test func onlyWhatIsAskedForComesBack() throws {
        let layout = try Layouts.zen5
        let (image, other) = (try state(layout, seed: 4), try state(layout, seed: 5))
        let saved = area(image.savedArea(layout.mask, keeping: 0, layout: layout))
        for asked in UInt64(0)..<0x400 {
            let requested = XFeatureMask(rawValue: asked).intersection(layout.mask)
            let result = try #require(other.restored(from: saved, requested, layout: layout))
            func isFrom(_ source: XStateImage, _ range: Range<Int>) -> Bool {
                result.bytes[range] == source.bytes[range]
            }
            #expect(isFrom(requested.contains(.x87) ? image : other, 0..<24))
            #expect(isFrom(requested.contains(.x87) ? image : other, 32..<160))
            #expect(isFrom(requested.contains(.sse) ? image : other, 160..<416))
            for location in layout.locations {
                guard let component = location.component, let range = image.range(of: component) else { continue }
                #expect(isFrom(requested.contains(component) ? image : other, range), "\(component) of \(requested)")
            }
        }
    }

    @Test func whatAnAreaDoesNotHoldBecomesInitial() throws {
        let layout = try Layouts.zen5
        let (image, other) = (try state(layout, seed: 6), try state(layout, seed: 7))
        var saved = area(image.savedArea(layout.mask, keeping: 0, layout: layout))
        saved.put(UInt64(0), at: 512)
        var expected = try XStateImage.initial(mask: image.mask)
        // The standard format has MXCSR at its place whether or not the header counts SSE; the compacted one has not.
        expected.bytes.store(UInt32(0x3FA0), at: 24)
        #expect(other.restored(from: saved, layout.mask, layout: layout) == expected)
        var compact = area(image.compactedArea(layout.mask, layout: layout))
        compact.put(UInt64(0), at: 512)
        #expect(other.restored(from: compact, layout.mask, layout: layout) == (try .initial(mask: image.mask)))
        // Half of it
        saved.put(UInt64(0x22), at: 512)
        let half = try #require(other.restored(from: saved, layout.mask, layout: layout))
        #expect(half.inUse == [.sse, XFeatureMask(.opmask)])
        #expect(half.bytes[160..<416] == image.bytes[160..<416])
    }

    @Test func theControlRegisterComesWithSSEOrAVX() throws {
        let layout = try Layouts.avx
        let (image, other) = (try state(layout), try XStateImage.initial(mask: [.legacy, .avx]))
        let saved = area(image.savedArea(layout.mask, keeping: 0, layout: layout))
        let compact = area(image.compactedArea(layout.mask, layout: layout))
        for (requested, standard, compacted) in [
            (.x87, 0x1F80, 0x1F80), (.sse, 0x3FA0, 0x3FA0), (.avx, 0x3FA0, 0x1F80), ([.x87, .avx], 0x3FA0, 0x1F80),
        ] as [(XFeatureMask, UInt32, UInt32)] {
            #expect(other.restored(from: saved, requested, layout: layout)?.mxcsr == standard, "\(requested)")
            #expect(other.restored(from: compact, requested, layout: layout)?.mxcsr == compacted, "\(requested)")
        }
    }

    @Test func badAreasAreRefused() throws {
        let layout = try Layouts.avx
        let image = try state(layout)
        let saved = area(image.savedArea(layout.mask, keeping: 0, layout: layout))
        let compact = area(image.compactedArea(layout.mask, layout: layout))
        func isRefused(_ area: [UInt8], _ change: (inout [UInt8]) -> Void, asking: XFeatureMask = [.legacy, .avx])
            -> Bool
        {
            var changed = area
            change(&changed)
            return image.restored(from: changed, asking, layout: layout) == nil
        }
        for area in [saved, compact] {
            #expect(!isRefused(area, { _ in }))
            // XSTATE_BV beyond XCR0, whether it is asked for or not
            #expect(isRefused(area, { $0.put(UInt64(0x207), at: 512) }))
            #expect(isRefused(area, { $0.put(UInt64(0xF), at: 512) }, asking: .x87))
            // The first reserved bytes
            #expect(isRefused(area, { $0[528] = 1 }, asking: .x87) && isRefused(area, { $0[535] = 1 }))
            // Bits that no portable MXCSR has: where it is loaded
            #expect(isRefused(area, { $0.put(UInt32(0x2_1F80), at: 24) }))
            #expect(!isRefused(area, { $0.put(UInt32(0x2_1F80), at: 24) }, asking: .x87))
            #expect(isRefused(Array(area[..<575]), { _ in }))
        }
        // XCOMP_BV of the standard format is zero; of the compacted one, it has all that XSTATE_BV has and not more
        // than XCR0.
        #expect(isRefused(saved, { $0[520] = 1 }))
        #expect(isRefused(compact, { $0.put(UInt64(1) << 63 | 3, at: 520) }))
        #expect(isRefused(compact, { $0.put(UInt64(1) << 63 | 0x27, at: 520) }))
        // The rest of the header is reserved in the compacted format only.
        #expect(isRefused(compact, { $0[575] = 1 }) && !isRefused(saved, { $0[575] = 1 }))
        // The area ends before what it is to hold.
        #expect(image.restored(from: Array(saved[..<800]), [.legacy, .avx], layout: layout) == nil)
        #expect(image.restored(from: Array(saved[..<800]), .legacy, layout: layout) != nil)
    }

    @Test func theLongestAreas() throws {
        #expect(try Layouts.avx.maximumAreaLength == 832)
        #expect(try Layouts.zen5.maximumAreaLength == 2440)
        #expect(try Layouts.iceLake.maximumAreaLength == 2696)
        #expect(try XStateLayout(mask: .legacy, locations: []).maximumAreaLength == 576)
    }
}
