/// The CPUs that a recorder can pretend to have: a ceiling of features and the mask of XCR0 that goes with it.
package enum CPULevel: String, CaseIterable, Hashable, Sendable {
    /// x86-64-v2, without XSAVE: replays on every CPU of the last fifteen years.
    case sse
    /// x86-64-v2 and AVX.
    case avx
    /// x86-64-v3.
    case avx2
    /// x86-64-v4 with the AVX-512 components where Intel puts them.
    case avx512Intel = "avx512-intel"
    /// x86-64-v4 with the AVX-512 components where AMD puts them.
    case avx512AMD = "avx512-amd"
    /// Whatever the host has.
    case native

    /// XCR0; nil for the host's.
    package var mask: XFeatureMask? {
        switch self {
        case .sse: .legacy
        case .avx, .avx2: [.legacy, .avx]
        case .avx512Intel, .avx512AMD: [.legacy, .avx, .avx512]
        case .native: nil
        }
    }

    /// The features that the tracee may see; nil for the host's. All of them but OSXSAVE, which is the operating
    /// system's to set, have to be there.
    ///
    /// The rows are those of the x86-64 psABI's micro-architecture levels and accumulate. AES and PCLMULQDQ belong to no
    /// level: of the CPUs with AVX some lack them (the first Pentiums and Celerons with AVX2 among them).
    package var features: CPUFeatureSet? {
        let v2 = CPUFeatureSet([
            (1, .edx, 0x0788_8111), (1, .ecx, 0x0098_2201), (0x8000_0001, .ecx, 0x1),
            (0x8000_0001, .edx, 0x2000_0800),
        ])
        let avx = v2.union(CPUFeatureSet([(1, .ecx, 0x1C00_0000)]))
        let v3 = avx.union(CPUFeatureSet([(1, .ecx, 0x3CD8_3201), (7, .ebx, 0x128), (0x8000_0001, .ecx, 0x21)]))
        return switch self {
        case .sse: v2
        case .avx: avx
        case .avx2: v3
        case .avx512Intel, .avx512AMD: v3.union(CPUFeatureSet([(7, .ebx, 0xD003_0128)]))
        case .native: nil
        }
    }

    /// Where the components from bit 5 on must be: the offset of the opmask registers in the standard format.
    var opmaskOffset: UInt32? {
        switch self {
        case .avx512Intel: 1088
        case .avx512AMD: 832
        case .sse, .avx, .avx2, .native: nil
        }
    }

    /// What a recorder pins to unless told otherwise: the richest level that both vendors' CPUs share, as far as the
    /// machine has it. nil if it has not even x86-64-v2.
    package static func best(on table: CPUIDTable, layout: XStateLayout) -> CPULevel? {
        [CPULevel.avx2, .avx, .sse].first { $0.obstacles(on: table, layout: layout).isEmpty }
    }

    /// What of this level a machine lacks.
    package func obstacles(on table: CPUIDTable, layout: XStateLayout) -> [PinObstacle] {
        guard let features, let mask else { return [] }
        var obstacles = features.subtracting(CPUFeatureSet(table)).features.map(PinObstacle.feature)
        obstacles += mask.subtracting(layout.mask).components.map(PinObstacle.component)
        if let opmaskOffset, let location = layout[.opmask], location.offset != opmaskOffset {
            obstacles.append(.place(location, expected: opmaskOffset))
        }
        return obstacles
    }
}

/// Why a machine cannot be pinned to a CPU.
package enum PinObstacle: Hashable, Sendable {
    /// It lacks the feature.
    case feature(CPUIDBit)
    /// Its XCR0 lacks the component.
    case component(XStateComponent)
    /// It has the component elsewhere in the standard format.
    case place(XStateComponentLocation, expected: UInt32)
    /// XSETBV would not accept the mask.
    case illegalMask(XFeatureMask)
}

extension PinObstacle: CustomStringConvertible {
    package var description: String {
        switch self {
        case .feature(let bit): "CPUID \(bit) is not there"
        case .component(let component): "XCR0 bit \(component.number) (\(component)) is not enabled"
        case .place(let location, let expected):
            "\(location.component?.name ?? "component \(location.type)") is at offset \(location.offset) of an XSAVE "
                + "area, not at \(expected)"
        case .illegalMask(let mask): "0x\(String(mask.rawValue, radix: 16)) (\(mask)) is no legal XCR0"
        }
    }
}

/// The machine cannot be pinned as asked for.
package struct PinError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Never empty.
    package var obstacles: [PinObstacle]
    package init(_ obstacles: [PinObstacle]) { self.obstacles = obstacles }
    package var description: String { obstacles.map(\.description).joined(separator: "; ") }
}
