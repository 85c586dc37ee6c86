package import LinuxABI

/// The code that a patched site jumps to: it counts the pass, compares registers and memory with what they are to be,
/// and traps when all are equal; else it does what the program's own instructions do and jumps back.
///
/// It changes no register, no flag, and no memory but its own slots: neither the stack nor what lies beyond its end.
/// Therefore it computes with `lea` and branches by `jrcxz` only, the two that leave the flags alone. What it needs are
/// rcx, and r15 from the first check on that compares a word with a large value; both are kept in slots meanwhile. The
/// slots are one per stub and not per thread: no two threads may be between entry and `resumeAddress` at a time.
package struct FilterStub: Sendable {
    /// Something that has to be equal for the stub to trap.
    package enum Check: Hashable, Sendable {
        case register(GeneralRegister, UInt64)
        /// The 8 bytes of memory at an address, which need not be aligned, but mapped whenever the site is passed.
        case word(GuestAddress, UInt64)
        /// One of xmm0 to xmm15.
        case vector(Int, low: UInt64, high: UInt64)
        /// The number of this pass, by the word at `passCountAddress`.
        case pass(UInt64)
    }

    package let site: PatchSite
    package let base: GuestAddress
    /// They are made in this order, up to the first that fails: the one that fails most should come first.
    package var checks: [Check]

    /// - Parameter base: Where the stub will be mapped, the start of a page in `reach(of: site)`.
    package init(site: PatchSite, base: GuestAddress, checks: [Check] = []) {
        precondition(base.isPageAligned, "a stub is made of whole pages")
        self.site = site
        self.base = base
        self.checks = checks
    }

    // MARK: Where a stub can be

    /// Twice what a stub of some thousand checks takes.
    private static let margin: UInt64 = 1 << 17
    /// The lowest address that the kernel lets programs map by default (/proc/sys/vm/mmap_min_addr).
    private static let lowest: UInt64 = 1 << 16
    /// The end of user addresses with four levels of page tables, without the last page.
    private static let highest: UInt64 = (1 << 47) - GuestAddress.pageSize

    /// The addresses between which the base of a stub has to be for all its distances to be in reach, with room for its
    /// length; nil when there are none.
    package static func reach(of site: PatchSite) -> ClosedRange<GuestAddress>? {
        var low = lowest
        var high = highest - margin
        let operands = site.displaced.flatMap { [$0.directTarget, $0.ripTarget] }.compactMap(\.self)
        for anchor in [site.address, site.end] + operands {
            let distance = UInt64(1) << 31 - margin
            if anchor.rawValue > distance { low = max(low, anchor.rawValue - distance) }
            let (end, overflow) = anchor.rawValue.addingReportingOverflow(distance)
            if !overflow { high = min(high, end) }
        }
        return low <= high ? GuestAddress(low)...GuestAddress(high) : nil
    }

    /// The lowest base in a hole of the address space with which the jump to the stub has a byte that traps wherever a
    /// displaced instruction begins in the middle of it.
    ///
    /// - Parameter hole: where a stub can be.
    package static func base(in hole: ClosedRange<GuestAddress>, for site: PatchSite) -> GuestAddress? {
        guard let reach = reach(of: site) else { return nil }
        let page = GuestAddress.pageSize
        var base = GuestAddress((max(hole.lowerBound, reach.lowerBound).rawValue + page - 1) & ~(page - 1))
        let last = min(hole.upperBound, reach.upperBound)
        let constraint = Constraint(site)
        while base <= last {
            if constraint.holds(forEntryAt: base + constraint.lead) { return base }
            base = base + page
        }
        return nil
    }

    /// What the distance of the jump has to be like: the bytes at which displaced instructions begin are `int3`, or, at its
    /// highest byte, where that would leave backward jumps only, one of the opcodes that are invalid in 64-bit mode.
    private struct Constraint {
        private let end: GuestAddress
        private var mask: UInt32 = 0
        private var hasTrapOnTop = false
        private static let traps: UInt32 = 0xCCCC_CCCC
        /// SDM volume 2, appendix A: push and pop of segments, DAA, DAS, AAA, AAS, PUSHA and POPA.
        private static let invalid: Set<UInt8> = [
            0x06, 0x07, 0x0E, 0x16, 0x17, 0x1E, 0x1F, 0x27, 0x2F, 0x37, 0x3F, 0x60, 0x61, 0xCC,
        ]

        init(_ site: PatchSite) {
            end = site.address + UInt64(PatchSite.jumpLength)
            for start in site.interiorStarts {
                if start == PatchSite.jumpLength - 1 {
                    hasTrapOnTop = true
                } else {
                    mask |= 0xFF << UInt32(8 * (start - 1))
                }
            }
        }

        /// How far from the start of a page the stub's entry is: this settles the distance's lower bits.
        var lead: UInt64 {
            let low = UInt32(truncatingIfNeeded: end.rawValue) &+ (Self.traps & mask)
            return mask & 0xFFFF == 0 ? 0 : UInt64(low) & (GuestAddress.pageSize - 1)
        }

        func holds(forEntryAt entry: GuestAddress) -> Bool {
            let distance = UInt32(truncatingIfNeeded: entry.rawValue &- end.rawValue)
            return (distance ^ Self.traps) & mask == 0
                && (!hasTrapOnTop || Self.invalid.contains(UInt8(truncatingIfNeeded: distance >> 24)))
        }
    }

    // MARK: Assembling

    /// The stub's words, by their distance from its last page.
    private enum Slot {
        static let rcx: UInt64 = 0
        static let r15: UInt64 = 8
        static let passCount: UInt64 = 16
        static let vector: UInt64 = 32
    }

    /// The stub as it is with the checks of now.
    package func assemble() throws(FilterStubError) -> AssembledStub {
        var code = StubAssembler(base: base)
        let constraint = Constraint(site)
        code.append([UInt8](repeating: 0xCC, count: Int(constraint.lead)))
        let entry = code.here
        let failure = code.makeLabel()
        let failureWithR15 = code.makeLabel()

        code.moveToMemory(.rcx, slot: Slot.rcx)
        code.moveFromMemory(.rcx, slot: Slot.passCount)
        code.addToRCX(1, plus: .rcx)
        code.moveToMemory(.rcx, slot: Slot.passCount)

        var comparison = Comparison(code: code, failure: failure, failureWithR15: failureWithR15)
        for check in checks { comparison.append(check) }
        code = comparison.code

        // All are equal. The jump makes it harmless to let the thread go on from the trap.
        if comparison.hasSavedR15 { code.moveFromMemory(.r15, slot: Slot.r15) }
        code.moveFromMemory(.rcx, slot: Slot.rcx)
        code.append([0xCC])
        let trapAddress = code.here
        let resume = code.makeLabel()
        code.jump(resume)

        code.place(failureWithR15)
        if comparison.hasSavedR15 { code.moveFromMemory(.r15, slot: Slot.r15) }
        code.place(failure)
        code.moveFromMemory(.rcx, slot: Slot.rcx)
        code.place(resume)
        let relocations = try appendDisplaced(to: &code)

        let page = GuestAddress.pageSize
        let codeLength = (UInt64(code.bytes.count) + page - 1) & ~(page - 1)
        try code.resolve(slots: base + codeLength)
        return AssembledStub(
            base: base, entry: entry, code: code.bytes, length: codeLength + page, trapAddress: trapAddress,
            resumeAddress: relocations[0].relocated, passCountAddress: base + codeLength + Slot.passCount,
            patch: try patch(to: entry), relocations: relocations)
    }

    private func appendDisplaced(to code: inout StubAssembler) throws(FilterStubError) -> [AssembledStub.Relocation] {
        var relocations: [AssembledStub.Relocation] = []
        for instruction in site.displaced {
            relocations.append(.init(original: instruction.address, relocated: code.here))
            let offset = Int(instruction.address - site.address)
            try code.relocate(instruction, original: site.displacedBytes[offset..<offset + instruction.length])
        }
        if site.displaced.last?.endsFlow != true {
            relocations.append(.init(original: site.end, relocated: code.here))
            try code.jump(to: site.end)
        }
        return relocations
    }

    private func patch(to entry: GuestAddress) throws(FilterStubError) -> [UInt8] {
        var code = StubAssembler(base: site.address)
        try code.jump(to: entry)
        return code.bytes + repeatElement(0xCC, count: site.displacedBytes.count - PatchSite.jumpLength)
    }

    /// The code of the checks while it is made, and which registers are the program's own where it has come to: rcx
    /// never is.
    private struct Comparison {
        var code: StubAssembler
        let failure: StubAssembler.Label
        let failureWithR15: StubAssembler.Label
        /// r15 is in its slot from here on, and may have any value.
        private(set) var hasSavedR15 = false
        /// Before the first check rcx is the number of the pass.
        private var isFirst = true

        init(code: StubAssembler, failure: StubAssembler.Label, failureWithR15: StubAssembler.Label) {
            self.code = code
            self.failure = failure
            self.failureWithR15 = failureWithR15
        }

        mutating func append(_ check: Check) {
            defer { isFirst = false }
            switch check {
            case .pass(let number):
                if !isFirst { code.moveFromMemory(.rcx, slot: Slot.passCount) }
                compareRCX(number)
            case .register(.rcx, let expected):
                code.moveFromMemory(.rcx, slot: Slot.rcx)
                compareRCX(expected)
            case .register(.r15, let expected) where hasSavedR15:
                code.moveFromMemory(.rcx, slot: Slot.r15)
                compareRCX(expected)
            case .register(let register, let expected):
                let negated = 0 &- expected
                if let distance = Int32(exactly: Int64(bitPattern: negated)) {
                    code.addToRCX(distance, plus: register)
                } else {
                    code.moveImmediate(negated, to: .rcx)
                    code.addToRCX(register)
                }
                branch()
            case .word(let address, let expected):
                code.moveImmediate(address.rawValue, to: .rcx)
                code.loadThroughRCX()
                compareRCX(expected)
            case .vector(let vector, let low, let high):
                code.moveVectorToMemory(vector, slot: Slot.vector)
                code.moveFromMemory(.rcx, slot: Slot.vector)
                compareRCX(low)
                code.moveFromMemory(.rcx, slot: Slot.vector + 8)
                compareRCX(high)
            }
        }

        private mutating func compareRCX(_ expected: UInt64) {
            let negated = 0 &- expected
            if let distance = Int32(exactly: Int64(bitPattern: negated)) {
                code.addToRCX(distance, plus: .rcx)
            } else {
                if !hasSavedR15 { code.moveToMemory(.r15, slot: Slot.r15) }
                hasSavedR15 = true
                code.moveImmediate(negated, to: .r15)
                code.addToRCX(.r15)
            }
            branch()
        }

        private mutating func branch() {
            code.unlessRCXIsZero(jump: hasSavedR15 ? failureWithR15 : failure)
        }
    }
}
