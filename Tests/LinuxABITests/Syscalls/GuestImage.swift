import LinuxABI

/// A tracee's memory for tests: bytes at addresses, unreadable elsewhere.
struct GuestImage {
    private var bytes: [UInt64: UInt8] = [:]

    mutating func store(_ value: UInt64, width: Int = 8, at address: UInt64) {
        for index in 0..<width { bytes[address + UInt64(index)] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    func read(_ address: GuestAddress, _ count: Int) -> [UInt8]? {
        var result: [UInt8] = []
        for index in 0..<count {
            guard let byte = bytes[address.rawValue &+ UInt64(index)] else { return nil }
            result.append(byte)
        }
        return result
    }
}

extension Registers {
    /// The registers at the entry of a call with these arguments.
    init(arguments: UInt64...) {
        self.init()
        for (index, value) in arguments.enumerated() { setArgument(index, to: value) }
    }
}

/// What a call with these arguments and this result writes, as "address+length". `after` is the memory at the exit.
func written(
    _ number: SyscallNumber, _ registers: Registers, result: Int64, in image: GuestImage = GuestImage(),
    after: GuestImage? = nil
) -> [GuestRange] {
    let rule = SyscallTable[number].rule(for: registers)
    let capacity = rule.capacityRanges(of: registers, read: image.read)
    return OutputRange.writtenRanges(of: capacity, result: result, read: (after ?? image).read)
}

func range(_ start: UInt64, _ length: UInt64) -> GuestRange { GuestRange(start: GuestAddress(start), length: length) }
