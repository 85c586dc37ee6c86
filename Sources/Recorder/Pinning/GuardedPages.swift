internal import LinuxABI
internal import TraceFormat

/// Executable memory that is watched: it is not executable until it is executed.
///
/// Either no table tells which of its bytes are instructions, and each page is looked at when it is entered; where the
/// program may write it, it is not writable from then on until it is written. Or it is code of a file of which nobody
/// knows whether it is there to be executed at all (`FileCode`).
struct GuardedPages {
    /// Code of a file that has been mapped and not executed.
    struct FileCode: Hashable {
        var digest: FileDigest
        /// An address less the offset in the file of what it shows.
        var bias: UInt64

        init(_ file: (digest: FileDigest, offset: UInt64), at address: GuestAddress) {
            digest = file.digest
            bias = address.rawValue &- file.offset
        }

        /// The file and the offset of what an address shows.
        func file(at address: GuestAddress) -> (digest: FileDigest, offset: UInt64) {
            (digest, address.rawValue &- bias)
        }
    }

    /// Memory in one state.
    struct Stretch: Hashable {
        var pages: Range<GuestAddress>
        /// The PROT_ bits that the program asked for.
        var asked: UInt32
        /// It has been executed, and is not writable.
        var isExecuted: Bool
        /// Changes of state are counted by region: what one mmap(2) or mprotect(2) made.
        var region: Int
        /// nil once the traps stand in it, and where no table tells where they belong.
        var file: FileCode?

        /// The program may write it, and cannot for the time being.
        var withholdsWrites: Bool { isExecuted && asked & Protection.write.rawValue != 0 }
    }

    /// In ascending order, without overlaps.
    private(set) var stretches: [Stretch] = []
    private var nextRegion = 0
    /// By region.
    private var flips: [Int: Int] = [:]

    /// How many stretches there are that the program may write and cannot.
    private var withheldCount = 0
    /// Whether any memory that the program may write is not writable now.
    var hasWithheldWrites: Bool { withheldCount > 0 }

    /// Begins to watch pages.
    mutating func insert(_ pages: Range<GuestAddress>, asked: UInt32, file: FileCode? = nil) {
        remove(pages)
        nextRegion += 1
        place(Stretch(pages: pages, asked: asked, isExecuted: false, region: nextRegion, file: file))
    }

    /// The index of the first stretch that ends behind an address.
    private func index(after address: GuestAddress) -> Int {
        var (low, high) = (0, stretches.count)
        while low < high {
            let middle = (low + high) / 2
            if stretches[middle].pages.upperBound <= address { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The stretches that a range touches.
    private func indices(in range: Range<GuestAddress>) -> Range<Int> {
        let first = index(after: range.lowerBound)
        var last = first
        while last < stretches.count, stretches[last].pages.overlaps(range) { last += 1 }
        return first..<last
    }

    /// Ends watching pages.
    mutating func remove(_ pages: Range<GuestAddress>) {
        let touched = indices(in: pages)
        if touched.isEmpty { return }
        var rest: [Stretch] = []
        for stretch in stretches[touched] {
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
        withheldCount += rest.count(where: \.withholdsWrites) - stretches[touched].count(where: \.withholdsWrites)
        stretches.replaceSubrange(touched, with: rest)
    }

    /// The watched memory around an address.
    func stretch(at address: GuestAddress) -> Stretch? {
        let index = index(after: address)
        return index < stretches.count && stretches[index].pages.contains(address) ? stretches[index] : nil
    }

    /// The watched memory in a range.
    func stretches(in range: Range<GuestAddress>) -> [Stretch] { Array(stretches[indices(in: range)]) }

    /// Pages of one stretch were executed, or are written again.
    mutating func set(_ pages: Range<GuestAddress>, isExecuted: Bool) {
        guard let old = stretch(at: pages.lowerBound) else { return }
        remove(pages)
        place(Stretch(pages: pages, asked: old.asked, isExecuted: isExecuted, region: old.region))
    }

    /// A page was entered once more without anything new of it: `PinnedCode.noteEntry`.
    mutating func noteFlip(of page: GuestAddress) {
        guard let region = stretch(at: page)?.region else { return }
        flips[region, default: 0] += 1
    }

    /// How often that happened in a region.
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
            stretch.file?.bias &+= new.rawValue &- pages.lowerBound.rawValue
            remove(stretch.pages)
            place(stretch)
        }
    }

    private mutating func place(_ stretch: Stretch) {
        let index = index(after: stretch.pages.lowerBound)
        stretches.insert(stretch, at: index)
        if stretch.withholdsWrites { withheldCount += 1 }
        // Neighbours in the same state are one.
        if index + 1 < stretches.count { join(at: index) }
        if index > 0 { join(at: index - 1) }
    }

    private mutating func join(at index: Int) {
        let (low, high) = (stretches[index], stretches[index + 1])
        guard low.pages.upperBound == high.pages.lowerBound, low.asked == high.asked, low.region == high.region,
            low.isExecuted == high.isExecuted, low.file == high.file
        else { return }
        stretches[index].pages = low.pages.lowerBound..<high.pages.upperBound
        stretches.remove(at: index + 1)
        if low.withholdsWrites { withheldCount -= 1 }
    }
}
