/// What several machines have in common, and what each would lose by it.
package struct CPUBaseline: Hashable, Sendable {
    package struct Loss: Hashable, Sendable {
        /// The state components that the machine has and the level has not.
        package var components: XFeatureMask
        /// The instructions that the machine has and the level has not, in ascending order.
        package var features: [CPUIDBit]
    }

    /// The richest level that all machines have.
    package let level: CPULevel
    /// By machine: what a program loses at the level.
    package let losses: [Loss]
    /// The features that all machines have, more than the level's perhaps: `xrr record --cpu FILE`.
    package let common: CPUProfile

    /// - Parameter machines: at least one.
    /// - Throws: what keeps a machine from having even the level `sse`, with its index.
    package init(of machines: [CPUProfile]) throws(Obstacle) {
        precondition(!machines.isEmpty)
        for (index, machine) in machines.enumerated() {
            if let obstacle = machine.obstacle(to: .sse) { throw Obstacle(machine: index, error: obstacle) }
        }
        let level =
            CPULevel.portable.reversed().first { level in machines.allSatisfy { $0.obstacle(to: level) == nil } }
            ?? .sse
        self.level = level
        common = Self.common(machines)
        losses = machines.map { Self.loss(of: $0, at: level) }
    }

    package struct Obstacle: Error, Hashable, Sendable {
        package var machine: Int
        package var error: PinError
    }

    private static func loss(of machine: CPUProfile, at level: CPULevel) -> Loss {
        let features = level.features ?? [:]
        let bits = CPUFeatureWord.all.flatMap { word in
            CPUIDBit.bits(
                of: machine.cpuid.features(at: word.place)
                    & (word.instructionMask(with: machine.xcr0) | word.withheldMask)
                    & ~(features[word.place] ?? 0), in: word.place)
        }
        return Loss(components: machine.xcr0.subtracting(level.xcr0 ?? []), features: bits.sorted())
    }

    /// A machine that does not exist: the features that all have, and the components that all have at the same place.
    private static func common(_ machines: [CPUProfile]) -> CPUProfile {
        let first = machines[0]
        var mask = machines.reduce(PinnedCPU.portableComponents) { $0.intersection($1.xcr0) }
        for location in first.layout.locations {
            guard let component = location.component else { continue }
            let isShared = machines.allSatisfy { $0.layout[component].map(location.hasPlace(of:)) ?? false }
            if !isShared { mask.remove(XFeatureMask(component)) }
        }
        if !mask.isSuperset(of: .avx512.union(.avx)) { mask.subtract(.avx512) }
        guard let layout = try? first.layout.restricted(to: mask) else {
            preconditionFailure("a part of a layout is one")
        }
        var features: [CPUIDPlace: UInt32] = [:]
        for word in CPUFeatureWord.all {
            features[word.place] = machines.reduce(word.instructionMask(with: mask)) {
                $0 & $1.cpuid.features(at: word.place)
            }
        }
        if mask == .legacy { features[.features1C, default: 0] &= ~CPUIDTable.xsaveBits }
        let isOneVendor = machines.allSatisfy { $0.identity.vendor == first.identity.vendor }
        let identity = CPUIdentity(
            vendor: isOneVendor ? first.identity.vendor : "", family: 0, model: 0, stepping: 0,
            brand: "baseline of \(machines.count) machines")
        return CPUProfile(
            identity: identity, cpuid: CPUIDTable(features: features, identity: identity, layout: layout),
            layout: layout, x87: first.x87, mxcsrMask: machines.reduce(.max) { $0 & $1.mxcsrMask },
            sources: .init(cpuid: .derived, xcr0: .derived, layout: .derived, x87: .unknown, mxcsrMask: .derived))
    }
}
