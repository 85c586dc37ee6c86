internal import LinuxABI
internal import Ptrace
internal import TraceFormat
internal import Tracee

/// Describes the memory of one address space at interruptions of its threads.
///
/// Remembers the hashes of the last time, to know which pages are worth to be stored whole: the words in which one
/// moment differs from another are most likely where something was written since.
struct MarkerBuilder {
    private var dirty: DirtyPages
    private var previousPages: [UInt64] = []
    private var previousHashes: [UInt64] = []
    /// Pages that were written before the last look, since the last marker.
    private var carried: [Range<UInt64>] = []
    /// More pages had changed than can be stored, or it is not known which had.
    private var isBlind = true
    /// Pages that were written since the last digest for verification, and are not in `DirtyPages` any more.
    private var unverified: [Range<UInt64>] = []
    /// Whether `takeForVerification` is called from time to time.
    private let verifies: Bool

    init(method: DirtyPages.Method, verifies: Bool = false) {
        dirty = DirtyPages(method: method)
        self.verifies = verifies
    }

    private mutating func takeDirty(of thread: RecordedThread, but own: [Range<GuestAddress>]) -> [Range<UInt64>] {
        let runs = AddressSpace.map(of: thread.id).map { dirty.take(of: thread, map: $0.without(own)) } ?? []
        if verifies, dirty.isTracking { unverified = Self.union(unverified, runs) }
        return runs
    }

    /// The pages of writable mappings that were written since the last call, or more.
    ///
    /// - Parameter mayCall: see `DirtyPages`.
    mutating func takeForVerification(
        of thread: RecordedThread, map: MemoryMap, mayCall: Bool
    ) -> (runs: [Range<UInt64>], isTracked: Bool) {
        let runs = dirty.take(of: thread, map: map, mayCall: mayCall)
        guard dirty.isTracking else { return (runs, false) }
        // The next marker has to compare them, too.
        carried = Self.union(carried, runs)
        let all = Self.union(unverified, runs)
        unverified = []
        return (all, true)
    }

    /// Pages that could not be verified this time.
    mutating func putOff(_ runs: [Range<UInt64>]) {
        if dirty.isTracking { unverified = Self.union(unverified, runs) }
    }

    /// A look at the memory some time before a marker, if it is needed to see which pages change now: not where all can
    /// be stored.
    ///
    /// - Parameter own: memory that xrr has mapped for itself.
    /// - Returns: whether it was: then the thread is to run on for a moment.
    mutating func looksBefore(_ thread: RecordedThread, but own: [Range<GuestAddress>] = []) -> Bool {
        guard isBlind else { return false }
        isBlind = false
        let runs = Self.union(carried, takeDirty(of: thread, but: own))
        carried = runs
        if runs.reduce(0, { $0 + $1.count }) <= FormatLimits.markerPageCount { return false }
        (previousPages, previousHashes) = Self.hashes(of: runs, stackEnds: [], in: thread)
        return true
    }

    /// Digests of all pages that can have been written, and the contents of some.
    ///
    /// - Parameters:
    ///   - dead: of the stacks of the address space.
    ///   - own: memory that xrr has mapped for itself.
    mutating func marker(
        of thread: RecordedThread, registers: Registers, dead: [Range<GuestAddress>],
        but own: [Range<GuestAddress>] = []
    ) -> Marker {
        var marker = Marker()
        let runs = DeadStack.remove(dead, from: Self.union(carried, takeDirty(of: thread, but: own)))
        marker.stackEnds = PageHash.ordered(
            dead.map(\.upperBound).filter { !$0.isPageAligned && Self.isPresent($0.pageNumber, runs) })
        let (pages, hashes) = Self.hashes(of: runs, stackEnds: marker.stackEnds, in: thread)
        carried = []
        let isChanged = changes(pages, hashes)
        isBlind = isChanged.count(where: { $0 }) > FormatLimits.markerPageCount
        marker.digests = Self.digests(pages, hashes, isChanged)
        marker.pages = Self.chosen(pages, isChanged, registers).compactMap { page in
            let start = GuestAddress(page * GuestAddress.pageSize)
            guard var bytes = thread.memory.readExactly(start, count: Int(GuestAddress.pageSize)) else { return nil }
            PageHash.clearDead(&bytes, at: start, marker.stackEnds)
            return Marker.Page(start: start, bytes: bytes)
        }
        previousPages = pages
        previousHashes = hashes
        return marker
    }

    private static func hashes(
        of runs: [Range<UInt64>], stackEnds: [GuestAddress], in thread: RecordedThread
    ) -> (pages: [UInt64], hashes: [UInt64]) {
        var pages: [UInt64] = []
        var hashes: [UInt64] = []
        for run in runs {
            pages += run
            hashes += PageHash.hashes(
                of: GuestAddress(run.lowerBound * GuestAddress.pageSize), pageCount: UInt64(run.count),
                stackEnds: stackEnds, in: thread.memory, through: thread.id)
        }
        return (pages, hashes)
    }

    /// Runs that are in one of two lists, in ascending order.
    static func union(_ a: [Range<UInt64>], _ b: [Range<UInt64>]) -> [Range<UInt64>] {
        if a.isEmpty { return b }
        var result: [Range<UInt64>] = []
        for run in (a + b).sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, run.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, run.upperBound)
            } else {
                result.append(run)
            }
        }
        return result
    }

    /// For each page, whether it is new or has another hash than at the last marker.
    private func changes(_ pages: [UInt64], _ hashes: [UInt64]) -> [Bool] {
        var old = 0
        return pages.indices.map { index in
            while old < previousPages.count, previousPages[old] < pages[index] { old += 1 }
            return old == previousPages.count || previousPages[old] != pages[index]
                || previousHashes[old] != hashes[index]
        }
    }

    /// Neighbours that were both changed, or both not, share a digest.
    private static func digests(_ pages: [UInt64], _ hashes: [UInt64], _ isChanged: [Bool]) -> [Marker.Digest] {
        var digests: [Marker.Digest] = []
        var first = 0
        while first < pages.count {
            var end = first + 1
            let limit = isChanged[first] ? changedGroup : unchangedGroup
            while end < pages.count, end - first < limit, pages[end] == pages[end - 1] + 1,
                isChanged[end] == isChanged[first]
            {
                end += 1
            }
            digests.append(
                .init(
                    start: GuestAddress(pages[first] * GuestAddress.pageSize), pageCount: UInt64(end - first),
                    hash: PageHash.combined(hashes[first..<end])))
            first = end
        }
        return digests
    }

    /// The pages that are stored whole: those that registers point to, then those that have changed.
    private static func chosen(_ pages: [UInt64], _ isChanged: [Bool], _ registers: Registers) -> [UInt64] {
        var chosen: [UInt64] = []
        var seen: Set<UInt64> = []
        func choose(_ page: UInt64) {
            if chosen.count < FormatLimits.markerPageCount, seen.insert(page).inserted { chosen.append(page) }
        }
        for index in 0..<Registers.count where isPresent(registers[index] / GuestAddress.pageSize, pages) {
            choose(registers[index] / GuestAddress.pageSize)
        }
        for index in pages.indices where isChanged[index] {
            if chosen.count == FormatLimits.markerPageCount { break }
            choose(pages[index])
        }
        return chosen
    }

    private static func isPresent(_ page: UInt64, _ runs: [Range<UInt64>]) -> Bool {
        runs.contains { $0.contains(page) }
    }

    private static func isPresent(_ page: UInt64, _ pages: [UInt64]) -> Bool {
        var (low, high) = (0, pages.count)
        while low < high {
            let middle = (low + high) / 2
            if pages[middle] < page { low = middle + 1 } else { high = middle }
        }
        return low < pages.count && pages[low] == page
    }

    private static let changedGroup = 16
    private static let unchangedGroup = 1024
}
