package import XState

extension RecordingManifest {
    /// Notes the CPU that the tracees are to see, and the machine below it.
    package mutating func setCPU(_ pinned: PinnedCPU, pin: CPUPin, host: CPUProfile) {
        cpu = host.identity
        cpuid = pinned.cpuid
        xcr0 = pinned.xcr0
        xstateLayout = pinned.layout
        cpuLevel = pinned.level
        self.pin = pin
        hostXCR0 = host.xcr0
        hostX87 = host.x87
        hostMXCSRMask = host.mxcsrMask
    }

    /// What decides where the recording replays: for `PortabilityVerdict`.
    package var recordingCPU: RecordingCPU {
        RecordingCPU(
            identity: cpu, cpuid: cpuid, xcr0: xcr0, layout: xstateLayout, level: cpuLevel, pin: pin,
            // The tracee of an unpinned recording saw the machine's own flags.
            x87: hostX87 ?? (pin.cpuid == .none && !cpuid.entries.isEmpty ? X87PointerClass(cpuid) : nil),
            mxcsrMask: hostMXCSRMask, hostXCR0: hostXCR0 ?? xcr0, limits: pinLimits)
    }

    /// The CPU that the tracees saw, as a machine: what a profile made from a recording is.
    package var cpuProfile: CPUProfile {
        CPUProfile(
            identity: cpu, cpuid: cpuid, layout: xstateLayout, x87: recordingCPU.x87 ?? X87PointerClass(cpuid),
            mxcsrMask: hostMXCSRMask ?? CPUProfile.mxcsrMask(of: cpuid),
            sources: .init(
                cpuid: .cpuid, xcr0: pin.xcr0 == .none ? .measured : .derived, layout: .cpuid,
                x87: hostX87 == nil ? .unknown : .derived, mxcsrMask: hostMXCSRMask == nil ? .derived : .measured))
    }
}
