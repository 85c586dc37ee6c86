internal import Glibc
internal import SystemPackage

/// A file descriptor that is closed with its owner. The file operations of this module that need pointers are here.
struct OwnedFile: ~Copyable, Sendable {
    let descriptor: FileDescriptor

    init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    /// Opens a file, always with O_CLOEXEC: the recorder starts programs.
    init(
        _ path: FilePath, _ mode: FileDescriptor.AccessMode, options: FileDescriptor.OpenOptions = [],
        permissions: FilePermissions? = nil
    ) throws(Errno) {
        do {
            descriptor = try FileDescriptor.open(
                path, mode, options: options.union(.closeOnExec), permissions: permissions)
        } catch { throw errno(error) }
    }

    /// Opens a regular file for reading. Anything else is EINVAL, a symbolic link is ELOOP, and opening it never
    /// waits: a recording from a stranger may have a FIFO in the place of a file.
    static func forReading(_ path: FilePath) throws(Errno) -> OwnedFile {
        let file = try OwnedFile(path, .readOnly, options: [.nonBlocking, .noFollow])
        guard try file.descriptor.stat().type == .regular else { throw .invalidArgument }
        return file
    }

    deinit { try? descriptor.close() }

    /// The file's length in bytes.
    func length() throws(Errno) -> UInt64 { UInt64(max(0, try descriptor.stat().size)) }

    /// Replaces the contents of `buffer` by `count` bytes from `offset`, fewer only at the file's end.
    func read(_ count: Int, at offset: UInt64, into buffer: inout [UInt8]) throws(Errno) {
        try Self.read(descriptor, count, at: offset, into: &buffer)
    }

    /// Replaces the contents of `buffer` by `count` bytes from `offset`, fewer only at the file's end.
    static func read(
        _ descriptor: FileDescriptor, _ count: Int, at offset: UInt64, into buffer: inout [UInt8]
    ) throws(Errno) {
        buffer.resize(to: count)
        var filled = 0
        do {
            while filled < count {
                let length = try unsafe buffer.withUnsafeMutableBytes {
                    try unsafe descriptor.read(
                        fromAbsoluteOffset: Int64(clamping: offset + UInt64(filled)),
                        into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
                }
                if length == 0 { break }
                filled += length
            }
        } catch { throw errno(error) }
        buffer.removeLast(count - filled)
    }

    /// Writes some of `bytes`, at least one, where the descriptor stands.
    func writeSome(_ bytes: ArraySlice<UInt8>) throws(Errno) -> Int {
        try Self.write(descriptor, bytes)
    }

    /// write(2).
    static func write(_ descriptor: FileDescriptor, _ bytes: ArraySlice<UInt8>) throws(Errno) -> Int {
        do {
            return try unsafe bytes.withUnsafeBytes { try unsafe descriptor.write($0) }
        } catch { throw errno(error) }
    }

    /// Cuts the file to `length` bytes.
    func resize(to length: UInt64) throws(Errno) {
        do { try descriptor.resize(to: Int64(length)) } catch { throw errno(error) }
    }

    /// Lets the file end in a hole, and goes on behind it.
    func extend(to length: UInt64) throws(Errno) {
        try resize(to: length)
        do { _ = try descriptor.seek(offset: Int64(length), from: .start) } catch { throw errno(error) }
    }

    /// fchmod(2).
    func setPermissions(_ permissions: FilePermissions) throws(Errno) {
        guard fchmod(descriptor.rawValue, permissions.rawValue) == 0 else { throw Errno(rawValue: Glibc.errno) }
    }

    /// Makes this file share all its blocks with `source`: FICLONE (ioctl_ficlone(2)). False where the file system
    /// cannot do that or the files are on different ones.
    func clone(_ source: FileDescriptor) -> Bool {
        // _IOW(0x94, 9, int): linux/fs.h, whose macro Swift cannot import.
        ioctl(descriptor.rawValue, 0x4004_9409, source.rawValue) == 0
    }

    /// fdatasync(2).
    func synchronize() throws(Errno) {
        guard fdatasync(descriptor.rawValue) == 0 else { throw Errno(rawValue: Glibc.errno) }
    }
}

/// swift-system throws `Errno` and nothing else, but its signatures do not all say so.
func errno(_ error: any Error) -> Errno {
    guard let errno = error as? Errno else { preconditionFailure("not an Errno: \(error)") }
    return errno
}
