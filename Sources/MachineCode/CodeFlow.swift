package import LinuxABI

/// What can be reached from instructions that are executed: the way to find instructions in code that no table
/// describes.
package struct CodeFlow: Sendable {
    private static let limit = 100_000
    private var lengths: [GuestAddress: UInt8] = [:]
    /// The sensitive instructions among them.
    package private(set) var sensitive: [SensitiveInstruction] = []

    /// Follows the code from `entries` over all direct jumps and calls, and behind calls, as long as it stays in `range`.
    ///
    /// - Parameter bytes: the memory of `range`.
    package init(from entries: some Sequence<GuestAddress>, in range: Range<GuestAddress>, bytes: Span<UInt8>) {
        var open = Array(entries)
        while let next = open.popLast() {
            var address = next
            while range.contains(address), lengths[address] == nil, lengths.count < Self.limit {
                let offset = Int(address - range.lowerBound)
                let code = bytes.extracting(offset..<min(bytes.count, offset + Instruction.maximumLength))
                guard let instruction = Instruction.decode(code, at: address) else { break }
                lengths[address] = UInt8(instruction.length)
                if let found = SensitiveInstruction.decode(code, at: address) {
                    sensitive.append(found)
                    if let target = found.target { open.append(target) }
                }
                if let target = instruction.directTarget ?? instruction.callTarget { open.append(target) }
                if instruction.endsFlow { break }
                address = instruction.next
            }
        }
    }

    /// The ways out of a page for threads that execute the code.
    package struct Exits: Hashable, Sendable {
        package var transfers: [ControlTransfer] = []
        /// Execution may go on at the start of the next page.
        package var fallsThrough = false
    }

    /// The ways out of a page: nil if there are others than can be executed for a thread.
    ///
    /// - Parameter bytes: the memory of the page, and of as much behind it as an instruction is long.
    package func exits(of page: Range<GuestAddress>, bytes: Span<UInt8>) -> Exits? {
        var exits = Exits()
        for (address, length) in lengths where page.contains(address) {
            let offset = Int(address - page.lowerBound)
            let code = bytes.extracting(offset..<min(bytes.count, offset + Instruction.maximumLength))
            guard let instruction = Instruction.decode(code, at: address) else { return nil }
            let staysByTarget = (instruction.directTarget ?? instruction.callTarget).map(page.contains)
            if staysByTarget == false || instruction.endsFlow && instruction.directTarget == nil
                || instruction.kind == .call && instruction.callTarget == nil
            {
                guard let exit = ControlTransfer.decode(code, at: address) else { return nil }
                exits.transfers.append(exit)
            } else if address + UInt64(length) >= page.upperBound, !instruction.endsFlow {
                exits.fallsThrough = true
            }
        }
        return exits
    }

    /// Whether an opcode byte at the address belongs to an instruction that can be reached.
    package func covers(_ address: GuestAddress) -> Bool {
        for distance in 0..<UInt64(Instruction.maximumLength) where distance <= address.rawValue {
            let start = GuestAddress(address.rawValue - distance)
            if let length = lengths[start], distance < UInt64(length) { return true }
        }
        return false
    }
}
