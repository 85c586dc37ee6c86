/// What a tracee is to see of the CPU.
package struct PinnedCPU: Hashable, Sendable {
    package var cpuid: CPUIDTable
    package var xcr0: XFeatureMask
    package var layout: XStateLayout
    package init(cpuid: CPUIDTable, xcr0: XFeatureMask, layout: XStateLayout) {
        self.cpuid = cpuid
        self.xcr0 = xcr0
        self.layout = layout
    }
}
