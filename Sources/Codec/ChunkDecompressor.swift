internal import CZstd

/// Decompresses what `ChunkCompressor` made, or what claims to be that.
@safe package struct ChunkDecompressor: ~Copyable {
    private let context: OpaquePointer

    package init() throws(CodecError) {
        guard let context = unsafe ZSTD_createDCtx() else { throw .outOfMemory }
        unsafe self.context = unsafe context
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    /// Replaces the contents of `output` by the decompressed `input`, which must have exactly `length` bytes.
    ///
    /// Memory is allocated only after `length` was found to be at most `limit`, and zstd writes no byte beyond it.
    /// The corresponding C function is `ZSTD_decompressDCtx`.
    package mutating func decompress(
        _ input: Span<UInt8>, length: Int, limit: Int, into output: inout [UInt8]
    ) throws(CodecError) {
        guard length >= 0, length <= limit else { throw .tooLarge(length: length, limit: limit) }
        // What is there already need not be cleared: all of it is overwritten, or an error is thrown.
        if output.count < length {
            output.append(contentsOf: repeatElement(0, count: length - output.count))
        } else {
            output.removeLast(output.count - length)
        }
        let written = unsafe output.withUnsafeMutableBytes { target in
            unsafe input.withUnsafeBytes { source in
                unsafe ZSTD_decompressDCtx(context, target.baseAddress, target.count, source.baseAddress, source.count)
            }
        }
        guard ZSTD_isError(written) == 0 else {
            throw .corrupt(unsafe String(cString: ZSTD_getErrorName(written)))
        }
        guard written == length else { throw .corrupt("\(written) bytes instead of \(length)") }
    }
}
