/// Why a machine cannot record as the CPU that was asked for.
package enum PinError: Error, Hashable, Sendable {
    /// What was asked for.
    package enum Target: Hashable, Sendable {
        case level(CPULevel)
        case profile
    }

    /// The machine lacks these features, or its kernel does not enable these components.
    case missing(Target, [CPUIDBit], XFeatureMask)
    /// The machine's XSAVE has a component at another place than the target.
    case otherPlace(Target, wanted: XStateComponentLocation, host: XStateComponentLocation)
    /// No processor accepts this XCR0, or it lacks SSE.
    case illegalMask(XFeatureMask)
    /// The mask asked for has components that the kernel here does not enable.
    case maskBeyondHost(XFeatureMask)
    /// The mask asked for has components that the target does not have.
    case maskBeyondTarget(Target, XFeatureMask)
    /// The machine's CPUID has no layout for the mask.
    case layout(XStateError)
}

extension PinError.Target: CustomStringConvertible {
    package var description: String {
        switch self {
        case .level(let level): "the level \(level.rawValue)"
        case .profile: "the profile"
        }
    }
}

extension PinError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .missing(let target, let bits, let components):
            let missing =
                bits.map { "CPUID \($0)" } + components.components.map { "the state component \($0) in XCR0" }
            return "this machine does not have \(target): it lacks " + missing.joined(separator: ", ")
        case .otherPlace(let target, let wanted, let host):
            let name = wanted.component?.name ?? "\(wanted.type)"
            return "this machine does not have \(target): its XSAVE area has \(name) at \(host.offset) "
                + "(\(host.size) bytes), not at \(wanted.offset) (\(wanted.size) bytes)"
        case .illegalMask(let mask):
            return "XCR0 0x\(String(mask.rawValue, radix: 16)) is not legal: x87 and SSE (0x3) must be in it; "
                + "MPX (0x18), AVX-512 (0xe0) and AMX (0x60000) are whole or not there; AVX-512 needs AVX (0x4)"
        case .maskBeyondHost(let mask):
            return "this machine's kernel does not enable \(mask) (0x\(String(mask.rawValue, radix: 16)))"
        case .maskBeyondTarget(let target, let mask):
            return "\(target) does not have \(mask) (0x\(String(mask.rawValue, radix: 16))), and is a ceiling"
        case .layout(let error): return error.description
        }
    }
}
