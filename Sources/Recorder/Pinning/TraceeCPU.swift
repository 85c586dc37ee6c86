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

    /// Nothing is hidden: the XSAVE family is left alone, and only what differs between cores or by chance is answered.
    package var isNative: Bool { cpu.level == .native }

    /// XCR0 as the tracees see it.
    var mask: UInt64 { cpu.xcr0.rawValue }

    /// By which means CPUID and XCR0 are pinned, for the recording.
    package var means: CPUPin {
        CPUPin(xcr0: isXCR0PinnedByKernel ? .kernel : isNative ? .none : .software, cpuid: .software)
    }

    /// What the kernel is to pin XCR0 to.
    package var kernelXCR0: XFeatureMask? { isXCR0PinnedByKernel ? cpu.xcr0 : nil }

    /// Whether xrr executes the instruction for the tracee.
    func covers(_ kind: SensitiveInstruction.Kind) -> Bool { !isNative || !(kind.needsXSAVE || kind == .fxsave) }

    /// CPUID.1:ECX.OSXSAVE, without which XGETBV and the XSAVE family raise #UD.
    var hasXSAVE: Bool { cpu.cpuid.words(leaf: 1).ecx & 1 << 27 != 0 }

    /// Whether the pinned CPU has the instruction. It is lenient with those that a program should ask CPUID for and that
    /// can be executed for it nevertheless.
    func has(_ kind: SensitiveInstruction.Kind) -> Bool { !kind.needsXSAVE || hasXSAVE }
}
