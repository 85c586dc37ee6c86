/// Why extended state, a layout or a stored form of one of them cannot be used.
package enum XStateError: Error, Hashable, Sendable {
    /// No processor accepts this XCR0, or it lacks SSE, without which no x86-64 Linux runs.
    case illegalMask(XFeatureMask)
    /// An image cannot hold these components of the mask asked for.
    case unstorable(XFeatureMask)
    /// The mask asked for has components which the layout or the CPUID table does not have.
    case unavailable(XFeatureMask)
    /// The CPUID table lacks an entry that the layout needs.
    case missingCPUID(leaf: UInt32, subleaf: UInt32)
    /// The component's place contradicts the mask, the architecture or another component.
    case badLocation(XStateComponentLocation, LocationDefect)

    /// The buffer is shorter than the layout demands (bytes).
    case truncated(expected: Int, actual: Int)
    /// XCOMP_BV is not 0: not the standard format.
    case compacted(UInt64)
    /// A reserved byte of the XSAVE header is not 0.
    case reservedHeader
    /// XSTATE_BV has components that the layout does not have.
    case unknownComponents(XFeatureMask)

    /// These components hold values other than the initial ones and do not exist on the other CPU.
    case notConvertible(XFeatureMask)
    /// MXCSR has bits that the other CPU's MXCSR_MASK forbids.
    case unsupportedMXCSR(UInt32, mask: UInt32)

    /// The stored image is not in canonical form: wrong length, or a byte that must be 0 is not.
    case damagedImage
    /// The serialised delta is wrong at this byte offset from its start.
    case damagedDelta(offset: Int)
    /// The delta goes beyond the image it is applied to, or would leave its canonical form.
    case foreignDelta

    package enum LocationDefect: String, Hashable, Sendable {
        case notInMask = "is not in the mask"
        case missing = "is in the mask and has no location"
        case duplicate = "has two locations"
        case supervisor = "is supervisor state"
        case size = "has another size than the architecture says"
        case outOfRange = "lies outside of the extended region"
        case overlap = "overlaps another component"
    }
}

extension XStateError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .illegalMask(let mask): "\(mask) is not a legal XCR0 of a Linux system"
        case .unstorable(let mask): "xrr cannot store the state components \(mask)"
        case .unavailable(let mask): "the CPU does not have the state components \(mask)"
        case .missingCPUID(let leaf, let subleaf):
            "CPUID leaf 0x\(String(leaf, radix: 16)), subleaf \(subleaf), is missing"
        case .badLocation(let location, let defect):
            "state component \(location.type) (\(location.size) bytes at \(location.offset)) \(defect.rawValue)"
        case .truncated(let expected, let actual): "the XSAVE area has \(actual) bytes instead of \(expected)"
        case .compacted(let value): "the XSAVE area is compacted (XCOMP_BV is 0x\(String(value, radix: 16)))"
        case .reservedHeader: "a reserved byte of the XSAVE header is not 0"
        case .unknownComponents(let mask): "the XSAVE area has the unknown components \(mask)"
        case .notConvertible(let mask): "the components \(mask) are in use and the CPU does not have them"
        case .unsupportedMXCSR(let value, let mask):
            "MXCSR 0x\(String(value, radix: 16)) has bits outside of the CPU's mask 0x\(String(mask, radix: 16))"
        case .damagedImage: "the stored extended state is damaged"
        case .damagedDelta(let offset): "the stored change of the extended state is damaged at byte \(offset)"
        case .foreignDelta: "the change of the extended state does not fit the state before it"
        }
    }
}
