import LinuxABI

@testable import MachineCode

// `#require` and `#expect` cannot take apart calls with spans; these take bytes.

func decoded(_ bytes: some RandomAccessCollection<UInt8>, at address: GuestAddress) -> Instruction? {
    let bytes = Array(bytes)
    return Instruction.decode(bytes.span, at: address)
}

func patchSite(_ bytes: [UInt8], at address: GuestAddress, function: FunctionCode? = nil) -> PatchSite? {
    PatchSite.find(at: address, code: bytes.span, function: function)
}

func sensitive(_ bytes: [UInt8], at address: GuestAddress = GuestAddress(0x40_1000)) -> SensitiveInstruction? {
    SensitiveInstruction.decode(bytes.span, at: address)
}

func transfer(_ bytes: [UInt8], at address: GuestAddress = GuestAddress(0x40_1000)) -> ControlTransfer? {
    ControlTransfer.decode(bytes.span, at: address)
}

func candidates(_ bytes: [UInt8]) -> [Int] { CandidateSites.find(in: bytes.span) }

func showsMoreThanXCR0(_ bytes: [UInt8], _ place: Int) -> Bool {
    CandidateSites.showsMoreThanXCR0(bytes.span, place)
}

func mayBeUnpredictable(_ bytes: [UInt8], _ place: Int) -> Bool {
    CandidateSites.mayBeUnpredictable(bytes.span, place)
}

extension Registers {
    /// Each register another number, by its number in machine code.
    static var numbered: Registers {
        var registers = Registers()
        for number in UInt8(0)..<16 {
            if let register = GeneralRegister(rawValue: number) { registers[register] = 0x1000 * UInt64(number + 1) }
        }
        return registers
    }
}
