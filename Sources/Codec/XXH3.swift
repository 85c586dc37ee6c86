internal import CXXHash

/// The 64-bit XXH3 hash: fast, and good against accidents. It is no protection against an attacker.
///
/// The output is frozen since xxHash 0.8.0, so it may stand in files.
package enum XXH3 {
    /// The hash of `bytes`. The corresponding C function is `XXH3_64bits_withSeed`.
    package static func hash(_ bytes: Span<UInt8>, seed: UInt64 = 0) -> UInt64 {
        unsafe bytes.withUnsafeBytes { unsafe XXH3_64bits_withSeed($0.baseAddress, $0.count, seed) }
    }

    /// The hash of all elements of `bytes`.
    package static func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
        hash(bytes.span, seed: seed)
    }
}
