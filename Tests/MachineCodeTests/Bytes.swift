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
