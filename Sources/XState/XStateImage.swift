/// The extended state of a thread in canonical form: the component values, independent of the CPU's layout.
///
/// The stored bytes are the first 416 bytes of an FXSAVE area (FCW, FSW, FTW, FOP, FIP, FDP, MXCSR, ST0-7, XMM0-15)
/// with MXCSR_MASK and the padding zeroed, followed by the mask's components from bit 2 on in ascending order of their
/// bits, each with its `XStateComponent.imageSize`. Components in their initial state are spelled out, so that two
/// images are equal exactly if the registers are: XSTATE_BV, which is not deterministic, is not kept.
package struct XStateImage: Sendable {
    /// The components held: x87 and SSE at least, and none outside of `XFeatureMask.storable`.
    package let mask: XFeatureMask
    /// The canonical bytes, a multiple of 8. For writing a recording and for tests.
    package internal(set) var bytes: [UInt8]

    /// Bytes of the legacy part.
    static let legacySize = 416
    /// As many zeros as all components together can need.
    static let zeros = [UInt8](repeating: 0, count: byteCount(.storable))

    /// The PKRU that Linux gives to every new program (`init_pkru_value` in arch/x86/mm/pkeys.c): all keys but 0 deny
    /// access. The hardware's initial value is 0.
    package static let linuxInitialPKRU: UInt32 = 0x5555_5554

    init(mask: XFeatureMask, canonical bytes: [UInt8]) {
        self.mask = mask
        self.bytes = bytes
    }

    /// The image of stored canonical bytes that nobody vouches for.
    ///
    /// - Throws: `illegalMask`, `unstorable`, `damagedImage`.
    package init(mask: XFeatureMask, stored bytes: [UInt8]) throws(XStateError) {
        try Self.check(mask)
        guard bytes.count == Self.byteCount(mask) else { throw .damagedImage }
        self.init(mask: mask, canonical: bytes)
        guard isCanonical else { throw .damagedImage }
    }

    /// The processor's initial state (SDM volume 1, section 13.6): FCW 037F, MXCSR 1F80, everything else 0, PKRU too.
    ///
    /// - Throws: `illegalMask`, `unstorable`.
    package static func initial(mask: XFeatureMask) throws(XStateError) -> XStateImage {
        try check(mask)
        var bytes = [UInt8](repeating: 0, count: byteCount(mask))
        bytes.store(Legacy.initialFCW, at: Legacy.fcw)
        bytes.store(Legacy.initialMXCSR, at: Legacy.mxcsr)
        return XStateImage(mask: mask, canonical: bytes)
    }

    static func check(_ mask: XFeatureMask) throws(XStateError) {
        guard mask.isLegal, mask.contains(.sse) else { throw .illegalMask(mask) }
        guard mask.isSubset(of: .storable) else { throw .unstorable(mask.subtracting(.storable)) }
    }

    /// Bytes of an image with these components.
    package static func byteCount(_ mask: XFeatureMask) -> Int {
        var count = legacySize
        mask.forEachComponent { count += $0.imageSize ?? 0 }
        return count
    }

    /// Where a component from bit 2 on lies in `bytes`; nothing if the image does not hold it.
    func range(of component: XStateComponent) -> Range<Int>? {
        guard mask.contains(component), let size = component.imageSize else { return nil }
        let start = Self.byteCount(mask.intersection(XFeatureMask(rawValue: 1 << component.number - 1)))
        return start..<start + size
    }

    /// Whether all bytes that stand for nothing are 0.
    var isCanonical: Bool {
        guard bytes[5] == 0, bytes.isZero(Legacy.mxcsrMask..<Legacy.st) else { return false }
        for register in 0..<8 where !bytes.isZero(Legacy.padding(ofST: register)) { return false }
        for component in [XStateComponent.bndcsr, .pkru] {
            guard let range = range(of: component), let used = component.usedSize else { continue }
            guard bytes.isZero(range.lowerBound + used..<range.upperBound) else { return false }
        }
        return true
    }

    /// The components that hold anything but their initial values. MXCSR counts as SSE.
    ///
    /// This is a property of the values; the XINUSE that the processor tracks may have more bits.
    package var inUse: XFeatureMask {
        var result: XFeatureMask = []
        if bytes.integer(at: Legacy.fcw, as: UInt16.self) != Legacy.initialFCW || !bytes.isZero(2..<Legacy.mxcsr)
            || !bytes.isZero(Legacy.st..<Legacy.xmm)
        {
            result.insert(.x87)
        }
        if mxcsr != Legacy.initialMXCSR || !bytes.isZero(Legacy.xmm..<Self.legacySize) { result.insert(.sse) }
        return result.union(extendedInUse)
    }

    /// `inUse` without x87 and SSE.
    var extendedInUse: XFeatureMask {
        var result: XFeatureMask = []
        var start = Self.legacySize
        mask.forEachComponent { component in
            guard let size = component.imageSize else { return }
            if !bytes.isZero(start..<start + size) { result.insert(XFeatureMask(component)) }
            start += size
        }
        return result
    }

    /// The SSE control and status register.
    package var mxcsr: UInt32 { bytes.integer(at: Legacy.mxcsr, as: UInt32.self) }

    /// The protection-key rights, nothing if the image does not hold them; setting is then without effect.
    ///
    /// At the stop after execve the kernel's regset says 0 although the thread has `linuxInitialPKRU`: whoever decodes
    /// that stop must set it here, or encoding the image would switch protection keys off.
    package var pkru: UInt32? {
        get { range(of: .pkru).map { bytes.integer(at: $0.lowerBound, as: UInt32.self) } }
        set {
            guard let range = range(of: .pkru), let newValue else { return }
            bytes.store(newValue, at: range.lowerBound)
        }
    }
}

/// Offsets in the FXSAVE area (SDM volume 1, section 10.5.1, 64-bit format with REX.W) and initial values.
enum Legacy {
    static let fcw = 0
    static let fsw = 2
    static let ftw = 4
    static let fop = 6
    static let fip = 8
    static let fdp = 16
    static let mxcsr = 24
    static let mxcsrMask = 28
    static let st = 32
    static let xmm = 160

    static let initialFCW: UInt16 = 0x037F
    static let initialMXCSR: UInt32 = 0x1F80

    /// The six unused bytes behind an 80-bit register.
    static func padding(ofST register: Int) -> Range<Int> {
        st + 16 * register + 10..<st + 16 * register + 16
    }
}
