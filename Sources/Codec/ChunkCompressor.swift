internal import CZstd

/// Compresses independent pieces of data, each into one zstd frame (RFC 8878), with one context that is used again
/// and again.
@safe package struct ChunkCompressor: ~Copyable {
    private let context: OpaquePointer

    /// - Parameter level: zstd's compression level; 1 is fast, 3 zstd's default.
    package init(level: Int) throws(CodecError) {
        guard let context = unsafe ZSTD_createCCtx() else { throw .outOfMemory }
        unsafe self.context = unsafe context
        // Out-of-range levels are clamped by zstd, so that this cannot fail.
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, Int32(clamping: level))
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    /// The most that `compress` can append for an input of `length` bytes.
    package static func bound(_ length: Int) -> Int { ZSTD_compressBound(length) }

    /// Appends the compressed form of `input` to `output`.
    ///
    /// The corresponding C function is `ZSTD_compress2`.
    package mutating func compress(_ input: Span<UInt8>, appendingTo output: inout [UInt8]) throws(CodecError) {
        let start = output.count
        let end = start + Self.bound(input.count)
        // Growing to the worst case and cutting back costs one memset, which is small against compressing.
        output.append(contentsOf: repeatElement(0, count: end - start))
        let written = unsafe output.withUnsafeMutableBytes { target in
            unsafe input.withUnsafeBytes { source in
                unsafe ZSTD_compress2(
                    context, target.baseAddress.map { unsafe $0 + start }, end - start, source.baseAddress,
                    source.count)
            }
        }
        guard ZSTD_isError(written) == 0 else {
            output.removeLast(end - start)
            throw .compressionFailed(unsafe String(cString: ZSTD_getErrorName(written)))
        }
        output.removeLast(end - start - written)
    }
}
