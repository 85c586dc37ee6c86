internal import CZydis
internal import LinuxABI

extension VendorInstruction.Kind {
    /// The kind of the instruction that the bytes begin with; nil when it is another or none.
    ///
    /// The corresponding C function is `ZydisDecoderDecodeInstruction`.
    init?(decoding bytes: Span<UInt8>) {
        var decoded = unsafe ZydisDecodedInstruction()
        let isDecoded = unsafe bytes.withUnsafeBytes { buffer in
            var decoder = Instruction.decoder
            return unsafe Instruction.succeeded(
                ZydisDecoderDecodeInstruction(&decoder, nil, buffer.baseAddress, buffer.count, &decoded))
        }
        guard isDecoded else { return nil }
        switch unsafe decoded.mnemonic {
        case ZYDIS_MNEMONIC_RCPPS, ZYDIS_MNEMONIC_VRCPPS: self = .rcpps
        case ZYDIS_MNEMONIC_RCPSS, ZYDIS_MNEMONIC_VRCPSS: self = .rcpss
        case ZYDIS_MNEMONIC_RSQRTPS, ZYDIS_MNEMONIC_VRSQRTPS: self = .rsqrtps
        case ZYDIS_MNEMONIC_RSQRTSS, ZYDIS_MNEMONIC_VRSQRTSS: self = .rsqrtss
        case ZYDIS_MNEMONIC_F2XM1: self = .f2xm1
        case ZYDIS_MNEMONIC_FYL2X: self = .fyl2x
        case ZYDIS_MNEMONIC_FYL2XP1: self = .fyl2xp1
        case ZYDIS_MNEMONIC_FPTAN: self = .fptan
        case ZYDIS_MNEMONIC_FPATAN: self = .fpatan
        case ZYDIS_MNEMONIC_FSIN: self = .fsin
        case ZYDIS_MNEMONIC_FCOS: self = .fcos
        case ZYDIS_MNEMONIC_FSINCOS: self = .fsincos
        default: return nil
        }
    }
}
