/// The kernel's NT_X86_XSTATE regset: a standard-format XSAVE area whose bytes 464 to 511 belong to software
/// (arch/x86/kernel/fpu/xstate.c, copy_xstate_to_uabi_buf and copy_uabi_to_xstate).
extension XStateImage {
    /// Reads what PTRACE_GETREGSET gave for NT_X86_XSTATE.
    ///
    /// A component that XSTATE_BV leaves out is initial, whatever its bytes are; MXCSR counts as soon as SSE or AVX is
    /// in. MXCSR_MASK, software bytes, padding, gaps and the bytes behind the layout's end are ignored. PKRU is wrong
    /// at the stop after execve: see `pkru`.
    ///
    /// - Parameters:
    ///   - raw: at least `layout.size` bytes.
    ///   - layout: that of the machine the bytes come from.
    ///   - mask: the components to keep, all that can be kept unless told otherwise. What others hold is dropped;
    ///     `componentsInUse(inRegset:)` tells whether there is anything.
    /// - Throws: `illegalMask`, `unavailable`, `unstorable`; `truncated`, `compacted`, `reservedHeader`,
    ///   `unknownComponents`.
    package init(
        decoding raw: [UInt8], layout: XStateLayout, mask: XFeatureMask? = nil
    ) throws(XStateError) {
        let mask = mask ?? layout.imageMask
        try Self.check(mask)
        guard mask.isSubset(of: layout.mask) else { throw .unavailable(mask.subtracting(layout.mask)) }
        guard raw.count >= layout.size else { throw .truncated(expected: layout.size, actual: raw.count) }
        let present = try Self.checkedHeader(raw)
        guard present.isSubset(of: layout.mask) else {
            throw .unknownComponents(present.subtracting(layout.mask))
        }

        var bytes = [UInt8]()
        bytes.reserveCapacity(Self.legacySize + layout.size - XStateLayout.extendedRegionStart)
        bytes += raw[..<Self.legacySize]
        Self.canonicaliseLegacy(&bytes, present: present)
        Self.appendComponents(to: &bytes, from: raw, layout: layout, mask: mask, present: present)
        self.init(mask: mask, canonical: bytes)
    }

    /// XSTATE_BV of a regset whose header is that of the standard format.
    private static func checkedHeader(_ raw: [UInt8]) throws(XStateError) -> XFeatureMask {
        let compaction = raw.integer(at: Header.compaction, as: UInt64.self)
        guard compaction == 0 else { throw .compacted(compaction) }
        guard raw.isZero(Header.reserved) else { throw .reservedHeader }
        return XFeatureMask(rawValue: raw.integer(at: Header.present, as: UInt64.self))
    }

    private static func canonicaliseLegacy(_ bytes: inout [UInt8], present: XFeatureMask) {
        bytes.clear(Legacy.mxcsrMask..<Legacy.st)
        if present.contains(.x87) {
            bytes[5] = 0
            for register in 0..<8 { bytes.clear(Legacy.padding(ofST: register)) }
        } else {
            bytes.clear(0..<Legacy.mxcsr)
            bytes.store(Legacy.initialFCW, at: Legacy.fcw)
            bytes.clear(Legacy.st..<Legacy.xmm)
        }
        if !present.contains(.sse) { bytes.clear(Legacy.xmm..<legacySize) }
        if present.isDisjoint(with: [.sse, .avx]) { bytes.store(Legacy.initialMXCSR, at: Legacy.mxcsr) }
    }

    /// Appends the mask's components from bit 2 on: neighbours in one go, and initial ones in one go.
    private static func appendComponents(
        to bytes: inout [UInt8], from raw: [UInt8], layout: XStateLayout, mask: XFeatureMask, present: XFeatureMask
    ) {
        var run = 0..<0
        var initial = 0
        for location in layout.locations {
            guard let component = location.component, mask.contains(component),
                let size = component.imageSize, let used = component.usedSize
            else { continue }
            guard present.contains(component) else {
                if !run.isEmpty { bytes += raw[run] }
                run = 0..<0
                initial += size
                continue
            }
            if initial > 0 { bytes += zeros[..<initial] }
            initial = 0
            let start = Int(location.offset)
            if start == run.upperBound {
                run = run.lowerBound..<start + used
            } else {
                if !run.isEmpty { bytes += raw[run] }
                run = start..<start + used
            }
            initial = size - used
            if initial > 0 {
                bytes += raw[run]
                run = 0..<0
            }
        }
        if !run.isEmpty { bytes += raw[run] }
        if initial > 0 { bytes += zeros[..<initial] }
    }

    /// The components that XSTATE_BV names: a superset of those that hold values.
    ///
    /// - Throws: `truncated`, `compacted`, `reservedHeader`.
    package static func componentsInUse(inRegset raw: [UInt8]) throws(XStateError) -> XFeatureMask {
        let needed = XStateLayout.extendedRegionStart
        guard raw.count >= needed else { throw .truncated(expected: needed, actual: raw.count) }
        return try checkedHeader(raw)
    }

    /// Writes the registers for PTRACE_SETREGSET on the CPU with the given layout.
    ///
    /// XSTATE_BV becomes x87, SSE, the components that hold values, and PKRU wherever that CPU has it, because leaving
    /// it out would set it to 0. An image without PKRU gives the thread `linuxInitialPKRU`. Components of the layout
    /// that the image does not hold become initial. MXCSR_MASK and the software bytes stay as they are.
    ///
    /// - Parameter raw: a fresh PTRACE_GETREGSET of the thread to be written. Unchanged if an error is thrown.
    /// - Throws: `truncated`, `notConvertible`, and `unsupportedMXCSR`, for which the kernel would say EINVAL.
    package func encode(into raw: inout [UInt8], layout: XStateLayout) throws(XStateError) {
        guard raw.count >= layout.size else { throw .truncated(expected: layout.size, actual: raw.count) }
        let obstacles = obstacles(to: layout.mask)
        guard obstacles.isEmpty else { throw .notConvertible(obstacles) }
        // A mask of 0 means that the kernel had none to copy. 0FFBF, which the SDM then prescribes, is for CPUs without
        // denormals-are-zero; none of those has XSAVE.
        let storedMask = raw.integer(at: Legacy.mxcsrMask, as: UInt32.self)
        let mxcsrMask = storedMask == 0 ? 0xFFFF : storedMask
        guard mxcsr & ~mxcsrMask == 0 else { throw .unsupportedMXCSR(mxcsr, mask: mxcsrMask) }

        raw.replaceSubrange(..<Legacy.mxcsrMask, with: bytes[..<Legacy.mxcsrMask])
        raw.replaceSubrange(Legacy.st..<Self.legacySize, with: bytes[Legacy.st..<Self.legacySize])
        var present = extendedInUse.intersection(layout.mask).union(.legacy)
        for location in layout.locations {
            guard let component = location.component else { continue }
            let start = Int(location.offset)
            raw.clear(location.range)
            if component == .pkru {
                raw.store(pkru ?? Self.linuxInitialPKRU, at: start)
                present.insert(.pkru)
            } else if present.contains(component), let range = range(of: component) {
                raw.replaceSubrange(start..<start + range.count, with: bytes[range])
            }
        }
        raw.clear(Header.compaction..<Header.reserved.upperBound)
        raw.store(present.rawValue, at: Header.present)
    }

    /// Offsets of the XSAVE header (SDM volume 1, section 13.4.2).
    private enum Header {
        static let present = 512
        static let compaction = 520
        static let reserved = 528..<576
    }
}
