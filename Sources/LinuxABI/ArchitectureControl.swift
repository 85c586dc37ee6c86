/// A code of arch_prctl(2): arch/x86/include/uapi/asm/prctl.h.
package struct ArchitectureControl: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// ARCH_SET_GS.
    package static let setGS = Self(0x1001)
    /// ARCH_SET_FS.
    package static let setFS = Self(0x1002)
    /// ARCH_GET_FS.
    package static let getFS = Self(0x1003)
    /// ARCH_GET_GS.
    package static let getGS = Self(0x1004)
    /// ARCH_GET_CPUID.
    package static let getCPUID = Self(0x1011)
    /// ARCH_SET_CPUID.
    package static let setCPUID = Self(0x1012)
    /// ARCH_GET_XCOMP_SUPP.
    package static let getSupportedComponents = Self(0x1021)
    /// ARCH_GET_XCOMP_PERM.
    package static let getPermittedComponents = Self(0x1022)
    /// ARCH_REQ_XCOMP_PERM.
    package static let requestComponent = Self(0x1023)
    /// ARCH_SHSTK_ENABLE.
    package static let enableShadowStack = Self(0x5001)
    /// ARCH_SHSTK_STATUS.
    package static let shadowStackStatus = Self(0x5005)
}
