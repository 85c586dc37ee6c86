package import LinuxABI

/// What memory was at the end of a frame: `xrr record --verify-memory`. A replay compares it after it has carried out the
/// frame's other effects.
package struct MemoryDigest: Hashable, Sendable {
    /// Neighbouring pages.
    package struct Run: Hashable, Sendable {
        package var start: GuestAddress
        /// For each page the XXH3 of its contents: 8 bytes, little-endian.
        package var hashes: [UInt8]

        package init(start: GuestAddress, hashes: [UInt8]) {
            self.start = start
            self.hashes = hashes
        }

        package init(start: GuestAddress, pageHashes hashes: some Sequence<UInt64>) {
            self.start = start
            self.hashes = []
            for hash in hashes {
                for shift in stride(from: UInt64(0), to: 64, by: 8) {
                    self.hashes.append(UInt8(truncatingIfNeeded: hash >> shift))
                }
            }
        }

        /// In pages.
        package var pageCount: UInt64 { UInt64(hashes.count / MemoryDigest.hashLength) }

        /// - Precondition: there is such a page.
        package func hash(ofPage index: Int) -> UInt64 {
            var hash: UInt64 = 0
            for byte in 0..<MemoryDigest.hashLength {
                hash |= UInt64(hashes[index * MemoryDigest.hashLength + byte]) << UInt64(byte * 8)
            }
            return hash
        }
    }

    /// In ascending order.
    package var runs: [Run]
    /// See `Marker.stackEnds`.
    package var stackEnds: [GuestAddress]
    /// Everything that is mapped, in ascending order; nil where that is not compared.
    package var mappings: [MappedRange]?

    /// The bytes of a hash.
    static let hashLength = 8

    package init(runs: [Run], stackEnds: [GuestAddress] = [], mappings: [MappedRange]? = nil) {
        self.runs = runs
        self.stackEnds = stackEnds
        self.mappings = mappings
    }

    package var pageCount: UInt64 { runs.reduce(0) { $0 &+ $1.pageCount } }
}
