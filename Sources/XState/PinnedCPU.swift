/// The CPU that a tracee sees: what CPUID and XGETBV answer it, and how its XSAVE areas are laid out.
package struct PinnedCPU: Hashable, Sendable {
    /// nil for a profile's CPU and where `--xcr0` takes components away from a level.
    package let level: CPULevel?
    /// What the CPUID instruction answers in the tracee, complete: what is not in the table follows from the rules of
    /// `CPUIDTable.words(leaf:subleaf:)`.
    package let cpuid: CPUIDTable
    /// What XGETBV(0) answers, where CPUID has OSXSAVE; otherwise `legacy`.
    package let xcr0: XFeatureMask
    package let layout: XStateLayout

    /// A machine of a profile, to pin to its features.
    package struct Target: Hashable, Sendable {
        package var cpuid: CPUIDTable
        package var layout: XStateLayout

        package init(cpuid: CPUIDTable, layout: XStateLayout) {
            self.cpuid = cpuid
            self.layout = layout
        }
    }

    /// The components that a profile's CPU may have. The others are at different places on CPUs that are alike, or
    /// come with instructions that cannot be pinned.
    package static let portableComponents: XFeatureMask = [.legacy, .avx, .avx512]

    /// A level on this machine.
    ///
    /// - Parameters:
    ///   - table: what CPUID answers on the machine.
    ///   - hostMask: what its kernel enables in XCR0.
    ///   - hostLayout: the standard format for that.
    ///   - mask: `--xcr0`: less than the level's XCR0. What is left of `native` then is this machine's own profile.
    package init(
        level: CPULevel, host table: CPUIDTable, xcr0 hostMask: XFeatureMask, layout hostLayout: XStateLayout,
        mask: XFeatureMask? = nil
    ) throws(PinError) {
        if let obstacle = level.obstacle(on: table, layout: hostLayout) { throw obstacle }
        let ceiling = level.xcr0 ?? hostMask
        let xcr0 = try Self.checked(mask, target: .level(level), ceiling: ceiling, host: hostMask)
        let layout = try Self.layout(hostLayout, for: xcr0)
        let isWhole = xcr0 == ceiling
        if level == .native && isWhole {
            self.init(level: level, cpuid: table, xcr0: hostMask, layout: hostLayout)
            return
        }
        let features = level.features
        let pinned = table.pinned(to: layout) { word in
            guard let features else {
                return word.instructionMask(with: xcr0.intersection(Self.portableComponents))
            }
            let enabled = word.instructionMask(with: xcr0)
            return (features[word.place] ?? 0) & enabled
        }
        self.init(level: isWhole ? level : nil, cpuid: pinned, xcr0: xcr0, layout: layout)
    }

    /// The features that a profile's machine has and that can be pinned: all of its reproducible instructions, AES and
    /// the like among them, in the components that portable recordings may have. This machine must have them too.
    ///
    /// - Parameter mask: `--xcr0`: less than the profile's XCR0.
    package init(
        profile target: Target, host table: CPUIDTable, xcr0 hostMask: XFeatureMask, layout hostLayout: XStateLayout,
        mask: XFeatureMask? = nil
    ) throws(PinError) {
        let ceiling = target.layout.mask.intersection(Self.portableComponents)
        let xcr0 = try Self.checked(mask, target: .profile, ceiling: ceiling, host: hostMask)
        var features: [CPUIDPlace: UInt32] = [:]
        var missing: [CPUIDBit] = []
        for word in CPUFeatureWord.all {
            var wanted = target.cpuid.features(at: word.place) & word.instructionMask(with: xcr0)
            if xcr0 == .legacy && word.place == .features1C { wanted &= ~CPUIDTable.xsaveBits }
            features[word.place] = wanted
            missing += CPUIDBit.bits(of: wanted & ~table.features(at: word.place), in: word.place)
        }
        guard missing.isEmpty, xcr0.isSubset(of: hostMask) else {
            throw .missing(.profile, missing.sorted(), xcr0.subtracting(hostMask))
        }
        let layout = try Self.layout(hostLayout, for: xcr0)
        for location in layout.locations {
            guard let component = location.component, let wanted = target.layout[component] else { continue }
            if !wanted.hasPlace(of: location) { throw .otherPlace(.profile, wanted: wanted, host: location) }
        }
        let pinned = table.pinned(to: layout) { features[$0.place] ?? 0 }
        self.init(level: nil, cpuid: pinned, xcr0: xcr0, layout: layout)
    }

    private init(level: CPULevel?, cpuid: CPUIDTable, xcr0: XFeatureMask, layout: XStateLayout) {
        self.level = level
        self.cpuid = cpuid
        self.xcr0 = xcr0
        self.layout = layout
    }

    private static func checked(
        _ mask: XFeatureMask?, target: PinError.Target, ceiling: XFeatureMask, host: XFeatureMask
    ) throws(PinError) -> XFeatureMask {
        guard let mask else { return ceiling }
        guard mask.isLegal, mask.contains(.sse) else { throw .illegalMask(mask) }
        guard mask.isSubset(of: host) else { throw .maskBeyondHost(mask.subtracting(host)) }
        guard mask.isSubset(of: ceiling) else { throw .maskBeyondTarget(target, mask.subtracting(ceiling)) }
        return mask
    }

    private static func layout(_ host: XStateLayout, for mask: XFeatureMask) throws(PinError) -> XStateLayout {
        do throws(XStateError) { return try host.restricted(to: mask) } catch { throw .layout(error) }
    }
}

extension XStateLayout {
    /// The layout of the same CPU with fewer components enabled.
    ///
    /// - Throws: `unavailable` for components that the layout does not have.
    package func restricted(to mask: XFeatureMask) throws(XStateError) -> XStateLayout {
        guard mask.isSubset(of: self.mask) else { throw .unavailable(mask.subtracting(self.mask)) }
        return try XStateLayout(
            mask: mask, locations: locations.filter { $0.component.map(mask.contains) ?? false })
    }
}
