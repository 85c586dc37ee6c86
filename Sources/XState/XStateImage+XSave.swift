/// What the instructions of the XSAVE family do (SDM volume 1, chapter 13), computed on the canonical state.
///
/// The processor may track a component as in use although it is in its initial state, and does so differently from run
/// to run (XINUSE). Here every component asked for counts as in use: that is one of the answers the processor may give,
/// and always the same one.
extension XStateImage {
    /// One piece of an XSAVE area.
    package struct AreaWrite: Hashable, Sendable {
        /// In bytes from the start of the area.
        package var offset: Int
        package var bytes: [UInt8]
    }

    /// Where bits of the area's header are, in bytes from the area's start (SDM volume 1, section 13.4.2).
    package enum AreaHeader {
        package static let presentOffset = 512
        package static let compactionOffset = 520
        package static let end = 576
    }

    /// MXCSR_MASK as every processor with XSAVE allows it; some have more bits, which portable programs do not set.
    private static let portableMXCSRMask: UInt32 = 0xFFFF

    /// What XSAVE and XSAVEOPT write. The pointers of the x87 state are zero: which processors write them when differs.
    ///
    /// - Parameters:
    ///   - requested: RFBM: EDX:EAX of the instruction and XCR0.
    ///   - present: XSTATE_BV of the area as it is; bits that are not requested are kept.
    ///   - layout: where the components stand.
    package func savedArea(
        _ requested: XFeatureMask, keeping present: UInt64, layout: XStateLayout
    ) -> [AreaWrite] {
        var writes = legacyWrites(requested, hasControl: !requested.isDisjoint(with: [.sse, .avx]))
        for location in layout.locations {
            guard let component = location.component, requested.contains(component) else { continue }
            writes.append(AreaWrite(offset: Int(location.offset), bytes: value(of: component)))
        }
        let header = present & ~requested.rawValue | requested.rawValue
        writes.append(AreaWrite(offset: AreaHeader.presentOffset, bytes: header.littleEndianBytes))
        return writes
    }

    /// What FXSAVE writes (SDM volume 1, section 10.5.1), with zeros for the pointers of the x87 state and for what is
    /// reserved behind each of its registers.
    package var legacyArea: [AreaWrite] { legacyWrites([.x87, .sse], hasControl: true) }

    /// What XSAVEC writes: the compacted format.
    package func compactedArea(_ requested: XFeatureMask, layout: XStateLayout) -> [AreaWrite] {
        var writes = legacyWrites(requested, hasControl: requested.contains(.sse))
        layout.forEachCompacted(requested) { component, offset in
            writes.append(AreaWrite(offset: offset, bytes: value(of: component)))
        }
        let format = requested.rawValue | XStateLayout.compactedBit
        writes.append(
            AreaWrite(
                offset: AreaHeader.presentOffset, bytes: requested.rawValue.littleEndianBytes + format.littleEndianBytes
            ))
        return writes
    }

    private func legacyWrites(_ requested: XFeatureMask, hasControl: Bool) -> [AreaWrite] {
        var writes: [AreaWrite] = []
        if requested.contains(.x87) {
            // FCW, FSW, FTW; FOP, FIP and FDP as zeros.
            writes.append(AreaWrite(offset: 0, bytes: Array(bytes[..<Legacy.fop]) + Self.zeros[..<18]))
            writes.append(AreaWrite(offset: Legacy.st, bytes: Array(bytes[Legacy.st..<Legacy.xmm])))
        }
        if hasControl {
            writes.append(
                AreaWrite(
                    offset: Legacy.mxcsr, bytes: mxcsr.littleEndianBytes + Self.portableMXCSRMask.littleEndianBytes))
        }
        if requested.contains(.sse) {
            writes.append(AreaWrite(offset: Legacy.xmm, bytes: Array(bytes[Legacy.xmm..<Self.legacySize])))
        }
        return writes
    }

    /// The bytes of a component, initial where the image does not hold it.
    private func value(of component: XStateComponent) -> [UInt8] {
        if let range = range(of: component) { return Array(bytes[range]) }
        return [UInt8](repeating: 0, count: component.imageSize ?? 0)
    }

    /// The state after XRSTOR of an area.
    ///
    /// - Parameters:
    ///   - area: the area's bytes, as many as are mapped up to `XStateLayout.maximumAreaLength`.
    ///   - requested: RFBM.
    ///   - layout: XCR0 and where the components stand.
    /// - Returns: nil where the instruction raises #GP.
    package func restored(from area: [UInt8], _ requested: XFeatureMask, layout: XStateLayout) -> XStateImage? {
        guard area.count >= AreaHeader.end else { return nil }
        let present = XFeatureMask(rawValue: area.integer(at: AreaHeader.presentOffset, as: UInt64.self))
        let format = area.integer(at: AreaHeader.compactionOffset, as: UInt64.self)
        let isCompacted = format & XStateLayout.compactedBit != 0
        let contained = XFeatureMask(rawValue: isCompacted ? format & ~XStateLayout.compactedBit : layout.mask.rawValue)
        guard present.isSubset(of: contained), contained.isSubset(of: layout.mask), isCompacted || format == 0,
            area.isZero(AreaHeader.compactionOffset + 8..<(isCompacted ? AreaHeader.end : 536))
        else { return nil }

        var result = self
        let loadsControl = isCompacted ? requested.contains(.sse) : !requested.isDisjoint(with: [.sse, .avx])
        if loadsControl {
            let isInitial = isCompacted && !present.contains(.sse)
            let value = isInitial ? Legacy.initialMXCSR : area.integer(at: Legacy.mxcsr, as: UInt32.self)
            guard value & ~Self.portableMXCSRMask == 0 else { return nil }
            result.bytes.store(value, at: Legacy.mxcsr)
        }
        result.restoreLegacy(from: area, requested, present)
        var places: [(XStateComponent, Int)] = []
        if isCompacted {
            layout.forEachCompacted(contained) { places.append(($0, $1)) }
        } else {
            places = layout.locations.compactMap { location in location.component.map { ($0, Int(location.offset)) } }
        }
        for (component, offset) in places where requested.contains(component) {
            guard let range = result.range(of: component), let used = component.usedSize else { continue }
            result.bytes.clear(range)
            guard present.contains(component) else { continue }
            guard offset + range.count <= area.count else { return nil }
            result.bytes.replaceSubrange(
                range.lowerBound..<range.lowerBound + used, with: area[offset..<offset + used])
        }
        return result
    }

    private mutating func restoreLegacy(from area: [UInt8], _ requested: XFeatureMask, _ present: XFeatureMask) {
        if requested.contains(.x87) {
            bytes.clear(0..<Legacy.mxcsr)
            bytes.clear(Legacy.st..<Legacy.xmm)
            if present.contains(.x87) {
                bytes.replaceSubrange(..<5, with: area[..<5])
                for register in 0..<8 {
                    let start = Legacy.st + 16 * register
                    bytes.replaceSubrange(start..<start + 10, with: area[start..<start + 10])
                }
            } else {
                bytes.store(Legacy.initialFCW, at: Legacy.fcw)
            }
        }
        if requested.contains(.sse) {
            bytes.clear(Legacy.xmm..<Self.legacySize)
            if present.contains(.sse) {
                bytes.replaceSubrange(Legacy.xmm..<Self.legacySize, with: area[Legacy.xmm..<Self.legacySize])
            }
        }
    }
}

extension XStateLayout {
    /// XCOMP_BV bit 63: the area is compacted.
    static let compactedBit: UInt64 = 1 << 63

    /// No area that XRSTOR reads is longer, in either format.
    package var maximumAreaLength: Int {
        var end = size
        forEachCompacted(mask) { component, offset in end = max(end, offset + (component.imageSize ?? 0)) }
        return end
    }

    /// The components from bit 2 on of a compacted area, and where they begin (SDM volume 1, section 13.4.3).
    func forEachCompacted(_ contained: XFeatureMask, _ body: (XStateComponent, Int) -> Void) {
        var offset = Self.extendedRegionStart
        for location in locations {
            guard let component = location.component, contained.contains(component) else { continue }
            if location.isAligned64 { offset = (offset + 63) & ~63 }
            body(component, offset)
            offset += Int(location.size)
        }
    }
}
