/// How one CPU lays out its user state in the standard XSAVE format: XCR0 and each component's place.
///
/// The legacy region (bytes 0 to 511) and the header (512 to 575) are architectural and not listed. Offsets need not
/// rise with the component's number (APX takes the place MPX had). Two CPUs with the same mask may have different
/// layouts. A value of this type is always consistent: every initialiser checks.
package struct XStateLayout: Hashable, Sendable {
    /// The user components the kernel enables: XCR0.
    package let mask: XFeatureMask
    /// The components from bit 2 on, in ascending order of their bits, exactly those of `mask`.
    package let locations: [XStateComponentLocation]
    /// Bytes of a standard-format area with all components: CPUID.(EAX=0DH,ECX=0).EBX, and the kernel's length of
    /// NT_X86_XSTATE.
    package let size: Int

    /// Where the components from bit 2 on may begin.
    package static let extendedRegionStart = 576
    /// No area is larger; the largest known has 11008 bytes.
    package static let maximumSize = 1 << 20

    /// A layout from values that nobody vouches for.
    ///
    /// - Throws: `illegalMask`, or `badLocation` if the locations are not exactly the mask's components, overlap, lie
    ///   outside of the extended region or differ from the sizes of the architecture.
    package init(mask: XFeatureMask, locations: [XStateComponentLocation]) throws(XStateError) {
        guard mask.isLegal, mask.contains(.sse) else { throw .illegalMask(mask) }
        var seen = XFeatureMask.legacy
        for location in locations {
            guard let component = location.component, mask.contains(component), component > .sse else {
                throw .badLocation(location, .notInMask)
            }
            guard !seen.contains(component) else { throw .badLocation(location, .duplicate) }
            seen.insert(XFeatureMask(component))
            if let defect = Self.defect(of: location, component) { throw .badLocation(location, defect) }
        }
        if let missing = mask.subtracting(seen).components.first {
            throw .badLocation(.init(type: UInt32(missing.number), size: 0, offset: 0), .missing)
        }
        var end = Self.extendedRegionStart
        for location in locations.sorted(by: { $0.offset < $1.offset }) {
            guard location.range.lowerBound >= end else { throw .badLocation(location, .overlap) }
            end = location.range.upperBound
        }
        self.mask = mask
        self.locations = locations.sorted { $0.type < $1.type }
        self.size = end
    }

    private static func defect(
        of location: XStateComponentLocation, _ component: XStateComponent
    ) -> XStateError.LocationDefect? {
        if location.flags & XStateComponentLocation.supervisorFlag != 0 { return .supervisor }
        let range = location.range
        guard range.lowerBound >= extendedRegionStart, range.upperBound <= maximumSize else { return .outOfRange }
        guard let expected = component.imageSize else { return range.isEmpty ? .size : nil }
        // Zen 2 reports a PKRU component of 64 bytes without having protection keys.
        let isPhantom = component == .pkru && range.count == 64
        return range.count == expected || isPhantom ? nil : .size
    }

    /// Where the component lies; nothing for x87, SSE and components outside of the mask.
    package subscript(component: XStateComponent) -> XStateComponentLocation? {
        locations.first { $0.type == UInt32(component.number) }
    }

    /// The components of this layout that an image can hold.
    package var imageMask: XFeatureMask { mask.intersection(.storable) }
}
