package import LinuxABI

/// What identifies a moment in the middle of user code, besides the registers and the extended state of its frame: the
/// memory that the thread may have written since its event before.
///
/// Between two events a thread runs deterministically. The first moment at which registers, extended state and all
/// memory that was written until the marker are as they were there has the same future as the marker: a replay may
/// stop there (docs/determinism.md).
package struct Marker: Hashable, Sendable {
    /// Whole pages, and the XXH3 of their contents.
    package struct Digest: Hashable, Sendable {
        package var start: GuestAddress
        /// In pages.
        package var pageCount: UInt64
        package var hash: UInt64

        package init(start: GuestAddress, pageCount: UInt64, hash: UInt64) {
            self.start = start
            self.pageCount = pageCount
            self.hash = hash
        }
    }

    /// The contents of one page, for a replay to find the words in which an earlier moment differs.
    package struct Page: Hashable, Sendable {
        package var start: GuestAddress
        package var bytes: [UInt8]

        package init(start: GuestAddress, bytes: [UInt8]) {
            self.start = start
            self.bytes = bytes
        }
    }

    /// The function that the thread stands in, where its bounds are known and a replay needs them to place a jump.
    package var function: Range<GuestAddress>?
    /// The processor time since the thread's event before, in nanoseconds. A replay that takes very much longer does
    /// not get there.
    package var processorTime: UInt64
    /// All pages that may have been written since the thread's event before, and others.
    package var digests: [Digest]
    /// Some of those pages.
    package var pages: [Page]

    /// Where memory that counts begins inside of pages: below each of these addresses, down to the start of the page,
    /// there is a stack's dead part. Dead bytes count as zeros in digests and pages.
    package var stackEnds: [GuestAddress]

    /// How many pages a replay compares.
    package var pageCount: UInt64 { digests.reduce(0) { $0 &+ $1.pageCount } }

    package init(
        function: Range<GuestAddress>? = nil, processorTime: UInt64 = 0, digests: [Digest] = [], pages: [Page] = [],
        stackEnds: [GuestAddress] = []
    ) {
        self.function = function
        self.processorTime = processorTime
        self.digests = digests
        self.pages = pages
        self.stackEnds = stackEnds
    }
}
