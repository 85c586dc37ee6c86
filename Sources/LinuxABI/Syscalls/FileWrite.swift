/// A file whose contents or length a system call may change.
///
/// The recorder needs it for shared mappings of that file and to repeat at replay what went to its own standard
/// output and error.
package struct FileWrite: Hashable, Sendable {
    package enum File: Hashable, Sendable {
        /// The descriptor in this argument.
        case descriptor(Int)
        /// The path behind this argument.
        case path(Int)
        /// The one that the call opens, if its flags have O_TRUNC.
        case opened(Flags)
    }

    /// Where the flags of open(2) and its kin stand.
    package enum Flags: Hashable, Sendable {
        case argument(Int)
        /// In the first word behind an argument (`struct open_how`).
        case pointee(Int)
        /// creat(2).
        case truncating
    }

    package var file: File
    /// Where the tracee's memory holds the bytes, described as if it were an output; nil where the bytes never are in
    /// memory (sendfile(2), splice(2), copy_file_range(2)) or there are none (ftruncate(2)).
    package var data: Output?
    /// The other file from which the kernel takes the bytes.
    package var source: Source?

    /// The file that sendfile(2), splice(2), tee(2) and copy_file_range(2) copy from.
    package struct Source: Hashable, Sendable {
        /// The argument with its descriptor.
        package var descriptor: Int
        /// The argument that points to the position to copy from, which the call moves on; null for the descriptor's
        /// own position. tee(2) has none.
        package var position: Int?
        /// The argument that says how many bytes to copy at most.
        package var length: Int
    }

    package init(file: File, data: Output?, source: Source? = nil) {
        self.file = file
        self.data = data
        self.source = source
    }
}
