package import LinuxABI

/// A place where `jmp rel32` can stand for a while instead of the program's own instructions, which can be executed
/// elsewhere meanwhile.
package struct PatchSite: Hashable, Sendable {
    /// The length of `jmp rel32`.
    package static let jumpLength = 5

    package let address: GuestAddress
    /// The program's bytes that the jump takes the place of: whole instructions, 5 to 19 bytes.
    package let displacedBytes: [UInt8]
    package let displaced: [Instruction]

    /// Where the program goes on after the displaced instructions.
    package var end: GuestAddress { address + UInt64(displacedBytes.count) }

    /// The site at `address`, at which an instruction that the program executes is known to begin; nil when no jump can
    /// stand there.
    ///
    /// - One instruction of 5 bytes or more needs no more than that no known target is in the middle of it.
    /// - Of several instructions, all but the first must be reached from the one before only. So the function has to
    ///   be known, without indirect jumps or unknown bytes, and contain them all; an unconditional jump can only be
    ///   the last of them, since what follows it is reached from elsewhere or by an exception.
    /// - An instruction with a `lock` prefix needs the same, because code that runs with one thread jumps past the
    ///   prefix.
    ///
    /// - Parameters:
    ///   - code: The memory from `address` on, 32 bytes where so many are mapped; without patches of others.
    ///   - function: The function that the address is in. One that does not contain the address counts as unknown.
    package static func find(at address: GuestAddress, code: Span<UInt8>, function: FunctionCode?) -> PatchSite? {
        var displaced: [Instruction] = []
        var length = 0
        while length < jumpLength {
            guard length < code.count,
                let instruction = Instruction.decode(code.extracting(length...), at: address + UInt64(length)),
                instruction.canBeDisplaced
            else { return nil }
            if let previous = displaced.last, previous.endsFlow || instruction.isLandingPad { return nil }
            displaced.append(instruction)
            length += instruction.length
        }
        let site = PatchSite(
            address: address, displacedBytes: (0..<length).map { code[$0] }, displaced: displaced)
        guard !displaced.contains(where: { $0.directTarget.map(site.isInterior) ?? false }) else { return nil }

        let function = function.flatMap { $0.addresses.contains(address) ? $0 : nil }
        if let function {
            guard function.hasInstruction(at: address) else { return nil }
            for offset in 1..<length where function.directTargets.contains(address + UInt64(offset)) { return nil }
        }
        if displaced.count > 1 || displaced[0].hasLock {
            guard let function, function.hasKnownTargets, site.end <= function.addresses.upperBound else { return nil }
        }
        return site
    }

    /// The distances from the site at which displaced instructions begin in the middle of the jump. Code of other
    /// functions may jump there after all, as hand-written assembly does to share a tail: there the jump's bytes have
    /// to be such that they trap.
    var interiorStarts: [Int] {
        displaced.dropFirst().map { Int($0.address - address) }.filter { $0 < Self.jumpLength }
    }

    /// An arrival at `target` would meet the inside of the jump, or what is left of displaced instructions.
    private func isInterior(_ target: GuestAddress) -> Bool { address < target && target < end }
}

extension Instruction {
    fileprivate var canBeDisplaced: Bool {
        guard !isRepeated, isRelocatable else { return false }
        return switch kind {
        case .ordinary, .jump, .conditionalJump: true
        case .call, .return, .loop, .leavesUserMode: false
        }
    }

    /// Nothing goes on from it to the instruction that follows it.
    var endsFlow: Bool {
        switch kind {
        case .jump, .return: true
        case .ordinary, .call, .conditionalJump, .loop, .leavesUserMode: false
        }
    }
}
