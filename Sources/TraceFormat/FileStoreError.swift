package import SystemPackage

/// Why a file cannot be stored or fetched.
package enum FileStoreError: Error, Hashable, Sendable {
    /// The kernel refused an operation on this file: of the store, or the one to be stored.
    case file(path: String, Errno)
    /// A symbolic link, which is not followed, or no directory is in the place of one of the store's.
    case foreign(path: String)
    /// The file to be stored is no regular file.
    case notRegular(path: String)
    /// The file to be stored changed each time while it was being copied.
    case changing(path: String)
    /// The store has no such object, or one of the wrong size.
    case missing(FileDigest)
    /// The object's contents are not those it is named after.
    case damaged(FileDigest)
}

extension FileStoreError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path, let errno): "\(PrintableText.of(path)): \(errno)"
        case .foreign(let path):
            "\(PrintableText.of(path)) is no directory; xrr follows no symbolic link in a store of mapped files"
        case .notRegular(let path): "\(PrintableText.of(path)) is not a regular file"
        case .changing(let path): "\(PrintableText.of(path)) keeps changing while it is being copied"
        case .missing(let digest):
            "the store of mapped files beside the recording has no \(digest), which the recording needs"
        case .damaged(let digest): "the store's copy \(digest) of a mapped file is damaged"
        }
    }
}
