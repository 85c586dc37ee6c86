/// The microarchitecture levels of the x86-64 psABI (its section 3.1.1): each is a set of CPUID bits.
package enum ISALevel: String, CaseIterable, Sendable, Hashable, Comparable {
    case v1 = "x86-64-v1"
    case v2 = "x86-64-v2"
    case v3 = "x86-64-v3"
    case v4 = "x86-64-v4"

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

    /// Register by register, the bits that a CPU of the level has. They include those of the levels below.
    package var required: [CPUIDPlace: UInt32] {
        // FPU, CX8, CMOV, MMX, FXSR, SSE, SSE2.
        var bits: [CPUIDPlace: UInt32] = [.features1D: 0x0780_8101]
        if self >= .v2 {
            // SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT; LAHF.
            bits[.features1C] = 0x0098_2201
            bits[.extended1C] = 0x0000_0001
        }
        if self >= .v3 {
            // And FMA, MOVBE, XSAVE, OSXSAVE, AVX, F16C; BMI1, AVX2, BMI2; LZCNT. The psABI names OSXSAVE only, which
            // cannot be set without XSAVE.
            bits[.features1C] = 0x3CD8_3201
            bits[.features7B] = 0x0000_0128
            bits[.extended1C] = 0x0000_0021
        }
        // AVX512F, DQ, CD, BW, VL.
        if self >= .v4 { bits[.features7B] = 0xD003_0128 }
        return bits
    }

    /// The state components that the operating system must have enabled.
    package var components: XFeatureMask {
        switch self {
        case .v1, .v2: .legacy
        case .v3: [.legacy, .avx]
        case .v4: [.legacy, .avx, .avx512]
        }
    }
}

extension CPUIDPlace {
    package static let features1C = CPUIDPlace(1, .ecx)
    package static let features1D = CPUIDPlace(1, .edx)
    package static let features7B = CPUIDPlace(7, .ebx)
    package static let features7C = CPUIDPlace(7, .ecx)
    package static let features7D = CPUIDPlace(7, .edx)
    package static let extended1C = CPUIDPlace(0x8000_0001, .ecx)
    package static let extended1D = CPUIDPlace(0x8000_0001, .edx)
}

extension CPUIDBit {
    package static let xsave = CPUIDBit(.features1C, bit: 26)
    package static let osxsave = CPUIDBit(.features1C, bit: 27)
    package static let avx = CPUIDBit(.features1C, bit: 28)
}
