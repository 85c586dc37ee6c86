/// The CPUs that a recording can be pinned to: what `xrr record --cpu` takes by name.
///
/// A level is a ceiling and a floor: the tracee sees exactly its features, and the machine must have them all.
package enum CPULevel: String, CaseIterable, Sendable, Hashable {
    /// x86-64-v2 with OSXSAVE hidden, so that programs use FXSAVE: replays on every x86-64-v2 CPU.
    case sse
    /// x86-64-v2 and AVX: replays on every AVX CPU of all vendors.
    case avx
    /// x86-64-v3: replays on every x86-64-v3 CPU of all vendors. The default where the machine has it.
    case avx2
    /// x86-64-v4 with AVX-512 state where Intel's standard format has it.
    case avx512Intel = "avx512-intel"
    /// x86-64-v4 with AVX-512 state where AMD's standard format has it.
    case avx512AMD = "avx512-amd"
    /// The machine as it is: replays on machines with its layout and features only.
    case native

    /// From poor to rich, without `native`.
    package static let portable: [CPULevel] = [.sse, .avx, .avx2, .avx512AMD, .avx512Intel]

    /// What XCR0 is in the tracee; nil for `native`, which takes the host's.
    package var xcr0: XFeatureMask? {
        switch self {
        case .sse: .legacy
        case .avx, .avx2: [.legacy, .avx]
        case .avx512Intel, .avx512AMD: [.legacy, .avx, .avx512]
        case .native: nil
        }
    }

    /// Where the standard format of the level has its components; nil for `native`. A level has one layout, so that
    /// XSAVE areas in the tracee's memory mean the same on every machine.
    package var layout: XStateLayout? { Self.layouts[self] }

    private static let layouts: [CPULevel: XStateLayout] = {
        let avx = XStateComponentLocation(type: 2, size: 256, offset: 576)
        func layout(_ mask: XFeatureMask, _ locations: [XStateComponentLocation]) -> XStateLayout {
            guard let layout = try? XStateLayout(mask: mask, locations: locations) else {
                preconditionFailure("the layouts of levels are consistent")
            }
            return layout
        }
        func avx512(at offset: UInt32) -> XStateLayout {
            layout(
                [.legacy, .avx, .avx512],
                [
                    avx, .init(type: 5, size: 64, offset: offset), .init(type: 6, size: 512, offset: offset + 64),
                    .init(type: 7, size: 1024, offset: offset + 576),
                ])
        }
        return [
            .sse: layout(.legacy, []), .avx: layout([.legacy, .avx], [avx]), .avx2: layout([.legacy, .avx], [avx]),
            // Intel leaves a gap where MPX was.
            .avx512Intel: avx512(at: 1088), .avx512AMD: avx512(at: 832),
        ]
    }()
}
