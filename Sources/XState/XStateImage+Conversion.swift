extension XStateImage {
    /// The components that cannot be left out on a CPU with the given mask, because they hold values.
    ///
    /// PKRU can be left out while it is 0 or what Linux gives to new programs: without protection keys neither has an
    /// effect.
    package func obstacles(to target: XFeatureMask) -> XFeatureMask {
        var result = extendedInUse.subtracting(target)
        if pkru == Self.linuxInitialPKRU { result.remove(.pkru) }
        return result
    }

    /// The same registers with other components: those that are new are initial, PKRU is what Linux gives to new
    /// programs.
    ///
    /// - Throws: `illegalMask`, `unstorable`, and `notConvertible` if a component that is left out holds values.
    package func converted(to target: XFeatureMask) throws(XStateError) -> XStateImage {
        try Self.check(target)
        let obstacles = obstacles(to: target)
        guard obstacles.isEmpty else { throw .notConvertible(obstacles) }
        return rearranged(to: target)
    }

    /// - Precondition: the mask contains this image's.
    func extended(to target: XFeatureMask) -> XStateImage {
        precondition(target.isSuperset(of: mask))
        return target == mask ? self : rearranged(to: target)
    }

    private func rearranged(to target: XFeatureMask) -> XStateImage {
        var bytes = [UInt8]()
        bytes.reserveCapacity(Self.byteCount(target))
        bytes += self.bytes[..<Self.legacySize]
        for component in target.components {
            guard let size = component.imageSize else { continue }
            if let range = range(of: component) {
                bytes += self.bytes[range]
            } else {
                bytes += Self.zeros[..<size]
            }
        }
        var result = XStateImage(mask: target, canonical: bytes)
        if !mask.contains(.pkru) { result.pkru = Self.linuxInitialPKRU }
        return result
    }
}
