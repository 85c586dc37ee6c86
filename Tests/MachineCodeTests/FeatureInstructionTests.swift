import LinuxABI
import MachineCode
import Testing

@Suite struct FeatureInstructionTests {
    private typealias Feature = FeatureInstruction.Feature

    /// As GNU as writes them.
    @Test(
        arguments: [
            ([0xC5, 0xF8, 0x28, 0xC1], .avx),  // vmovaps %xmm1,%xmm0
            ([0xC5, 0xF5, 0xEF, 0xC1], .avx2),  // vpxor %ymm1,%ymm1,%ymm0
            ([0x62, 0xF1, 0x7C, 0x48, 0x28, 0xC1], .avx512),  // vmovaps %zmm1,%zmm0
            ([0xC5, 0xF8, 0x90, 0xC9], .avx512),  // kmovw %k1,%k1
            ([0xC4, 0xE2, 0x71, 0x98, 0xC2], .fma),  // vfmadd132ps %xmm2,%xmm1,%xmm0
            ([0xC4, 0xE2, 0x79, 0x13, 0xC1], .f16c),  // vcvtph2ps %xmm1,%xmm0
            ([0xC4, 0xE2, 0x70, 0xF2, 0xC2], .bmi1),  // andn %edx,%ecx,%eax
            ([0xC4, 0xE2, 0x69, 0xF7, 0xC1], .bmi2),  // shlx %edx,%ecx,%eax
            ([0xF3, 0x0F, 0xBD, 0xC1], .lzcnt),  // lzcnt %ecx,%eax
            ([0x0F, 0x38, 0xF0, 0x07], .movbe),  // movbe (%rdi),%eax
            ([0x66, 0x0F, 0x38, 0xDC, 0xC1], .aes),  // aesenc %xmm1,%xmm0
            ([0x66, 0x0F, 0x3A, 0x44, 0xC1, 0x00], .pclmulqdq),  // pclmulqdq $0,%xmm1,%xmm0
            ([0x0F, 0x38, 0xC8, 0xC1], .sha),  // sha1nexte %xmm1,%xmm0
            ([0xF3, 0x48, 0x0F, 0xAE, 0xC0], .fsgsbase),  // rdfsbase %rax
            ([0x66, 0x0F, 0x38, 0xF6, 0xC1], .adx),  // adcx %ecx,%eax
        ] as [([UInt8], FeatureInstruction.Feature)])
    func instructionsNeedWhatTheManualsSay(bytes: [UInt8], feature: FeatureInstruction.Feature) throws {
        // Behind a push, before a return.
        let code = [0x55] + bytes + [0xC3]
        let found = FeatureInstruction.first(in: code.span, at: GuestAddress(0x1000))
        #expect(found == [.init(feature: feature, address: GuestAddress(0x1001), length: bytes.count)])
    }

    @Test(
        arguments: [
            [0x0F, 0x28, 0xC1],  // movaps
            [0x66, 0x0F, 0x38, 0x00, 0xC1],  // pshufb: SSSE3
            [0xF3, 0x0F, 0xB8, 0xC1],  // popcnt
            [0xF3, 0x0F, 0xBC, 0xC1],  // tzcnt, or bsf
            [0x0F, 0xBD, 0xC1],  // bsr
            [0x0F, 0xAE, 0xF0],  // mfence
            [0xF3, 0x0F, 0x1E, 0xFA],  // endbr64
            [0xB8, 0x62, 0xC4, 0xC5, 0x0F],  // mov $0x0fc5c462,%eax
        ] as [[UInt8]])
    func othersNeedNothing(bytes: [UInt8]) {
        let code = bytes + [0xC3]
        #expect(FeatureInstruction.first(in: code.span, at: GuestAddress(0x1000)).isEmpty)
    }

    @Test func eachFeatureIsFoundOnce() {
        let avx: [UInt8] = [0xC5, 0xF8, 0x28, 0xC1]
        let avx2: [UInt8] = [0xC5, 0xF5, 0xEF, 0xC1]
        let found = FeatureInstruction.first(in: (avx + avx2 + avx + avx2).span, at: GuestAddress(0x10))
        #expect(found.map(\.feature) == [.avx, .avx2])
        #expect(found.map(\.address.rawValue) == [0x10, 0x14])
    }

    /// What follows data is not taken for code.
    @Test func decodingEndsWhereThereIsNoInstruction() {
        let code: [UInt8] = [0x06, 0xC5, 0xF8, 0x28, 0xC1]
        #expect(FeatureInstruction.first(in: code.span, at: GuestAddress(0x10)).isEmpty)
    }
}
