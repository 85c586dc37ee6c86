/// Why zstd did not do what was asked.
package enum CodecError: Error, Hashable, Sendable {
    /// zstd could not get memory for a context.
    case outOfMemory
    /// The data are not one zstd frame of exactly the announced length; zstd's own words.
    case corrupt(String)
    /// The announced length is above the limit that the caller gave.
    case tooLarge(length: Int, limit: Int)
    /// Compression failed; zstd's own words.
    case compressionFailed(String)
}
