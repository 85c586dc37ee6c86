internal import LinuxABI
internal import MachineCode

/// What is known of the executable memory of one address space.
struct PinnedCode {
    /// The traps that stand in it, by address.
    var sites: [GuestAddress: CodeSite] = [:]
    var guarded = GuardedPages()

    /// The sites that begin in a range, in ascending order.
    func sites(in range: Range<GuestAddress>) -> [CodeSite] {
        sites.values.filter { range.contains($0.instruction.address) }.sorted {
            $0.instruction.address < $1.instruction.address
        }
    }

    /// Memory was unmapped or mapped anew.
    mutating func forget(_ range: Range<GuestAddress>) {
        guarded.remove(range)
        for site in sites(in: range) { sites[site.instruction.address] = nil }
    }
}
