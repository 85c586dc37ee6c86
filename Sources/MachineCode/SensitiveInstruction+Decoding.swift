internal import CZydis
package import LinuxABI

extension SensitiveInstruction {
    /// The instruction that `bytes` begin with, which are those at `address`; nil when it is another or none.
    ///
    /// The corresponding C function is `ZydisDecoderDecodeFull`.
    package static func decode(_ bytes: Span<UInt8>, at address: GuestAddress) -> SensitiveInstruction? {
        var decoded = unsafe ZydisDecodedInstruction()
        var operands = [ZydisDecodedOperand](
            repeating: ZydisDecodedOperand(), count: Int(ZYDIS_MAX_OPERAND_COUNT))
        let isDecoded = unsafe bytes.withUnsafeBytes { buffer in
            var decoder = Instruction.decoder
            return unsafe Instruction.succeeded(
                ZydisDecoderDecodeFull(&decoder, buffer.baseAddress, buffer.count, &decoded, &operands))
        }
        guard isDecoded, let kind = unsafe Kind(decoded.mnemonic) else { return nil }
        let length = unsafe Int(decoded.length)
        let next = address + UInt64(length)
        switch kind {
        case .cpuid, .xgetbv:
            return SensitiveInstruction(kind: kind, address: address, length: length)
        case .xsave, .xsaveopt, .xsavec, .xrstor, .fxsave:
            guard let memory = unsafe MemoryOperand(operands[0], next: next, isShort: decoded.address_width != 64)
            else { return nil }
            let isLong = unsafe decoded.attributes & ZYDIS_ATTRIB_HAS_REX != 0 && decoded.raw.rex.W != 0
            return SensitiveInstruction(
                kind: kind, address: address, length: length, memory: memory, operandSize: isLong ? 8 : 4)
        case .rdrand, .rdseed, .rdpid:
            guard let register = GeneralRegister(operands[0].reg.value) else { return nil }
            return SensitiveInstruction(
                kind: kind, address: address, length: length, register: register,
                operandSize: Int(operands[0].size) / 8)
        case .xbegin:
            let target = unsafe next + UInt64(bitPattern: decoded.raw.imm.0.value.s)
            return SensitiveInstruction(kind: kind, address: address, length: length, target: target)
        }
    }
}

extension SensitiveInstruction.Kind {
    fileprivate init?(_ mnemonic: ZydisMnemonic) {
        switch mnemonic {
        case ZYDIS_MNEMONIC_CPUID: self = .cpuid
        case ZYDIS_MNEMONIC_XGETBV: self = .xgetbv
        case ZYDIS_MNEMONIC_XSAVE, ZYDIS_MNEMONIC_XSAVE64: self = .xsave
        case ZYDIS_MNEMONIC_XSAVEOPT, ZYDIS_MNEMONIC_XSAVEOPT64: self = .xsaveopt
        case ZYDIS_MNEMONIC_XSAVEC, ZYDIS_MNEMONIC_XSAVEC64: self = .xsavec
        case ZYDIS_MNEMONIC_XRSTOR, ZYDIS_MNEMONIC_XRSTOR64: self = .xrstor
        case ZYDIS_MNEMONIC_FXSAVE, ZYDIS_MNEMONIC_FXSAVE64: self = .fxsave
        case ZYDIS_MNEMONIC_RDRAND: self = .rdrand
        case ZYDIS_MNEMONIC_RDSEED: self = .rdseed
        case ZYDIS_MNEMONIC_RDPID: self = .rdpid
        case ZYDIS_MNEMONIC_XBEGIN: self = .xbegin
        default: return nil
        }
    }
}

extension SensitiveInstruction.MemoryOperand {
    init?(_ operand: ZydisDecodedOperand, next: GuestAddress, isShort: Bool) {
        guard operand.type == ZYDIS_OPERAND_TYPE_MEMORY else { return nil }
        let memory = operand.mem
        switch memory.segment {
        case ZYDIS_REGISTER_FS: segment = .fs
        case ZYDIS_REGISTER_GS: segment = .gs
        default: segment = .flat
        }
        self.isShort = isShort
        displacement = UInt64(bitPattern: memory.disp.value)
        if memory.base == ZYDIS_REGISTER_RIP || memory.base == ZYDIS_REGISTER_EIP {
            displacement &+= next.rawValue
        } else {
            base = GeneralRegister(memory.base)
        }
        index = GeneralRegister(memory.index)
        scale = memory.scale
    }
}

extension GeneralRegister {
    /// The register that one of Zydis's names is the whole or the lower part of.
    init?(_ register: ZydisRegister) {
        for first in [ZYDIS_REGISTER_RAX, ZYDIS_REGISTER_EAX, ZYDIS_REGISTER_AX] {
            guard let distance = UInt8(exactly: Int64(register.rawValue) - Int64(first.rawValue)), distance < 16 else {
                continue
            }
            self.init(rawValue: distance)
            return
        }
        return nil
    }
}
