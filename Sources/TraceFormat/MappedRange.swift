package import LinuxABI

/// Neighbouring pages that are mapped with the same protection, whatever is behind them.
package struct MappedRange: Hashable, Sendable {
    package var start: GuestAddress
    /// In pages.
    package var pageCount: UInt64
    /// PROT_READ, PROT_WRITE and PROT_EXEC.
    package var protection: UInt8
    /// The stack that the kernel has made: how far it has grown down by now is not compared.
    package var isStack: Bool

    package var end: GuestAddress { start + pageCount * GuestAddress.pageSize }

    package init(start: GuestAddress, pageCount: UInt64, protection: UInt8, isStack: Bool = false) {
        self.start = start
        self.pageCount = pageCount
        self.protection = protection
        self.isStack = isStack
    }

    /// The protections and the stack's mark as one byte of the format.
    static let protectionMask: UInt8 = 7
    static let stackBit: UInt8 = 8
}
