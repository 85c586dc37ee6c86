/// How the CPU that a tracee saw was kept apart from the machine's.
package struct CPUPin: Hashable, Sendable {
    package enum Method: String, CaseIterable, Sendable, Hashable {
        /// Not at all: the tracee saw the machine's.
        case none
        /// The kernel or the CPU itself answered: ARCH_SET_XCR0 of xrr's kernel patch; CPUID faulting (ARCH_SET_CPUID
        /// of arch_prctl(2)).
        case kernel
        /// The instructions were found in the code and trapped or replaced.
        case software
    }

    /// XGETBV, and the components that the XSAVE instructions work on.
    package var xcr0: Method
    package var cpuid: Method

    package init(xcr0: Method, cpuid: Method) {
        self.xcr0 = xcr0
        self.cpuid = cpuid
    }

    package static let none = CPUPin(xcr0: .none, cpuid: .none)
}

/// Something that ran while a recording was made and that the pin did not cover. A recording with such limits replays
/// on the same CPU only.
package struct PinLimit: Hashable, Sendable {
    /// Why it was not covered. Later versions may have more.
    package struct Kind: RawRepresentable, Hashable, Sendable {
        package var rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// Code in which not all instructions could be found.
        package static let unscanned = Kind(rawValue: "unscanned")
        /// The same where the kernel pinned XCR0, and nothing was seen there that shows the CPU in another way: XSAVE
        /// would, by XSTATE_BV.
        package static let unscannedPinned = Kind(rawValue: "unscanned-pinned")
        /// The kernel's pin of XCR0 was taken from a thread that would have died of an instruction otherwise.
        package static let pinLifted = Kind(rawValue: "pin-lifted")
        /// A program or library that is built for more than the level executed what it has for that.
        package static let builtAbove = Kind(rawValue: "built-above")
        /// Registers that the pinned CPU does not have held values.
        package static let componentsInUse = Kind(rawValue: "components-in-use")
    }

    package var kind: Kind
    /// The module or region, for people.
    package var name: String

    package init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }
}

extension PinLimit: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .unscanned: "not all instructions of \(name) could be found"
        case .unscannedPinned: "not all instructions of \(name) could be found, but the kernel pinned XCR0 there"
        case .pinLifted: "registers that the level does not have were enabled for \(name)"
        case .builtAbove: "instructions that the level does not have were executed: \(name)"
        case .componentsInUse: "registers that the level does not have were used: \(name)"
        default: "\(name) was not covered by the pin (\(kind.rawValue))"
        }
    }
}

/// The CPU of a recording: what its tracees saw, and the machine below.
package struct RecordingCPU: Hashable, Sendable {
    /// The machine that recorded.
    package var identity: CPUIdentity
    /// What CPUID answered the tracees.
    package var cpuid: CPUIDTable
    /// XCR0 as the tracees saw it. A whole recording has that of the layout.
    package var xcr0: XFeatureMask
    /// The layout of XSAVE areas as the tracees saw them.
    package var layout: XStateLayout
    /// nil for a profile's CPU, and where `--xcr0` took components away.
    package var level: CPULevel?
    package var pin: CPUPin
    /// The machine's own, nil where the recording does not tell.
    package var x87: X87PointerClass?
    package var mxcsrMask: UInt32?
    /// What the machine's kernel enabled.
    package var hostXCR0: XFeatureMask
    package var limits: [PinLimit]

    package init(
        identity: CPUIdentity, cpuid: CPUIDTable, xcr0: XFeatureMask, layout: XStateLayout, level: CPULevel?,
        pin: CPUPin, x87: X87PointerClass?, mxcsrMask: UInt32?, hostXCR0: XFeatureMask, limits: [PinLimit] = []
    ) {
        self.identity = identity
        self.cpuid = cpuid
        self.xcr0 = xcr0
        self.layout = layout
        self.level = level
        self.pin = pin
        self.x87 = x87
        self.mxcsrMask = mxcsrMask
        self.hostXCR0 = hostXCR0
        self.limits = limits
    }

    /// The recording that a machine would make at a level, wholly pinned but for XCR0 at `native`.
    package init(by machine: CPUProfile, at level: CPULevel) throws(PinError) {
        let pinned = try PinnedCPU(level: level, host: machine.cpuid, xcr0: machine.xcr0, layout: machine.layout)
        self.init(
            identity: machine.identity, cpuid: pinned.cpuid, xcr0: pinned.xcr0, layout: pinned.layout, level: level,
            pin: CPUPin(xcr0: level == .native ? .none : .software, cpuid: .software), x87: machine.x87,
            mxcsrMask: machine.mxcsrMask, hostXCR0: machine.xcr0)
    }

    /// XCR0 as instructions saw it in whose place no trap stood.
    package var xcr0InForce: XFeatureMask {
        pin.xcr0 == .kernel && !limits.contains { $0.kind == .pinLifted } ? xcr0 : hostXCR0
    }

    /// Whether some of the program ran with the kernel's pin and some without.
    var isMixed: Bool { pin.xcr0 == .kernel && xcr0InForce != xcr0 }

    /// What a machine's kernel has to pin XCR0 to for a replay; nil if it cannot, or has nothing to do.
    package func replayedXCR0(on machine: CPUProfile) -> XFeatureMask? {
        // A trap stood for each instruction that is known of: what is not known of saw the XCR0 that was in force.
        let mask = [xcr0InForce, xcr0].first(where: machine.pins)
        return mask == machine.xcr0 ? nil : mask
    }

    /// Whether the tracees saw the machine's XCR0, so that only a machine with the same one will do. XGETBV and the XSAVE
    /// family were the processor's own then.
    var seesHostXCR0: Bool { level == .native || pin.xcr0 == .none }

    /// Whether only machines of the model that recorded will do, whatever features others have: some of what shows the CPU
    /// was not pinned.
    package var needsSameModel: Bool { seesHostXCR0 || limits.contains { $0.kind != .unscannedPinned } }

    /// Whether a machine is of the model that recorded, by all that is known of both: what instructions do that nothing
    /// executes in the processor's place is the same there. Which components XSAVE takes for initial (XINUSE) is in no
    /// CPUID leaf and is not even promised to be a function of the registers, but it is a property of the design.
    func isMade(onModelOf machine: CPUProfile) -> Bool {
        identity == machine.identity && (x87 ?? machine.x87) == machine.x87
            && (mxcsrMask ?? machine.mxcsrMask) == machine.mxcsrMask
            && (seesHostCPUID ? cpuid.isOfTCG : machine.cpuid.isOfTCG) == machine.cpuid.isOfTCG
    }

    /// Whether the table of CPUID is the machine's, with what says of a hypervisor.
    private var seesHostCPUID: Bool { level == .native || pin.cpuid == .none }
}
