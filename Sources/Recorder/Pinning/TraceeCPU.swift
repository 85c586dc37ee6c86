internal import MachineCode
package import XState

/// The CPU that the tracees see, and by which means.
package struct TraceeCPU: Sendable {
    package var cpu: PinnedCPU
    /// The kernel limits XCR0 (arch_prctl(2) ARCH_SET_XCR0) below the traps: they make what XSAVE stores the same on all
    /// CPUs, and the kernel makes XCR0 right where none stand, which is in code that could not be searched.
    package var isXCR0PinnedByKernel: Bool

    package init(cpu: PinnedCPU, isXCR0PinnedByKernel: Bool) {
        self.cpu = cpu
        self.isXCR0PinnedByKernel = isXCR0PinnedByKernel
    }

    /// Nothing is hidden: only what chance decides, or what a thread cannot know of the one core that it is bound to, is
    /// answered. All other code stays as it is.
    package var isNative: Bool { cpu.level == .native }

    /// XCR0 as the tracees see it.
    var mask: UInt64 { cpu.xcr0.rawValue }

    /// By which means CPUID and XCR0 are pinned, for the recording.
    package var means: CPUPin {
        CPUPin(xcr0: isXCR0PinnedByKernel ? .kernel : isNative ? .none : .software, cpuid: isNative ? .none : .software)
    }

    /// What the kernel is to pin XCR0 to.
    package var kernelXCR0: XFeatureMask? { isXCR0PinnedByKernel ? cpu.xcr0 : nil }

    /// Whether xrr executes the instruction for the tracee. One that the CPU does not have raises SIGILL by itself.
    func covers(_ kind: SensitiveInstruction.Kind) -> Bool {
        guard isNative else { return true }
        return kind.isUnpredictable
            && kind.bit.map { cpu.cpuid.features(at: $0.place) >> UInt32($0.bit) & 1 != 0 } != false
    }

    /// Whether what may be an instruction may be one that xrr executes.
    ///
    /// - Parameter place: an offset that `CandidateSites.find` gives.
    func mayCover(_ bytes: Span<UInt8>, _ place: Int) -> Bool {
        !isNative || CandidateSites.mayBeUnpredictable(bytes, place)
    }

    /// CPUID.1:ECX.OSXSAVE, without which XGETBV and the XSAVE family raise #UD.
    var hasXSAVE: Bool { cpu.cpuid.words(leaf: 1).ecx & 1 << 27 != 0 }

    /// Whether the pinned CPU has the instruction. It is lenient with those that a program should ask CPUID for and that
    /// can be executed for it nevertheless.
    func has(_ kind: SensitiveInstruction.Kind) -> Bool { !kind.needsXSAVE || hasXSAVE }
}

extension SensitiveInstruction.Kind {
    /// What says that a CPU has it, of those whose outcome is chance or the core's: CPUID bits of SDM volume 2, CPUID.
    fileprivate var bit: CPUIDBit? {
        switch self {
        case .rdrand: CPUIDBit(CPUIDPlace(1, .ecx), bit: 30)
        case .rdseed: CPUIDBit(CPUIDPlace(7, .ebx), bit: 18)
        case .rdpid: CPUIDBit(CPUIDPlace(7, .ecx), bit: 22)
        case .xbegin: CPUIDBit(CPUIDPlace(7, .ebx), bit: 11)
        case .cpuid, .xgetbv, .xsave, .xsaveopt, .xsavec, .xrstor, .fxsave: nil
        }
    }
}
