internal import CZydis
package import LinuxABI

extension ControlTransfer {
    /// The transfer that `bytes` begin with, which are those at `address`; nil for other instructions, and for those that
    /// change the code segment or count RCX.
    package static func decode(_ bytes: Span<UInt8>, at address: GuestAddress) -> ControlTransfer? {
        guard let instruction = Instruction.decode(bytes, at: address) else { return nil }
        func made(_ kind: Kind) -> ControlTransfer {
            ControlTransfer(address: address, length: instruction.length, kind: kind)
        }
        switch instruction.kind {
        case .jump(let target?): return made(.jump(.address(target)))
        case .conditionalJump(let target): return made(.conditional(instruction.conditionCode, target))
        case .call where instruction.callTarget != nil:
            return instruction.callTarget.map { made(.call(.address($0))) }
        case .jump, .call, .return: return decodeOperand(bytes, instruction).map(made)
        case .ordinary, .loop, .leavesUserMode: return nil
        }
    }

    private static func decodeOperand(_ bytes: Span<UInt8>, _ instruction: Instruction) -> Kind? {
        var decoded = unsafe ZydisDecodedInstruction()
        var operands = [ZydisDecodedOperand](repeating: ZydisDecodedOperand(), count: Int(ZYDIS_MAX_OPERAND_COUNT))
        let isDecoded = unsafe bytes.withUnsafeBytes { buffer in
            var decoder = Instruction.decoder
            return unsafe Instruction.succeeded(
                ZydisDecoderDecodeFull(&decoder, buffer.baseAddress, buffer.count, &decoded, &operands))
        }
        let isFar = unsafe decoded.meta.branch_type == ZYDIS_BRANCH_TYPE_FAR
        // A 16-bit operand truncates the target; nobody uses that.
        guard isDecoded, !isFar, unsafe decoded.operand_width == 64 else { return nil }
        if instruction.kind == .return {
            let dropped = unsafe operands[0].type == ZYDIS_OPERAND_TYPE_IMMEDIATE ? operands[0].imm.value.u : 0
            return .return(UInt16(truncatingIfNeeded: dropped))
        }
        let target: Target
        if let register = GeneralRegister(operands[0].reg.value), operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER {
            target = .register(register)
        } else if let memory = unsafe SensitiveInstruction.MemoryOperand(
            operands[0], next: instruction.next, isShort: decoded.address_width != 64)
        {
            target = .memory(memory)
        } else {
            return nil
        }
        return instruction.kind == .call ? .call(target) : .jump(target)
    }
}
