package import LinuxABI

/// The sensitive instructions in a stretch of executable memory, as far as decoding can tell.
package struct SensitiveCode: Hashable, Sendable {
    /// In ascending order of their addresses.
    package private(set) var instructions: [SensitiveInstruction] = []
    /// The opcode bytes of candidates of which decoding could not tell whether they are code.
    package private(set) var unresolved: [GuestAddress] = []

    package init(instructions: [SensitiveInstruction] = [], unresolved: [GuestAddress] = []) {
        self.instructions = instructions
        self.unresolved = unresolved
    }

    /// - Parameters:
    ///   - start: the address of the first byte.
    ///   - bytes: the memory of the stretch, and what follows it.
    ///   - limit: how many of the bytes are the stretch.
    ///   - function: the bounds of the function around an address, by unwind information or symbols; nil where none is
    ///     known.
    ///   - read: that many bytes of memory, which may begin outside of the stretch; nil where they are not mapped.
    package init(
        start: GuestAddress, bytes: Span<UInt8>, limit: Int, function: (GuestAddress) -> Range<GuestAddress>?,
        read: (GuestAddress, Int) -> [UInt8]?
    ) {
        var candidates = CandidateSites.find(in: bytes).prefix { $0 < limit }
        while let first = candidates.first {
            let address = start + UInt64(first)
            guard let bounds = function(address), bounds.contains(address),
                bounds.upperBound - bounds.lowerBound <= Self.longestFunction,
                let code = read(bounds.lowerBound, Int(bounds.upperBound - bounds.lowerBound))
            else {
                unresolved.append(address)
                candidates.removeFirst()
                continue
            }
            let rest = candidates.drop { start + UInt64($0) < bounds.upperBound }
            let own = candidates[..<rest.startIndex].map { start + UInt64($0) }
            sort(own, in: BoundedFunction(code.span, at: bounds.lowerBound), code.span, at: bounds.lowerBound)
            candidates = rest
        }
    }

    /// Of functions that are longer no candidate is resolved.
    private static let longestFunction: UInt64 = 16 << 20

    /// Tells the candidates in a function that are instructions from those that are parts of others.
    private mutating func sort(
        _ candidates: [GuestAddress], in function: BoundedFunction, _ code: Span<UInt8>, at start: GuestAddress
    ) {
        for candidate in candidates {
            guard let address = function.start(ofInstructionAround: candidate) else {
                unresolved.append(candidate)
                continue
            }
            // Two candidates may be one instruction.
            if let last = instructions.last, last.address == address { continue }
            let offset = Int(address - start)
            let bytes = code.extracting(offset..<min(code.count, offset + Instruction.maximumLength))
            if let sensitive = SensitiveInstruction.decode(bytes, at: address) { instructions.append(sensitive) }
        }
    }

    /// Adds what is known of another stretch behind this one.
    package mutating func append(_ other: SensitiveCode) {
        instructions += other.instructions
        unresolved += other.unresolved
    }
}
