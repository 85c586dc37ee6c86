import LinuxABI

/// The binary search table of a module's .eh_frame_hdr, where it lies in the tracee's memory.
///
/// Layout: Linux Standard Base Core, "Exception Frames", section .eh_frame_hdr.
struct UnwindTable: Hashable, Sendable {
    /// The code that the table speaks of.
    var start: GuestAddress
    var end: GuestAddress
    /// The header, which entries are relative to.
    var header: GuestAddress
    /// The first entry.
    var entries: GuestAddress
    /// In 64-bit words: an entry is two 32-bit values.
    var wordCount: UInt64

    /// An absurd count costs nothing in a binary search, but is a sign that these bytes are no table.
    private static let maximumEntries: UInt32 = 1 << 24

    /// nil unless the table is of the one shape that linkers write: version 1, entries of pairs of signed 32-bit
    /// values relative to the header (DW_EH_PE_datarel | DW_EH_PE_sdata4), a 32-bit count, a 32-bit frame pointer.
    init?(headerAt header: GuestAddress, covering module: GuestModule, fetch: (GuestAddress, Int) -> [UInt8]?) {
        guard let bytes = fetch(header, 12), bytes.count == 12, bytes[0] == 1, bytes[3] == 0x3b,
            bytes[1] & 0xf == 0xb || bytes[1] & 0xf == 0x3, bytes[2] & 0xf == 0x3 || bytes[2] & 0xf == 0xb
        else { return nil }
        let count = bytes.integer(at: 8, as: UInt32.self)
        guard count > 0, count <= Self.maximumEntries else { return nil }
        start = module.start
        end = module.end
        self.header = header
        entries = header + 12
        wordCount = UInt64(count)
    }
}
