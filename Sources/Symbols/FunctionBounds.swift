package import LinuxABI

/// The bounds of functions as their unwind information (the FDEs of .eh_frame) tells them.
package enum FunctionBounds {
    /// - Parameters:
    ///   - modules: the files mapped in the address space.
    ///   - readMemory: returns `count` bytes of that address space, or nil if not all are readable.
    /// - Returns: nil where no FDE covers the address (code made at run time, some assembly).
    package static func find(
        around address: GuestAddress, modules: [GuestModule],
        readMemory: (_ address: GuestAddress, _ count: Int) -> [UInt8]?
    ) -> Range<GuestAddress>? {
        withoutActuallyEscaping(readMemory) { readMemory in
            UnwindSpace(registers: Registers(), modules: modules, readMemory: readMemory).function(around: address)
        }
    }

    /// All functions of the module around an address, in ascending order.
    package static func all(
        around address: GuestAddress, modules: [GuestModule],
        readMemory: (_ address: GuestAddress, _ count: Int) -> [UInt8]?
    ) -> [Range<GuestAddress>] {
        withoutActuallyEscaping(readMemory) { readMemory in
            UnwindSpace(registers: Registers(), modules: modules, readMemory: readMemory).functions(around: address)
        }
    }

    /// Whether a module's unwind information speaks of the code around an address, though perhaps not of the address.
    package static func hasTable(
        at address: GuestAddress, modules: [GuestModule],
        readMemory: (_ address: GuestAddress, _ count: Int) -> [UInt8]?
    ) -> Bool {
        withoutActuallyEscaping(readMemory) { readMemory in
            UnwindSpace(registers: Registers(), modules: modules, readMemory: readMemory).hasTable(around: address)
        }
    }

    /// The same for many addresses of one address space, whose memory does not change meanwhile.
    package static func finder(
        modules: [GuestModule], readMemory: @escaping (_ address: GuestAddress, _ count: Int) -> [UInt8]?
    ) -> (GuestAddress) -> Range<GuestAddress>? {
        let space = UnwindSpace(registers: Registers(), modules: modules, readMemory: readMemory)
        return { space.function(around: $0) }
    }
}
