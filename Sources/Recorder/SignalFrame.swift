internal import LinuxABI
internal import Ptrace

/// The frame that the kernel builds for a handler: `struct rt_sigframe` of arch/x86/include/asm/sigframe.h and the
/// XSAVE area behind it.
enum SignalFrame {
    /// From the return address to the end of `siginfo_t`: 8 + sizeof(struct ucontext) + 128.
    private static let fixedSize = 440
    /// uc_mcontext.fpstate, counted from the frame's start.
    private static let stateOffset: UInt64 = 8 + 224
    /// `struct _fpx_sw_bytes` at byte 464 of the area: magic1, extended_size.
    private static let softwareOffset: UInt64 = 464
    private static let magic1: UInt32 = 0x4650_5853
    private static let largest: UInt64 = 1 << 16

    /// The frame's bytes.
    static func bytes(at frame: GuestAddress, in memory: GuestMemory) -> [UInt8]? {
        var length = UInt64(fixedSize)
        if let area = memory.readWord(frame + stateOffset), area > frame.rawValue {
            let state = GuestAddress(area)
            var size: UInt64 = 512
            if memory.readHalfWord(state + softwareOffset) == magic1 {
                size = UInt64(memory.readHalfWord(state + softwareOffset + 4) ?? 512)
            }
            length = max(length, min(state - frame + size, largest))
        }
        return memory.readExactly(frame, count: Int(length))
    }
}
