internal import LinuxABI
internal import Ptrace
internal import XState

/// The frame that the kernel builds for a handler: `struct rt_sigframe` of arch/x86/include/asm/sigframe.h and the
/// XSAVE area behind it.
enum SignalFrame {
    /// From the return address to the end of `siginfo_t`: 8 + sizeof(struct ucontext) + 128.
    private static let fixedSize = 440
    /// uc_mcontext.fpstate, counted from the frame's start.
    private static let stateOffset: UInt64 = 8 + 224
    /// uc_flags, of which UC_FP_XSTATE says that there is an XSAVE area.
    private static let flagsOffset = 8
    private static let extendedStateFlag: UInt8 = 1
    /// `struct _fpx_sw_bytes` at byte 464 of the area: magic1, extended_size, xfeatures, xstate_size.
    private static let softwareOffset: UInt64 = 464
    private static let softwareSize = 48
    private static let magic1: UInt32 = 0x4650_5853
    /// FP_XSTATE_MAGIC2, right behind the area.
    private static let magic2: UInt32 = 0x4650_5845
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

    /// Makes of the frame what the kernel would build on the pinned CPU: the extended state in that CPU's layout. What
    /// the machine has beyond that is in its initial state, to which rt_sigreturn(2) then sets it.
    ///
    /// - Parameters:
    ///   - bytes: the frame as the kernel has built it.
    ///   - xstate: the state it holds.
    static func pin(_ bytes: inout [UInt8], at frame: GuestAddress, holding xstate: XStateImage, to pin: TraceeCPU) {
        let area = bytes.integer(at: Int(stateOffset), as: UInt64.self)
        guard area > frame.rawValue, let start = Int(exactly: area - frame.rawValue), start < bytes.count else {
            return
        }
        let layout = pin.cpu.layout
        let writes: [XStateImage.AreaWrite]
        var software: [UInt8]
        if pin.hasXSAVE {
            writes = xstate.savedArea(layout.mask, keeping: 0, layout: layout)
            let size = UInt32(layout.size)
            software = magic1.littleEndianBytes + (size + 4).littleEndianBytes
            software += layout.mask.rawValue.littleEndianBytes + size.littleEndianBytes
        } else {
            writes = xstate.legacyArea
            software = []
            bytes[flagsOffset] &= ~extendedStateFlag
        }
        software += [UInt8](repeating: 0, count: softwareSize - software.count)
        var all = writes.map { (start + $0.offset, $0.bytes) }
        all.append((start + Int(softwareOffset), software))
        if pin.hasXSAVE { all.append((start + layout.size, magic2.littleEndianBytes)) }
        for (offset, new) in all where offset + new.count <= bytes.count {
            bytes.replaceSubrange(offset..<offset + new.count, with: new)
        }
    }
}
