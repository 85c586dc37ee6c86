import Glibc

/// A file that is read in small pieces at given offsets.
struct StoredFile: ~Copyable {
    private let descriptor: Int32

    /// nil if it cannot be opened or is not a regular file: opening a FIFO of that name must not block.
    init?(path: String) {
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard opened >= 0 else { return nil }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(opened)
            return nil
        }
        descriptor = opened
    }

    deinit { close(descriptor) }

    /// Exactly `count` bytes, or nil.
    func fetch(_ offset: UInt64, _ count: Int) -> [UInt8]? {
        guard let start = off_t(exactly: offset) else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, count, start) }
        return read == count ? bytes : nil
    }

    /// A descriptor of the same file for a library that closes what it gets; nil when there are none left.
    func duplicate() -> Int32? {
        let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return copy >= 0 ? copy : nil
    }
}
