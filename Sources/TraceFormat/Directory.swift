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
}
