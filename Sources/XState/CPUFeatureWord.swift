/// What is known of the bits of one CPUID register that holds feature flags.
package struct CPUFeatureWord: Sendable {
    /// What a flag means for a program whose execution is to be repeated elsewhere.
    package enum Kind: Sendable, Hashable {
        /// Instructions, or behaviour of instructions, for user code, that do the same on every CPU that has the flag
        /// and these state components.
        case instructions(needs: XFeatureMask)
        /// Instructions for user code that answer differently each time, or whose state or further description xrr
        /// does not pin. Recordings are made without them, except at the level `native`.
        case withheld
        /// For operating systems, for the choice of the fastest code, or a description: what a user instruction does
        /// does not depend on it, and so it does not count when one CPU has to do another's work.
        case system
    }

    package struct Feature: Sendable, Hashable {
        package let name: String
        package let kind: Kind
    }

    package let place: CPUIDPlace
    /// By bit.
    package let features: [Int: Feature]

    /// The bits of each kind, for masking whole registers.
    package let systemMask: UInt32
    package let withheldMask: UInt32
    /// The bits of instructions and of bits without a name: a CPU that lacks one may not do what the other does.
    package var significantMask: UInt32 { ~systemMask }

    init(
        _ place: CPUIDPlace,
        instructions: [Int: String] = [:], avx: [Int: String] = [:], avx512: [Int: String] = [:],
        others: [Int: (String, XFeatureMask)] = [:], withheld: [Int: String] = [:], system: [Int: String] = [:]
    ) {
        self.place = place
        var features: [Int: Feature] = [:]
        func add(_ names: [Int: String], _ kind: Kind) {
            for (bit, name) in names {
                precondition(features.updateValue(Feature(name: name, kind: kind), forKey: bit) == nil)
            }
        }
        add(instructions, .instructions(needs: []))
        add(avx, .instructions(needs: .avx))
        add(avx512, .instructions(needs: .avx512.union(.avx)))
        for (bit, (name, needs)) in others { add([bit: name], .instructions(needs: needs)) }
        add(withheld, .withheld)
        add(system, .system)
        self.features = features
        func mask(_ kind: Kind) -> UInt32 {
            features.reduce(0) { $1.value.kind == kind ? $0 | 1 << UInt32($1.key) : $0 }
        }
        systemMask = mask(.system)
        withheldMask = mask(.withheld)
    }

    /// The bits of reproducible instructions that work with these state components enabled.
    package func instructionMask(with components: XFeatureMask) -> UInt32 {
        features.reduce(0) { mask, entry in
            guard case .instructions(let needs) = entry.value.kind, needs.isSubset(of: components) else { return mask }
            return mask | 1 << UInt32(entry.key)
        }
    }

    package static func at(_ place: CPUIDPlace) -> CPUFeatureWord? { byPlace[place] }

    private static let byPlace = Dictionary(uniqueKeysWithValues: all.map { ($0.place, $0) })
}
