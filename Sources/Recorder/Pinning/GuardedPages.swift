internal import LinuxABI

/// Executable memory that is watched because no table tells which of its bytes are instructions: it is not executable
/// until it is executed, and where the program may write it, not writable from then on until it is written.
struct GuardedPages {
    /// Memory in one state.
    struct Stretch: Hashable {
        var pages: Range<GuestAddress>
        /// The PROT_ bits that the program asked for.
        var asked: UInt32
        /// It has been executed, and is not writable.
        var isExecuted: Bool
        /// Changes of state are counted by region: what one mmap(2) or mprotect(2) made.
        var region: Int

        /// The program may write it, and cannot for the time being.
        var withholdsWrites: Bool { isExecuted && asked & Protection.write.rawValue != 0 }
    }

    /// In ascending order, without overlaps.
    private(set) var stretches: [Stretch] = []
    private var nextRegion = 0
    /// How often pages of a region became writable again.
    private var flips: [Int: Int] = [:]

    /// Whether any memory that the program may write is not writable now.
    var hasWithheldWrites: Bool { stretches.contains(where: \.withholdsWrites) }

    /// Begins to watch pages.
    mutating func insert(_ pages: Range<GuestAddress>, asked: UInt32) {
        remove(pages)
        nextRegion += 1
        place(Stretch(pages: pages, asked: asked, isExecuted: false, region: nextRegion))
    }

    /// Ends watching pages.
    mutating func remove(_ pages: Range<GuestAddress>) {
        guard let first = stretches.firstIndex(where: { $0.pages.overlaps(pages) }) else { return }
        let last = stretches[first...].firstIndex { !$0.pages.overlaps(pages) } ?? stretches.endIndex
        var rest: [Stretch] = []
        for stretch in stretches[first..<last] {
            if stretch.pages.lowerBound < pages.lowerBound {
                var head = stretch
                head.pages = stretch.pages.lowerBound..<pages.lowerBound
                rest.append(head)
            }
            if pages.upperBound < stretch.pages.upperBound {
                var tail = stretch
                tail.pages = pages.upperBound..<stretch.pages.upperBound
                rest.append(tail)
            }
        }
        stretches.replaceSubrange(first..<last, with: rest)
    }

    /// The watched memory around an address.
    func stretch(at address: GuestAddress) -> Stretch? { stretches.first { $0.pages.contains(address) } }

    /// The watched memory in a range.
    func stretches(in range: Range<GuestAddress>) -> [Stretch] { stretches.filter { $0.pages.overlaps(range) } }

    /// Pages of one stretch were executed, or are written again.
    mutating func set(_ pages: Range<GuestAddress>, isExecuted: Bool) {
        guard let old = stretch(at: pages.lowerBound) else { return }
        if !isExecuted { flips[old.region, default: 0] += 1 }
        remove(pages)
        place(Stretch(pages: pages, asked: old.asked, isExecuted: isExecuted, region: old.region))
    }

    /// How often pages of the region became writable again.
    func flipCount(ofRegion region: Int) -> Int { flips[region] ?? 0 }

    /// The watched memory of a region.
    func stretches(ofRegion region: Int) -> [Stretch] { stretches.filter { $0.region == region } }

    /// Memory was moved: mremap(2).
    mutating func move(_ pages: Range<GuestAddress>, to new: GuestAddress) {
        let moved = stretches(in: pages)
        remove(pages)
        for var stretch in moved {
            let part = stretch.pages.clamped(to: pages)
            let start = new + (part.lowerBound - pages.lowerBound)
            stretch.pages = start..<start + (part.upperBound - part.lowerBound)
            remove(stretch.pages)
            place(stretch)
        }
    }

    private mutating func place(_ stretch: Stretch) {
        let index = stretches.firstIndex { stretch.pages.upperBound <= $0.pages.lowerBound } ?? stretches.endIndex
        stretches.insert(stretch, at: index)
        // Neighbours in the same state are one.
        if index + 1 < stretches.count { join(at: index) }
        if index > 0 { join(at: index - 1) }
    }

    private mutating func join(at index: Int) {
        let (low, high) = (stretches[index], stretches[index + 1])
        guard low.pages.upperBound == high.pages.lowerBound, low.asked == high.asked, low.region == high.region,
            low.isExecuted == high.isExecuted
        else { return }
        stretches[index].pages = low.pages.lowerBound..<high.pages.upperBound
        stretches.remove(at: index + 1)
    }
}
