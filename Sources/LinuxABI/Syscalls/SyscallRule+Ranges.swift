/// What may be written, at the entry of a system call.
extension SyscallRule {
    /// Appends the ranges that the call may write to `ranges`. Nothing is allocated for a call without outputs.
    ///
    /// Null pointers, addresses outside of user space and structures that cannot be read give no range: the kernel
    /// fails on them as well.
    ///
    /// - Parameter registers: at the entry of the call.
    package func appendCapacity(
        of registers: Registers, to ranges: inout [OutputRange], read: GuestMemoryReader
    ) {
        for output in outputs { output.appendCapacity(of: registers, to: &ranges, read: read) }
    }

    /// The ranges that the call may write.
    package func capacityRanges(of registers: Registers, read: GuestMemoryReader) -> [OutputRange] {
        var ranges: [OutputRange] = []
        appendCapacity(of: registers, to: &ranges, read: read)
        return ranges
    }
}

extension FileWrite {
    /// Appends the ranges from which the kernel may take what it writes to the file. As for outputs,
    /// `OutputRange.appendWritten` tells at the exit how much it took.
    package func appendCapacity(
        of registers: Registers, to ranges: inout [OutputRange], read: GuestMemoryReader
    ) {
        data?.appendCapacity(of: registers, to: &ranges, read: read)
    }
}

extension Output {
    /// The most bytes that one read(2) or write(2) moves (MAX_RW_COUNT), and more than any structure has.
    package static let largest: UInt64 = 0x7fff_f000
    /// The most elements of a vector or of an array of messages (UIO_MAXIOV).
    static let mostElements: UInt64 = 1024
    /// The end of user space with five-level page tables; with four levels the kernel refuses addresses earlier.
    package static let userSpaceEnd: UInt64 = 0x00ff_ffff_ffff_f000

    fileprivate func appendCapacity(
        of registers: Registers, to ranges: inout [OutputRange], read: GuestMemoryReader
    ) {
        var address = GuestAddress(registers.argument(pointer))
        guard !address.isNull else { return }
        var slot = OutputRange.Pointer.argument(pointer)
        if let indirection {
            slot = .memory(address + indirection)
            guard let value = Self.number(at: address + indirection, width: 8, read), value != 0 else { return }
            address = GuestAddress(value)
        }
        func append(_ length: UInt64, _ extent: OutputRange.Extent) {
            Self.append(
                OutputRange(
                    start: address, length: length, pointer: slot, transfer: transfer, condition: condition,
                    extent: extent), to: &ranges)
        }

        switch size {
        case .fixed(let bytes):
            append(bytes, .whole)
        case .whole(let length):
            guard let value = Self.value(of: length, registers, read) else { return }
            if length.isUpdated, case .field(let index, let offset) = length.source {
                append(length.bytes(value), .updated(GuestAddress(registers.argument(index)) + offset, length))
            } else {
                append(length.bytes(value), .whole)
            }
        case .result(let length):
            guard let value = Self.value(of: length, registers, read) else { return }
            append(length.bytes(value), .result(length))
        case .vector(let length):
            guard let count = Self.value(of: length, registers, read) else { return }
            let holder: OutputRange.PointerArray.Holder =
                if case .memory(let slot) = slot { .memory(slot) } else { .argument(pointer) }
            appendVector(at: address, count: count, holder: holder, to: &ranges, read: read) { .stream(first: $0) }
        case .messages(let length), .messageData(let length):
            guard let count = Self.value(of: length, registers, read) else { return }
            for index in 0..<min(count, Self.mostElements) {
                appendMessage(at: address, index: index, to: &ranges, read: read)
            }
        }
    }

    /// Appends the buffers of `struct iovec { void *base; size_t length; }`.
    private func appendVector(
        at address: GuestAddress, count: UInt64, holder: OutputRange.PointerArray.Holder, condition: Condition? = nil,
        to ranges: inout [OutputRange], read: GuestMemoryReader, extent: (_ first: Bool) -> OutputRange.Extent
    ) {
        let elementSize: UInt64 = 16
        guard count > 0, count <= Self.mostElements, let bytes = read(address, Int(count * elementSize)) else { return }
        let array = OutputRange.PointerArray(
            range: GuestRange(start: address, length: count * elementSize), holder: holder)
        var room = Self.largest
        var isFirst = true
        for index in 0..<Int(count) {
            let element = index * Int(elementSize)
            let base = Self.number(in: bytes, at: element, width: 8)
            let length = min(Self.number(in: bytes, at: element + 8, width: 8), room)
            room -= length
            guard length > 0 else { continue }
            // An element that cannot be written still takes its share of the stream: the kernel stops there.
            guard
                Self.append(
                    OutputRange(
                        start: GuestAddress(base), length: length,
                        pointer: .element(address + UInt64(element), of: array), transfer: transfer,
                        condition: condition ?? self.condition, extent: extent(isFirst)), to: &ranges)
            else { return }
            isFirst = false
        }
    }

    /// Appends what one `struct mmsghdr` leads to: name, control data and buffers, or the buffers alone.
    private func appendMessage(
        at array: GuestAddress, index: UInt64, to ranges: inout [OutputRange], read: GuestMemoryReader
    ) {
        let header = array + index * MessageHeader.stride
        guard let bytes = read(header, Int(MessageHeader.stride)) else { return }
        // The message was dealt with if the result is greater than its index.
        let condition = Condition.atLeast(Int64(index) + 1)
        func appendPart(_ pointer: UInt64, _ length: UInt64, width: Int) {
            let address = Self.number(in: bytes, at: Int(pointer), width: 8)
            guard address != 0 else { return }
            let capacity = Self.number(in: bytes, at: Int(length), width: width)
            let source = Length(.field(self.pointer, offset: length), width: width)
            Self.append(
                OutputRange(
                    start: GuestAddress(address), length: capacity, pointer: .memory(header + pointer),
                    transfer: transfer, condition: condition, extent: .updated(header + length, source)), to: &ranges)
        }
        if case .messages = size {
            appendPart(MessageHeader.name, MessageHeader.nameLength, width: 4)
            appendPart(MessageHeader.control, MessageHeader.controlLength, width: 8)
        }
        appendVector(
            at: GuestAddress(Self.number(in: bytes, at: Int(MessageHeader.vector), width: 8)),
            count: Self.number(in: bytes, at: Int(MessageHeader.vectorCount), width: 8),
            holder: .memory(header + MessageHeader.vector), condition: condition, to: &ranges, read: read
        ) { .messageStream(header + MessageHeader.transferred, first: $0) }
    }

    /// Appends a range after cutting it to what user space can hold; false if nothing is left.
    @discardableResult
    private static func append(_ range: OutputRange, to ranges: inout [OutputRange]) -> Bool {
        guard range.start.rawValue < userSpaceEnd, !range.start.isNull else { return false }
        var range = range
        range.length = min(range.length, largest, userSpaceEnd - range.start.rawValue)
        guard range.length > 0 else { return true }
        ranges.append(range)
        return true
    }

    private static func value(of length: Length, _ registers: Registers, _ read: GuestMemoryReader) -> UInt64? {
        switch length.source {
        case .argument(let index):
            let value = registers.argument(index)
            return length.width == 4 ? value & 0xffff_ffff : value
        case .field(let index, let offset):
            let address = GuestAddress(registers.argument(index))
            return address.isNull ? nil : number(at: address + offset, width: length.width, read)
        }
    }

    static func number(at address: GuestAddress, width: Int, _ read: GuestMemoryReader) -> UInt64? {
        read(address, width).map { number(in: $0, at: 0, width: width) }
    }

    private static func number(in bytes: [UInt8], at offset: Int, width: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in (offset..<offset + width).reversed() { value = value << 8 | UInt64(bytes[index]) }
        return value
    }
}

/// Offsets in `struct msghdr` (56 bytes) and in `struct mmsghdr`, an array of which recvmmsg(2) takes.
enum MessageHeader {
    static let name: UInt64 = 0
    static let nameLength: UInt64 = 8
    static let vector: UInt64 = 16
    static let vectorCount: UInt64 = 24
    static let control: UInt64 = 32
    static let controlLength: UInt64 = 40
    /// sizeof(struct msghdr).
    static let size: UInt64 = 56
    /// msg_len of `struct mmsghdr`.
    static let transferred: UInt64 = 56
    /// sizeof(struct mmsghdr).
    static let stride: UInt64 = 64
}
