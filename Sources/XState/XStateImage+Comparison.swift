extension XStateImage: Hashable {
    package static func == (a: Self, b: Self) -> Bool {
        a.mask == b.mask && a.bytes.isEqualByVectors(to: b.bytes)
    }

    /// Hashes a digest of the bytes instead of feeding SipHash with each of them.
    package func hash(into hasher: inout Hasher) {
        hasher.combine(mask)
        let span = bytes.span
        var lanes = SIMD8<UInt32>(repeating: 0x811C_9DC5)
        for start in stride(from: 0, to: span.count, by: 8) {
            var word = SIMD8<UInt32>()
            for lane in 0..<8 { word[lane] = UInt32(span[start &+ lane]) }
            lanes = (lanes ^ word) &* 0x0100_0193
        }
        for lane in lanes.indices { hasher.combine(lanes[lane]) }
    }

    /// What a comparison leaves out.
    package struct Ignored: OptionSet, Hashable, Sendable {
        package var rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// FOP, FIP and FDP: CPUs of other x87 classes save other values there.
        package static let x87Pointers = Self(rawValue: 1 << 0)
        /// PKRU: the kernel reports 0 at the stop after execve whatever the value is.
        package static let pkru = Self(rawValue: 1 << 1)
        /// Which components the images hold. A component that one lacks counts as initial, PKRU as what Linux gives
        /// to new programs.
        package static let mask = Self(rawValue: 1 << 2)
    }

    /// Whether the registers are the same but for what is ignored.
    package func matches(_ other: XStateImage, ignoring ignored: Ignored = []) -> Bool {
        if self == other { return true }
        guard !ignored.isEmpty, mask == other.mask || ignored.contains(.mask) else { return false }
        let union = mask.union(other.mask)
        return comparable(mask: union, ignoring: ignored) == other.comparable(mask: union, ignoring: ignored)
    }

    /// Every register that differs from the expected one, in the order of `fields`.
    ///
    /// If the images hold different components and `.mask` is not ignored, the first difference is that of the masks.
    package func differences(
        from expected: XStateImage, ignoring ignored: Ignored = []
    ) -> [XStateDifference] {
        if matches(expected, ignoring: ignored) { return [] }
        var result: [XStateDifference] = []
        if mask != expected.mask, !ignored.contains(.mask) {
            let expectedText = expected.mask.description
            result.append(.init(component: .x87, field: "mask", expected: expectedText, actual: mask.description))
        }
        let union = mask.union(expected.mask)
        let left = expected.comparable(mask: union, ignoring: ignored)
        let right = comparable(mask: union, ignoring: ignored)
        for (old, new) in zip(left.fields, right.fields) where old != new {
            result.append(.init(component: old.component, field: old.name, expected: old.hex, actual: new.hex))
        }
        return result
    }

    /// The image with more components and with zeros for what is ignored.
    private func comparable(mask union: XFeatureMask, ignoring ignored: Ignored) -> XStateImage {
        var result = extended(to: union)
        if ignored.contains(.x87Pointers) { result.bytes.clear(Legacy.fop..<Legacy.mxcsr) }
        if ignored.contains(.pkru) { result.pkru = 0 }
        return result
    }
}

/// One register that is not what it should be.
package struct XStateDifference: Hashable, Sendable {
    package var component: XStateComponent
    /// As `XStateField.name`; "mask" where the images hold different components.
    package var field: String
    /// As `XStateField.hex`; component names for "mask".
    package var expected: String
    package var actual: String

    package init(component: XStateComponent, field: String, expected: String, actual: String) {
        self.component = component
        self.field = field
        self.expected = expected
        self.actual = actual
    }
}
