/// One component of the extended state, named by its bit in XCR0 (or IA32_XSS).
package struct XStateComponent: Hashable, Comparable, Sendable {
    /// The bit, 0 to 62. Bit 63 stands for no component: it marks the compacted format in XCOMP_BV.
    package let number: Int

    /// Nothing for a number that no component can have.
    package init?(number: Int) {
        guard (0...62).contains(number) else { return nil }
        self.number = number
    }

    private init(_ number: Int) { self.number = number }

    package static let x87 = Self(0)
    package static let sse = Self(1)
    package static let avx = Self(2)
    package static let bndregs = Self(3)
    package static let bndcsr = Self(4)
    package static let opmask = Self(5)
    package static let zmmHi256 = Self(6)
    package static let hi16ZMM = Self(7)
    package static let pkru = Self(9)
    package static let tileConfig = Self(17)
    package static let tileData = Self(18)
    package static let apx = Self(19)
    package static let lwp = Self(62)

    package static func < (a: Self, b: Self) -> Bool { a.number < b.number }

    /// The bytes an `XStateImage` keeps of a component from bit 2 on, nothing for one that images cannot hold.
    ///
    /// These are also the sizes that CPUID reports everywhere, but for PKRU on Zen 2, whose phantom component has 64
    /// bytes. The kernel has them as the structures of arch/x86/include/asm/fpu/types.h.
    package var imageSize: Int? {
        switch number {
        case 2: 256
        case 3, 4, 5, 17: 64
        case 6: 512
        case 7: 1024
        case 9: 8
        case 18: 8192
        case 19: 128
        default: nil
        }
    }

    /// The bytes of `imageSize` that are registers; the rest is reserved (`struct pkru_state`, `struct
    /// mpx_bndcsr_state`) and not comparable.
    var usedSize: Int? {
        switch self {
        case .bndcsr: 16
        case .pkru: 4
        default: imageSize
        }
    }

    /// The name in the manuals, "bit10" and the like for what has no name here.
    package var name: String {
        switch number {
        case 0: "x87"
        case 1: "SSE"
        case 2: "AVX"
        case 3: "BNDREGS"
        case 4: "BNDCSR"
        case 5: "OPMASK"
        case 6: "ZMM_Hi256"
        case 7: "Hi16_ZMM"
        case 8: "PT"
        case 9: "PKRU"
        case 10: "PASID"
        case 11: "CET_U"
        case 12: "CET_S"
        case 13: "HDC"
        case 14: "UINTR"
        case 15: "LBR"
        case 16: "HWP"
        case 17: "XTILECFG"
        case 18: "XTILEDATA"
        case 19: "APX"
        case 62: "LWP"
        default: "bit\(number)"
        }
    }
}

extension XStateComponent: CustomStringConvertible {
    package var description: String { name }
}
