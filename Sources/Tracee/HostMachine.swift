internal import Ptrace
package import XState

/// The machine that xrr runs on, as far as a recording depends on it.
package struct HostMachine: Sendable {
    package let profile: CPUProfile

    package var cpuid: CPUIDTable { profile.cpuid }
    package var cpu: CPUIdentity { profile.identity }
    package var layout: XStateLayout { profile.layout }

    /// Asks the CPU.
    ///
    /// - Throws: `XStateError` if CPUID contradicts XCR0.
    package static func current() throws(XStateError) -> HostMachine {
        var profile = try CPUProfile(
            cpuid: readCPUID(), xcr0: XFeatureMask(rawValue: Host.readXCR0()), mxcsrMask: Host.readMXCSRMask())
        profile.pinsXCR0 = Host.pinsXCR0
        return HostMachine(profile: profile)
    }

    /// Gives up a pin of XCR0 that xrr was started with: to it, the machine is what the kernel has to offer, and registers of
    /// tracees are shown with all of that.
    package static func leaveInheritedPin() {
        guard Host.pinsXCR0, let machine = try? current() else { return }
        let full = XFeatureMask(enabledByLinuxOn: machine.cpuid)
        if full.isStrictSuperset(of: machine.layout.mask) { Host.restart(withXCR0: full.rawValue) }
    }

    /// Every leaf and subleaf that tells about the CPU and not about the moment or the core.
    private static func readCPUID() -> CPUIDTable {
        var entries: [CPUIDTable.Entry] = []
        let hasHypervisor = Host.cpuid(leaf: 1, subleaf: 0).ecx >> 31 != 0
        let isCentaur = [0x746E_6543, 0x6853_2020].contains(Host.cpuid(leaf: 0, subleaf: 0).ebx)
        var bases: [UInt32] = [0, 0x8000_0000]
        if hasHypervisor { bases.append(0x4000_0000) }
        if isCentaur { bases.append(0xC000_0000) }
        for base in bases {
            let last = Host.cpuid(leaf: base, subleaf: 0).eax
            guard last >= base, last < base + 0x100 else { continue }
            for leaf in base...last {
                for subleaf in 0..<subleafCount(of: leaf) {
                    let words = Host.cpuid(leaf: leaf, subleaf: subleaf)
                    entries.append(
                        .init(
                            leaf: leaf, subleaf: subleaf,
                            words: CPUIDWords(eax: words.eax, ebx: words.ebx, ecx: words.ecx, edx: words.edx)))
                }
            }
        }
        return CPUIDTable(entries: entries)
    }

    /// SDM volume 2, CPUID: the leaves that look at ECX.
    private static func subleafCount(of leaf: UInt32) -> UInt32 {
        switch leaf {
        case 0xD: 64
        case 7: Host.cpuid(leaf: 7, subleaf: 0).eax % 32 + 1
        case 4, 0x8000_001D: 8
        case 0xB, 0x1F, 0x8000_0026: 8
        case 0x18: Host.cpuid(leaf: 0x18, subleaf: 0).eax % 32 + 1
        case 0xF, 0x10, 0x14, 0x12, 0x17, 0x1D, 0x1E, 0x20, 0x23, 0x24, 0x8000_0020: 4
        default: 1
        }
    }
}
