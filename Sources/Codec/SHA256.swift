internal import CNettle

/// SHA-256 (FIPS 180-4) of data that comes in pieces.
package struct SHA256 {
    /// The size of a digest in bytes.
    package static let digestSize = 32

    private var context = sha256_ctx()

    package init() {
        unsafe nettle_sha256_init(&context)
    }

    /// Continues the message with `bytes`.
    package mutating func update(_ bytes: Span<UInt8>) {
        unsafe bytes.withUnsafeBytes { buffer in
            // An empty buffer may have no address, and nettle's parameter is not optional.
            guard let base = buffer.baseAddress else { return }
            unsafe nettle_sha256_update(&context, buffer.count, base.assumingMemoryBound(to: UInt8.self))
        }
    }

    /// Ends the message. The digest has `digestSize` bytes; the value can be used for a new message afterwards.
    package mutating func finalize() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: Self.digestSize) { buffer, count in
            if let base = buffer.baseAddress { unsafe nettle_sha256_digest(&context, Self.digestSize, base) }
            count = Self.digestSize
        }
    }

    /// The digest of one message.
    package static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }
}
