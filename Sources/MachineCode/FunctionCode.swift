package import LinuxABI

/// What a linear sweep over the code of one function tells about where control may arrive in it.
///
/// The sweep sees only the branches of the function itself. Code of another symbol that jumps into the middle of this
/// one, as a compiler's `.cold` part does, and the landing pads of exceptions are to be added by those who know them.
package struct FunctionCode: Sendable {
    package let addresses: Range<GuestAddress>
    /// Where the direct branches and calls of the function go to, inside of it or elsewhere.
    package private(set) var directTargets: Set<GuestAddress> = []
    /// There are jumps by register or memory, perhaps through a table, to targets that the code does not show.
    package private(set) var hasIndirectJumps = false
    /// All bytes belong to instructions, and the last one ends with the function.
    package private(set) var isDecodable = true
    /// Where the instructions begin, as ascending distances from the function's start.
    private var starts: [UInt32] = []

    /// - Parameter bytes: The whole function, beginning at `start`; less than 4 GiB.
    package init(start: GuestAddress, bytes: Span<UInt8>) {
        precondition(UInt32(exactly: bytes.count) != nil, "functions are smaller than 4 GiB")
        addresses = start..<(start + UInt64(bytes.count))
        starts.reserveCapacity(bytes.count / 3)
        var offset = 0
        while offset < bytes.count {
            let rest = bytes.extracting(offset..<min(bytes.count, offset + Instruction.maximumLength))
            guard let instruction = Instruction.decode(rest, at: start + UInt64(offset)) else {
                isDecodable = false
                offset += 1
                continue
            }
            starts.append(UInt32(offset))
            if instruction.kind == .jump(target: nil) { hasIndirectJumps = true }
            if let target = instruction.directTarget ?? instruction.callTarget { directTargets.insert(target) }
            offset += instruction.length
        }
    }

    /// Every place inside of the function where control may arrive other than from the instruction before is among
    /// the direct targets.
    package var hasKnownTargets: Bool { isDecodable && !hasIndirectJumps }

    /// The sweep found an instruction that begins here.
    package func hasInstruction(at address: GuestAddress) -> Bool { lastStart(upTo: address) == address }

    /// Where the last instruction begins that the sweep found at the address or before it.
    func lastStart(upTo address: GuestAddress) -> GuestAddress? {
        guard addresses.contains(address) else { return nil }
        let wanted = UInt32(address - addresses.lowerBound)
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= wanted { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? addresses.lowerBound + UInt64(starts[low - 1]) : nil
    }

    /// Adds a target that the function's own code does not show, such as a landing pad of an exception.
    package mutating func insert(target: GuestAddress) { directTargets.insert(target) }

    /// Adds what is known of code that belongs to this function but stands elsewhere, such as its `.cold` part.
    package mutating func insertTargets(of part: FunctionCode) {
        directTargets.formUnion(part.directTargets)
        hasIndirectJumps = hasIndirectJumps || part.hasIndirectJumps
        isDecodable = isDecodable && part.isDecodable
    }
}
