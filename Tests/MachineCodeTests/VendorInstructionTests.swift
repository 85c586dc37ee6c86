import LinuxABI
import Testing

@testable import MachineCode

@Suite struct VendorInstructionTests {
    private func kinds(_ bytes: [UInt8]) -> [VendorInstruction.Kind] {
        VendorInstruction.all(in: bytes.span, at: GuestAddress(0x1000)).map(\.kind)
    }

    private func candidates(_ bytes: [UInt8]) -> [Int] { VendorInstruction.candidates(in: bytes.span) }

    /// As the assembler encodes them, each behind another instruction.
    @Test(
        arguments: [
            ([0x0F, 0x53, 0xC1], .rcpps), ([0xF3, 0x0F, 0x53, 0xC1], .rcpss), ([0x0F, 0x52, 0x00], .rsqrtps),
            ([0xF3, 0x44, 0x0F, 0x52, 0x3C, 0x24], .rsqrtss), ([0xC5, 0xFC, 0x53, 0xC8], .rcpps),
            ([0xC5, 0xEA, 0x53, 0xCB], .rcpss), ([0xC4, 0x41, 0x7C, 0x52, 0xC8], .rsqrtps),
            ([0xC4, 0xC1, 0x6A, 0x52, 0xC8], .rsqrtss), ([0xD9, 0xF0], .f2xm1), ([0xD9, 0xF1], .fyl2x),
            ([0xD9, 0xF9], .fyl2xp1), ([0xD9, 0xF2], .fptan), ([0xD9, 0xF3], .fpatan), ([0xD9, 0xFE], .fsin),
            ([0xD9, 0xFF], .fcos), ([0xD9, 0xFB], .fsincos),
        ] as [([UInt8], VendorInstruction.Kind)])
    func eachIsFound(bytes: [UInt8], kind: VendorInstruction.Kind) {
        let code = [0x48, 0x89, 0xC8] + bytes + [0xC3]
        #expect(kinds(code) == [kind])
        #expect(VendorInstruction.all(in: code.span, at: GuestAddress(0x1000))[0].address == GuestAddress(0x1003))
        #expect(candidates(code).count == 1)
    }

    @Test func whatOnlyContainsTheBytesIsNone() {
        // mov $0xd9fe530f, %eax; add %dl, 0x53(%rdi); fsqrt; fprem; fld1
        let code: [UInt8] = [
            0xB8, 0x0F, 0x53, 0xFE, 0xD9, 0x00, 0x57, 0x53, 0xD9, 0xFA, 0xD9, 0xF8, 0xD9, 0xE8, 0xC3,
        ]
        #expect(!candidates(code).isEmpty)
        #expect(kinds(code).isEmpty)
        // vrcp14ps, which AVX-512 defines exactly.
        #expect(kinds([0x62, 0xF2, 0x7D, 0x48, 0x4C, 0xC1]).isEmpty)
    }

    @Test func severalAreFoundInOrder() {
        #expect(kinds([0xD9, 0xFE, 0x0F, 0x53, 0xC1, 0x90, 0xD9, 0xFF, 0xC3]) == [.fsin, .rcpps, .fcos])
        // Behind what is no instruction nothing is certain.
        #expect(kinds([0xD9, 0xFE, 0x06, 0xD9, 0xFF]) == [.fsin])
        #expect(kinds([]).isEmpty && kinds([0x0F]).isEmpty && kinds([0xC4, 0x41]).isEmpty)
    }
}
