internal import LinuxABI

/// The traps in an address space: by address, and by page for what happens to ranges.
struct CodeSites {
    private var pages: [GuestAddress: [GuestAddress: CodeSite]] = [:]

    subscript(address: GuestAddress) -> CodeSite? {
        get { pages[address.pageStart]?[address] }
        set {
            pages[address.pageStart, default: [:]][address] = newValue
            if pages[address.pageStart]?.isEmpty == true { pages[address.pageStart] = nil }
        }
    }

    /// Those that begin in a range, in ascending order.
    func sites(in range: Range<GuestAddress>) -> [CodeSite] {
        keys(in: range).flatMap { page in
            (pages[page] ?? [:]).values.filter { range.contains($0.address) }.sorted { $0.address < $1.address }
        }
    }

    /// The pages with traps that a range touches, in ascending order.
    private func keys(in range: Range<GuestAddress>) -> [GuestAddress] {
        range.pages(of: pages)
    }
}

extension Range<GuestAddress> {
    /// The keys of a dictionary of pages that the range touches, in ascending order: found without looking at all pages of
    /// a large range, nor at all keys for a small one.
    func pages<Value>(of dictionary: [GuestAddress: Value]) -> [GuestAddress] {
        if isEmpty || dictionary.isEmpty { return [] }
        let first = lowerBound.pageStart
        let count = (upperBound - first + GuestAddress.pageSize - 1) / GuestAddress.pageSize
        guard count <= UInt64(dictionary.count) else {
            return dictionary.keys.filter { first <= $0 && $0 < upperBound }.sorted()
        }
        return (0..<count).map { first + $0 * GuestAddress.pageSize }.filter { dictionary[$0] != nil }
    }
}
