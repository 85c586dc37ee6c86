internal import Codec
internal import LinuxABI
internal import MachineCode

/// What is known of the executable memory of one address space.
struct PinnedCode {
    /// The traps that stand in it, by address.
    var sites = CodeSites()
    var guarded = GuardedPages()
    /// The code of the program's dynamic linker: what that maps is there to be executed.
    var linker: Range<GuestAddress>?
    /// Memory of xrr's in the address space, for code that executes instructions in their place.
    var stubs = StubArea()
    /// The watched page that is executed now although it is not known what all of its bytes are: whoever leaves it is
    /// trapped. Two pages where an instruction straddles their border.
    var openPage: Range<GuestAddress>?
    /// Memory in which not all instructions are known and the kernel's pin of XCR0 has to do, and why it is so.
    var unsearched: [(range: Range<GuestAddress>, reason: String)] = []
    /// nil until it is asked for, and after it has changed. Of this address space alone.
    var files: KnownFiles?
    /// Where pages were entered, by the addresses of the pages.
    private var entries: [GuestAddress: Entries] = [:]

    /// Where a page was entered while it held the same bytes.
    private struct Entries {
        var hash: UInt64
        var addresses: Set<GuestAddress>
    }

    /// A page is entered.
    ///
    /// - Parameter bytes: what it holds, without traps.
    /// - Returns: all addresses at which it was entered since it holds that, in ascending order, and whether this tells
    ///   something new of it: not if it was written since it was entered before, or entered there already. After so many
    ///   new addresses as there are, all of a page is known.
    mutating func noteEntry(
        at address: GuestAddress, into page: GuestAddress, bytes: [UInt8]
    ) -> (all: [GuestAddress], isNew: Bool) {
        let hash = XXH3.hash(bytes)
        var known = entries[page] ?? Entries(hash: hash, addresses: [])
        let isWritten = known.hash != hash
        if isWritten { known = Entries(hash: hash, addresses: []) }
        let isNew = known.addresses.insert(address).inserted
        entries[page] = known
        return (known.addresses.sorted(), isNew && !isWritten)
    }

    /// Memory was unmapped or mapped anew.
    ///
    /// - Parameter isCodeOfFile: whether code of a file is there now.
    mutating func forget(_ range: Range<GuestAddress>, isCodeOfFile: Bool) {
        if isCodeOfFile || files?.overlap(range) == true { files = nil }
        guarded.remove(range)
        for site in sites.sites(in: range) { sites[site.address] = nil }
        for page in range.pages(of: entries) { entries[page] = nil }
    }
}
