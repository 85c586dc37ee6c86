internal import LinuxABI

/// Machine code that grows from a known address on, and knows the few instructions that a stub is made of.
///
/// None of the instructions changes a flag, and only `moveToMemory` and `moveVectorToMemory` write memory.
struct StubAssembler {
    /// Two registers that a stub uses; the program's values are in slots meanwhile.
    enum Scratch { case rcx, r15 }

    /// A place in the code that jumps can go to before it is known.
    struct Label: Hashable { fileprivate let index: Int }

    let base: GuestAddress
    private(set) var bytes: [UInt8] = []
    private var places: [Int?] = []
    private var jumps: [(field: Int, label: Label)] = []
    private var slotOperands: [(field: Int, slot: UInt64)] = []

    init(base: GuestAddress) { self.base = base }

    /// The address of what comes next.
    var here: GuestAddress { base + UInt64(bytes.count) }

    mutating func append(_ code: [UInt8]) { bytes += code }

    // MARK: Labels, and slots whose address is known when the code's length is

    mutating func makeLabel() -> Label {
        places.append(nil)
        return Label(index: places.count - 1)
    }

    mutating func place(_ label: Label) { places[label.index] = bytes.count }

    /// Fills in the distances to labels and slots.
    mutating func resolve(slots: GuestAddress) throws(FilterStubError) {
        for (field, label) in jumps {
            guard let place = places[label.index] else { preconditionFailure("a label was never placed") }
            try setDistance(at: field, to: base + UInt64(place))
        }
        for (field, slot) in slotOperands { try setDistance(at: field, to: slots + slot) }
    }

    /// Appends the distance from the end of an instruction, to which it is the last field, to `target`.
    mutating func appendDistance(to target: GuestAddress) throws(FilterStubError) {
        let field = appendField()
        try setDistance(at: field, to: target)
    }

    /// Sets the four bytes at `field` to the distance from `end`, an offset in the code, to `target`.
    mutating func setDistance(
        at field: Int, end: Int? = nil, to target: GuestAddress
    ) throws(FilterStubError) {
        let from = base + UInt64(end ?? field + 4)
        guard let distance = Int32(exactly: Int64(bitPattern: target - from)) else {
            throw .tooFar(from: from, to: target)
        }
        for index in 0..<4 { bytes[field + index] = UInt8(truncatingIfNeeded: distance >> (8 * index)) }
    }

    private mutating func appendField() -> Int {
        bytes += [0, 0, 0, 0]
        return bytes.count - 4
    }

    private mutating func appendSlot(_ slot: UInt64) { slotOperands.append((appendField(), slot)) }

    private mutating func appendInteger(_ value: some FixedWidthInteger) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    // MARK: Instructions

    /// `mov %register, slot(%rip)`
    mutating func moveToMemory(_ register: Scratch, slot: UInt64) {
        append(register == .rcx ? [0x48, 0x89, 0x0D] : [0x4C, 0x89, 0x3D])
        appendSlot(slot)
    }

    /// `movups %xmmN, slot(%rip)`, the form that leaves the upper parts of the vector registers alone.
    mutating func moveVectorToMemory(_ vector: Int, slot: UInt64) {
        precondition(0..<16 ~= vector, "without EVEX there are xmm0 to xmm15")
        if vector >= 8 { append([0x44]) }
        append([0x0F, 0x11, UInt8(vector & 7) << 3 | 5])
        appendSlot(slot)
    }

    /// `mov slot(%rip), %register`
    mutating func moveFromMemory(_ register: Scratch, slot: UInt64) {
        append(register == .rcx ? [0x48, 0x8B, 0x0D] : [0x4C, 0x8B, 0x3D])
        appendSlot(slot)
    }

    /// `mov (%rcx), %rcx`
    mutating func loadThroughRCX() { append([0x48, 0x8B, 0x09]) }

    /// `mov $value, %register`
    mutating func moveImmediate(_ value: UInt64, to register: Scratch) {
        if let short = UInt32(exactly: value) {
            append(register == .rcx ? [0xB9] : [0x41, 0xBF])
            appendInteger(short)
        } else {
            append(register == .rcx ? [0x48, 0xB9] : [0x49, 0xBF])
            appendInteger(value)
        }
    }

    /// `lea distance(%register), %rcx`
    mutating func addToRCX(_ distance: Int32, plus register: GeneralRegister) {
        let number = register.rawValue
        let short = Int8(exactly: distance)
        append([number < 8 ? 0x48 : 0x49, 0x8D, (short != nil ? 0x48 : 0x88) | (number & 7)])
        // As the base, rsp and r12 are encoded by a SIB byte.
        if number & 7 == 4 { append([0x24]) }
        if let short { appendInteger(short) } else { appendInteger(distance) }
    }

    /// `lea (%rcx, %register), %rcx`
    mutating func addToRCX(_ register: GeneralRegister) {
        let number = register.rawValue
        // rsp is never an index: there it is the base, and rcx the index.
        let sib: UInt8 = register == .rsp ? 1 << 3 | 4 : (number & 7) << 3 | 1
        append([number < 8 ? 0x48 : 0x4A, 0x8D, 0x0C, sib])
    }

    /// `jrcxz` over a `jmp failure`
    mutating func unlessRCXIsZero(jump failure: Label) {
        append([0xE3, 0x05])
        jump(failure)
    }

    mutating func jump(_ label: Label) {
        append([0xE9])
        jumps.append((appendField(), label))
    }

    /// `jmp target`
    mutating func jump(to target: GuestAddress) throws(FilterStubError) {
        append([0xE9])
        try appendDistance(to: target)
    }

    /// `jcc target`
    mutating func jump(condition: UInt8, to target: GuestAddress) throws(FilterStubError) {
        append([0x0F, 0x80 | condition])
        try appendDistance(to: target)
    }

    /// `instruction`, whose bytes are `original`, so that it does here what it does at its own address.
    mutating func relocate(_ instruction: Instruction, original: ArraySlice<UInt8>) throws(FilterStubError) {
        switch instruction.kind {
        case .jump(let target?):
            try jump(to: target)
        case .conditionalJump(let target):
            try jump(condition: instruction.conditionCode, to: target)
        case .ordinary, .jump(nil):
            let start = bytes.count
            bytes += original
            // An immediate may follow the displacement; the distance is from the end of the instruction.
            if let offset = instruction.ripDisplacementOffset, let target = instruction.ripTarget {
                try setDistance(at: start + offset, end: bytes.count, to: target)
            }
        case .call, .return, .loop, .leavesUserMode:
            preconditionFailure("a patch site displaces no such instruction")
        }
    }
}
