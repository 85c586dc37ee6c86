package import LinuxABI

/// One mapping of a file in a tracee's address space, as far as finding names and unwinding need it.
///
/// The bytes come from `storedPath`, which at replay is the store's copy and has nothing to do with what
/// /proc/PID/maps shows; people are shown `displayPath`, the name the recorded kernel had for the file.
package struct GuestModule: Hashable, Sendable {
    /// The first address of the mapping.
    package var start: GuestAddress
    /// The address after the mapping's last.
    package var end: GuestAddress
    /// Where in the file the mapping starts, in bytes.
    package var fileOffset: UInt64
    /// The file to read. Its contents are not trusted. nil where there is none (the vDSO): then only the tracee's
    /// memory is consulted.
    package var storedPath: String?
    /// The name for people.
    package var displayPath: String

    package init(start: GuestAddress, end: GuestAddress, fileOffset: UInt64, storedPath: String?, displayPath: String) {
        self.start = start
        self.end = end
        self.fileOffset = fileOffset
        self.storedPath = storedPath
        self.displayPath = displayPath
    }

    package func contains(_ address: GuestAddress) -> Bool { start <= address && address < end }
}

extension [GuestModule] {
    /// The mapping that holds an address.
    package func containing(_ address: GuestAddress) -> GuestModule? { first { $0.contains(address) } }
}
