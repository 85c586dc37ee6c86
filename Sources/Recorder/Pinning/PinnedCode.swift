internal import LinuxABI
internal import MachineCode

/// What is known of the executable memory of one address space.
struct PinnedCode {
    /// The traps that stand in it, by address.
    var sites: [GuestAddress: CodeSite] = [:]
    var guarded = GuardedPages()
    /// Memory of xrr's in the address space, for code that executes instructions in their place.
    var stubs = StubArea()
    /// The watched page that is executed now although it is not known what all of its bytes are: whoever leaves it is
    /// trapped.
    var openPage: Range<GuestAddress>?

    /// The sites that begin in a range, in ascending order.
    func sites(in range: Range<GuestAddress>) -> [CodeSite] {
        sites.values.filter { range.contains($0.address) }.sorted { $0.address < $1.address }
    }

    /// Memory was unmapped or mapped anew.
    mutating func forget(_ range: Range<GuestAddress>) {
        guarded.remove(range)
        for site in sites(in: range) { sites[site.address] = nil }
    }
}
