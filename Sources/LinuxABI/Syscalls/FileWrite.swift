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
    }

    package var file: File
    /// Where the tracee's memory holds the bytes, described as if it were an output; nil where the bytes never are in
    /// memory (sendfile(2), splice(2), copy_file_range(2)) or there are none (ftruncate(2)).
    package var data: Output?

    package init(file: File, data: Output?) {
        self.file = file
        self.data = data
    }
}
