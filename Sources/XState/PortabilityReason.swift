/// One thing that keeps a recording from replaying on a machine, or that may.
package enum PortabilityReason: Hashable, Sendable {
    /// The recording's XCR0 is one that no processor has, or is not that of its layout: the recording is damaged.
    case illegalMask(XFeatureMask)
    /// The recording has the component and the machine's kernel does not enable it.
    case missingComponent(XStateComponent)
    /// The XSAVE instructions and FXSAVE were the recording CPU's own, and this is another model.
    case otherModel(recorded: CPUIdentity, here: CPUIdentity)
    /// The machine has a component that the recording has not, and the recording was made with XCR0 unpinned: the
    /// tracee would see it.
    case extraComponent(XStateComponent)
    /// The recording's CPU has the feature and the machine lacks it.
    case missingFeature(CPUIDBit)
    /// The recording was made with CPUID unpinned, and the machine answers something else.
    case otherAnswer(CPUIDPlace, recorded: UInt32, here: UInt32)
    /// The component is at another place of standard-format XSAVE areas.
    case otherPlace(recorded: XStateComponentLocation, here: XStateComponentLocation)
    /// Something was not covered by the pin, and this is not the CPU that recorded.
    case sameCPUOnly(PinLimit)
    /// Code without traps saw the XCR0 that the kernel pinned, and would see another here.
    case otherXCR0(PinLimit, recorded: XFeatureMask)
    /// Code was not searched, and this is not the CPU that recorded: it may ask for more than XCR0.
    case unscanned(PinLimit)
    /// The component has another size or alignment in compacted XSAVE areas.
    case otherCompactForm(recorded: XStateComponentLocation, here: XStateComponentLocation)
    /// FNSTENV stores other x87 pointers.
    case otherX87(recorded: X87PointerClass, here: X87PointerClass)
    /// The approximations (RCPPS, RSQRTPS and the like) have other tables, and the x87 transcendental functions may.
    case otherVendor(recorded: String, here: String)

    /// Whether the replay is refused, rather than warned of.
    package var isBlocking: Bool {
        switch self {
        case .illegalMask, .otherModel, .missingComponent, .extraComponent, .missingFeature, .otherAnswer, .otherPlace,
            .otherCompactForm, .sameCPUOnly, .otherXCR0:
            true
        case .unscanned, .otherX87, .otherVendor: false
        }
    }

    /// The number of the rule in docs/portability.md.
    package var rule: Int {
        switch self {
        case .illegalMask: 1
        case .otherModel, .missingComponent, .extraComponent: 2
        case .missingFeature, .otherAnswer: 3
        case .otherPlace: 4
        case .otherCompactForm: 5
        case .otherX87: 6
        case .otherVendor: 7
        case .sameCPUOnly, .otherXCR0, .unscanned: 8
        }
    }
}

extension PortabilityReason {
    /// What reasons are grouped by for people: those of rule 3 are of two sorts.
    var sort: Int {
        switch self {
        case .illegalMask: 0
        case .missingComponent: 1
        case .extraComponent: 2
        case .missingFeature: 3
        case .otherAnswer: 4
        case .otherPlace: 5
        case .sameCPUOnly: 6
        case .otherXCR0: 11
        case .unscanned: 12
        case .otherCompactForm: 7
        case .otherX87: 8
        case .otherModel: 9
        case .otherVendor: 10
        }
    }
}

extension PortabilityReason: CustomStringConvertible {
    package var description: String {
        func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
        func name(_ location: XStateComponentLocation) -> String { location.component?.name ?? "\(location.type)" }
        return switch self {
        case .illegalMask(let mask):
            "the recording's XCR0 \(hexadecimal(mask.rawValue)) is not legal, or not that of its layout"
        case .otherModel(let recorded, let here):
            "xsave and fxsave ran on the CPU itself (XCR0 is not pinned), and what they store depends on its model: "
                + "recorded on \(recorded), "
                + (recorded == here ? "this is something else of that name" : "not on \(here)")
        case .missingComponent(let component):
            "the recording has \(component) (XCR0 bit \(component.number)), which the machine does not enable"
        case .extraComponent(let component):
            "the machine has \(component) (XCR0 bit \(component.number)), which the recording does not have, "
                + "and the recording's XCR0 is not pinned"
        case .missingFeature(let bit): "the recording has CPUID \(bit), which the machine lacks"
        case .otherAnswer(let place, let recorded, let here):
            "CPUID \(place) is \(hexadecimal(UInt64(here))) on the machine, not \(hexadecimal(UInt64(recorded))) as "
                + "recorded, and the recording's CPUID is not pinned"
        case .otherPlace(let recorded, let here):
            "\(name(recorded)) is at \(here.offset) (\(here.size) bytes) of XSAVE areas on the machine, not at "
                + "\(recorded.offset) (\(recorded.size) bytes) as recorded"
        case .sameCPUOnly(let limit): "the recording replays on the same CPU only: \(limit)"
        case .otherXCR0(let limit, let recorded):
            "not all instructions of \(limit.name) could be found, and they would see another XCR0 here than the "
                + "\(hexadecimal(recorded.rawValue)) that the kernel pinned: that takes a kernel with ARCH_SET_XCR0 "
                + "(kernel-patch/), or a machine with this XCR0"
        case .unscanned(let limit):
            "not all instructions of \(limit.name) could be found: the kernel pinned XCR0 and no others were seen there, but "
                + "cpuid, rdrand, xsave and fxsave would be this CPU's"
        case .otherCompactForm(let recorded, let here):
            "\(name(recorded)) has \(here.size) bytes\(here.isAligned64 ? ", aligned," : "") in compacted XSAVE areas "
                + "on the machine, not \(recorded.size)\(recorded.isAligned64 ? ", aligned," : "") as recorded"
        case .otherX87(let recorded, let here):
            "fnstenv stores other x87 pointers: the machine \(here.words), the recording's \(recorded.words)"
        case .otherVendor(let recorded, let here):
            "\(here) CPUs compute rcpps, rcpss, rsqrtps and rsqrtss otherwise than \(recorded) ones, and perhaps the "
                + "last bit of x87 sines, logarithms and the like"
        }
    }
}
