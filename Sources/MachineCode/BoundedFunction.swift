package import LinuxABI

/// A function of which a table tells the bounds, and which of its bytes are certainly instructions.
///
/// That a table speaks of a function does not mean that all of its bytes are code: tables of jumps, constants and the
/// arguments of int3 stand between instructions, and a linear sweep over them finds instructions that are none. Certain
/// is what control reaches from the function's first instruction. Where jumps through tables lead on from there, the sweep
/// counts, if it agrees with all that is reached.
package struct BoundedFunction: Sendable {
    private let flow: CodeFlow
    private let sweep: FunctionCode
    private let isSweepCertain: Bool

    /// - Parameter code: the whole function.
    package init(_ code: Span<UInt8>, at start: GuestAddress) {
        let sweep = FunctionCode(start: start, bytes: code)
        let flow = CodeFlow(from: [start], in: sweep.addresses, bytes: code, calls: .return)
        isSweepCertain =
            sweep.isDecodable && sweep.hasIndirectJumps && flow.starts.allSatisfy(sweep.hasInstruction)
            && sweep.directTargets.allSatisfy { !sweep.addresses.contains($0) || sweep.hasInstruction(at: $0) }
        self.sweep = sweep
        self.flow = flow
    }

    /// Where the instruction begins that a byte belongs to; nil where it is not certain that the byte is code.
    package func start(ofInstructionAround address: GuestAddress) -> GuestAddress? {
        if let start = flow.start(ofInstructionAround: address) { return flow.isCertain(start) ? start : nil }
        return isSweepCertain ? sweep.lastStart(upTo: address) : nil
    }

    /// Whether an instruction certainly begins at an address.
    package func hasInstruction(at address: GuestAddress) -> Bool { start(ofInstructionAround: address) == address }
}
