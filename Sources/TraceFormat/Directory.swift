internal import Glibc
internal import SystemPackage

/// The directory operations that swift-system lacks.
enum Directory {
    /// mkdir(2).
    static func create(_ path: FilePath, permissions: FilePermissions) throws(Errno) {
        let result = unsafe path.withPlatformString { path in
            unsafe mkdir(path, permissions.rawValue) == 0 ? 0 : Glibc.errno
        }
        guard result == 0 else { throw Errno(rawValue: result) }
    }

    /// rename(2): replaces `target` in one step.
    static func rename(_ source: FilePath, to target: FilePath) throws(Errno) {
        let result = unsafe source.withPlatformString { source in
            unsafe target.withPlatformString { target in
                unsafe Glibc.rename(source, target) == 0 ? 0 : Glibc.errno
            }
        }
        guard result == 0 else { throw Errno(rawValue: result) }
    }

    /// unlink(2).
    static func remove(_ path: FilePath) throws(Errno) {
        let result = unsafe path.withPlatformString { path in unsafe unlink(path) == 0 ? 0 : Glibc.errno }
        guard result == 0 else { throw Errno(rawValue: result) }
    }

    /// symlink(2).
    static func link(_ path: FilePath, to text: String) throws(Errno) {
        let result = unsafe path.withPlatformString { path in
            unsafe symlink(text, path) == 0 ? 0 : Glibc.errno
        }
        guard result == 0 else { throw Errno(rawValue: result) }
    }

    /// readlink(2); nil if there is no such link or its text has other than `count` bytes.
    static func linkText(_ path: FilePath, count: Int) -> [UInt8]? {
        var text = [UInt8](repeating: 0, count: count + 1)
        let length = unsafe path.withPlatformString { path in
            unsafe text.withUnsafeMutableBytes { buffer in
                guard let base = buffer.baseAddress else { return -1 }
                return unsafe readlink(path, base.assumingMemoryBound(to: CChar.self), buffer.count)
            }
        }
        guard length == count else { return nil }
        text.removeLast()
        return text
    }
}
