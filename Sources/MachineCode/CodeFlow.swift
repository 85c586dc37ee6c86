package import LinuxABI

/// What is certainly reached from instructions that are executed: the way to find instructions in code that no table
/// describes.
///
/// Both ways of a conditional jump count as reached. What stands behind a call is reached where the call is known to
/// return, and what stands behind an instruction that raises a signal (int3, ud2, hlt) only if it is an entry itself:
/// compilers put data there, for the handler.
package struct CodeFlow: Sendable {
    /// What is known of calls.
    package enum Calls: Sendable {
        /// They return to the instruction behind them.
        case `return`
        /// Nothing: who returns from one enters there.
        case unknown
    }

    private static let limit = 100_000
    private var lengths: [GuestAddress: UInt8] = [:]
    /// Instructions that have bytes in common: at least one of two was decoded from what is data, or the code jumps into
    /// the middle of its instructions.
    private var overlapping: Set<GuestAddress> = []
    /// The sensitive instructions that are reached and have no bytes in common with others.
    package private(set) var sensitive: [SensitiveInstruction] = []
    /// Those that share bytes with others: nothing may be written there.
    package private(set) var ambiguous: [SensitiveInstruction] = []
    /// Where all reached instructions begin.
    var starts: some Sequence<GuestAddress> { lengths.keys }

    /// Follows the code from `entries` over all direct jumps and calls, as long as it stays in `range`.
    ///
    /// - Parameter bytes: the memory of `range`, and what of an instruction that goes on beyond it.
    package init(
        from entries: some Sequence<GuestAddress>, in range: Range<GuestAddress>, bytes: Span<UInt8>, calls: Calls
    ) {
        var open = Array(entries)
        while let next = open.popLast() {
            var address = next
            while range.contains(address), lengths[address] == nil, lengths.count < Self.limit {
                let offset = Int(address - range.lowerBound)
                guard offset < bytes.count else { break }
                let code = bytes.extracting(offset..<min(bytes.count, offset + Instruction.maximumLength))
                guard let instruction = Instruction.decode(code, at: address) else { break }
                lengths[address] = UInt8(instruction.length)
                if let found = SensitiveInstruction.decode(code, at: address) {
                    sensitive.append(found)
                    if let target = found.target { open.append(target) }
                }
                if let target = instruction.directTarget ?? instruction.callTarget { open.append(target) }
                guard instruction.sequel == .next || instruction.sequel == .nextAfterReturn && calls == .return else {
                    break
                }
                address = instruction.next
            }
        }
        findOverlaps()
        ambiguous = sensitive.filter { overlapping.contains($0.address) }
        sensitive.removeAll { overlapping.contains($0.address) }
    }

    private mutating func findOverlaps() {
        var last: (start: GuestAddress, end: GuestAddress)?
        for start in lengths.keys.sorted() {
            let end = start + UInt64(lengths[start] ?? 0)
            guard let previous = last else {
                last = (start, end)
                continue
            }
            if start < previous.end {
                overlapping.insert(previous.start)
                overlapping.insert(start)
            }
            // The one that reaches farther may overlap the next, too.
            if end > previous.end { last = (start, end) }
        }
    }

    /// The ways out of a page for threads that execute the code.
    package struct Exits: Hashable, Sendable {
        package var transfers: [ControlTransfer] = []
        /// Execution may go on at the start of the next page.
        package var fallsThrough = false
    }

    /// The ways out of a page: nil if there are others than can be executed for a thread, or than can be trapped.
    ///
    /// - Parameter bytes: the memory of the page, and of as much behind it as an instruction is long.
    package func exits(of page: Range<GuestAddress>, bytes: Span<UInt8>) -> Exits? {
        var exits = Exits()
        for (address, length) in lengths where page.contains(address) {
            let offset = Int(address - page.lowerBound)
            let code = bytes.extracting(offset..<min(bytes.count, offset + Instruction.maximumLength))
            guard let instruction = Instruction.decode(code, at: address), instruction.sequel != .unknown else {
                return nil
            }
            let staysByTarget = (instruction.directTarget ?? instruction.callTarget).map(page.contains)
            if staysByTarget == false || instruction.endsFlow && instruction.directTarget == nil
                || instruction.kind == .call && instruction.callTarget == nil
            {
                guard !overlapping.contains(address), let exit = ControlTransfer.decode(code, at: address) else {
                    return nil
                }
                exits.transfers.append(exit)
            } else if address + UInt64(length) >= page.upperBound, instruction.sequel == .next {
                exits.fallsThrough = true
            }
        }
        return exits
    }

    /// Whether an opcode byte at the address belongs to an instruction that can be reached.
    package func covers(_ address: GuestAddress) -> Bool { start(ofInstructionAround: address) != nil }

    /// Where an instruction that can be reached begins to which a byte belongs.
    func start(ofInstructionAround address: GuestAddress) -> GuestAddress? {
        for distance in 0..<UInt64(Instruction.maximumLength) where distance <= address.rawValue {
            let start = GuestAddress(address.rawValue - distance)
            if let length = lengths[start], distance < UInt64(length) { return start }
        }
        return nil
    }

    /// Whether an instruction begins at the address that is reached and shares no bytes with others.
    func isCertain(_ address: GuestAddress) -> Bool { lengths[address] != nil && !overlapping.contains(address) }
}
