/// Where one component lies in the standard format: the record of the kernel's NT_X86_XSAVE_LAYOUT core note
/// (`struct x86_xfeat_component` in arch/x86/include/uapi/asm/elf.h), in its order.
package struct XStateComponentLocation: Hashable, Sendable {
    /// The component's bit.
    package var type: UInt32
    /// Bytes: CPUID.(EAX=0DH,ECX=type).EAX.
    package var size: UInt32
    /// Bytes from the start of the XSAVE area: the same leaf's EBX.
    package var offset: UInt32
    /// The same leaf's ECX, bits 2:0. The kernel writes 0 and reserves the field.
    package var flags: UInt32

    /// The component belongs to IA32_XSS, not to XCR0.
    package static let supervisorFlag: UInt32 = 1 << 0
    /// In the compacted format the component starts at a multiple of 64 bytes.
    package static let aligned64Flag: UInt32 = 1 << 1
    /// Its first use can be trapped (extended feature disable).
    package static let xfdFlag: UInt32 = 1 << 2

    package init(type: UInt32, size: UInt32, offset: UInt32, flags: UInt32 = 0) {
        self.type = type
        self.size = size
        self.offset = offset
        self.flags = flags
    }

    package var isAligned64: Bool { flags & Self.aligned64Flag != 0 }
    package var hasXFD: Bool { flags & Self.xfdFlag != 0 }

    /// Nothing if `type` is no bit a component can have.
    package var component: XStateComponent? { XStateComponent(number: Int(type)) }

    /// The bytes in the XSAVE area.
    package var range: Range<Int> { Int(offset)..<Int(offset) + Int(size) }
}
