/// A set of extended-state components, one bit each: the value of XCR0, of XSTATE_BV or of an instruction's RFBM.
///
/// Bit numbers are those of Intel SDM volume 1, section 13.1, and, for LWP, AMD APM volume 2, section 11.5.2.
package struct XFeatureMask: OptionSet, Hashable, Sendable {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let x87 = Self(.x87)
    package static let sse = Self(.sse)
    package static let avx = Self(.avx)
    package static let bndregs = Self(.bndregs)
    package static let bndcsr = Self(.bndcsr)
    package static let opmask = Self(.opmask)
    package static let zmmHi256 = Self(.zmmHi256)
    package static let hi16ZMM = Self(.hi16ZMM)
    package static let pkru = Self(.pkru)
    package static let tileConfig = Self(.tileConfig)
    package static let tileData = Self(.tileData)
    package static let apx = Self(.apx)
    package static let lwp = Self(.lwp)

    package static let mpx: Self = [.bndregs, .bndcsr]
    package static let avx512: Self = [.opmask, .zmmHi256, .hi16ZMM]
    package static let amx: Self = [.tileConfig, .tileData]
    /// x87 and SSE: what FXSAVE covers and what every x86-64 system enables.
    package static let legacy: Self = [.x87, .sse]
    /// The components an `XStateImage` can hold. The others are supervisor state, which no regset shows, LWP, which
    /// Linux does not enable, and components this version does not know.
    package static let storable: Self = [.legacy, .avx, .mpx, .avx512, .pkru, .amx, .apx]

    package init(_ component: XStateComponent) { self.init(rawValue: 1 << component.number) }

    package func contains(_ component: XStateComponent) -> Bool { rawValue >> component.number & 1 != 0 }

    /// The components of the set in ascending order of their bits.
    package var components: [XStateComponent] {
        var result: [XStateComponent] = []
        forEachComponent { result.append($0) }
        return result
    }

    /// The same without an array, for the paths taken at each event.
    func forEachComponent(_ body: (XStateComponent) -> Void) {
        var rest = rawValue
        while rest != 0 {
            if let component = XStateComponent(number: rest.trailingZeroBitCount) { body(component) }
            rest &= rest - 1
        }
    }

    /// Whether XSETBV accepts the set as XCR0: x87 always; AVX needs SSE; the parts of MPX, of AVX-512 and of AMX only
    /// together; AVX-512 needs AVX (SDM volume 1, section 13.3). Bits without a rule are legal.
    package var isLegal: Bool {
        func allOrNone(_ group: Self) -> Bool { isDisjoint(with: group) || isSuperset(of: group) }
        return contains(.x87)
            && (!contains(.avx) || contains(.sse))
            && allOrNone(.mpx)
            && allOrNone(.avx512) && (!contains(.zmmHi256) || contains(.avx))
            && allOrNone(.amx)
            && rawValue >> 63 == 0
    }
}

extension XFeatureMask: CustomStringConvertible {
    /// The names joined by bars, as "x87|SSE|AVX"; "none" for the empty set.
    package var description: String {
        var names = components.map(\.name)
        if rawValue >> 63 != 0 { names.append("bit63") }
        return names.isEmpty ? "none" : names.joined(separator: "|")
    }
}
