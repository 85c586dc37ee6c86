internal import CZydis

extension FeatureInstruction {
    /// The length of the instruction that the bytes begin with, and what it needs; nil when they are none.
    ///
    /// The corresponding C function is `ZydisDecoderDecodeInstruction`.
    static func decode(_ bytes: Span<UInt8>) -> (length: Int, feature: Feature?)? {
        var decoded = unsafe ZydisDecodedInstruction()
        let isDecoded = unsafe bytes.withUnsafeBytes { buffer in
            var decoder = Instruction.decoder
            return unsafe Instruction.succeeded(
                ZydisDecoderDecodeInstruction(&decoder, nil, buffer.baseAddress, buffer.count, &decoded))
        }
        guard isDecoded else { return nil }
        let isBitScan = unsafe decoded.mnemonic == ZYDIS_MNEMONIC_TZCNT
        return unsafe (Int(decoded.length), isBitScan ? nil : Feature(decoded.meta.isa_ext))
    }
}

extension FeatureInstruction.Feature {
    fileprivate init?(_ extension: ZydisISAExt) {
        switch `extension` {
        case ZYDIS_ISA_EXT_ADOX_ADCX: self = .adx
        case ZYDIS_ISA_EXT_AES, ZYDIS_ISA_EXT_AVXAES: self = .aes
        case ZYDIS_ISA_EXT_AMX_TILE, ZYDIS_ISA_EXT_AMX_INT8, ZYDIS_ISA_EXT_AMX_BF16: self = .amx
        case ZYDIS_ISA_EXT_AVX: self = .avx
        case ZYDIS_ISA_EXT_AVX2, ZYDIS_ISA_EXT_AVX2GATHER: self = .avx2
        case ZYDIS_ISA_EXT_AVX512EVEX, ZYDIS_ISA_EXT_AVX512VEX: self = .avx512
        case ZYDIS_ISA_EXT_AVX_VNNI: self = .avxVNNI
        case ZYDIS_ISA_EXT_BMI1: self = .bmi1
        case ZYDIS_ISA_EXT_BMI2: self = .bmi2
        case ZYDIS_ISA_EXT_F16C: self = .f16c
        case ZYDIS_ISA_EXT_FMA: self = .fma
        case ZYDIS_ISA_EXT_FMA4: self = .fma4
        case ZYDIS_ISA_EXT_RDWRFSGS: self = .fsgsbase
        case ZYDIS_ISA_EXT_GFNI: self = .gfni
        case ZYDIS_ISA_EXT_LZCNT: self = .lzcnt
        case ZYDIS_ISA_EXT_MOVBE: self = .movbe
        case ZYDIS_ISA_EXT_MOVDIR: self = .movdir
        case ZYDIS_ISA_EXT_PCLMULQDQ: self = .pclmulqdq
        case ZYDIS_ISA_EXT_SHA: self = .sha
        case ZYDIS_ISA_EXT_SSE4A: self = .sse4a
        case ZYDIS_ISA_EXT_TBM: self = .tbm
        case ZYDIS_ISA_EXT_VAES: self = .vaes
        case ZYDIS_ISA_EXT_VPCLMULQDQ: self = .vpclmulqdq
        case ZYDIS_ISA_EXT_XOP: self = .xop
        default: return nil
        }
    }
}
