import SystemPackage
import TraceFormat

/// A claim on a store of mapped files: recorders and replays hold it shared, `xrr rm` alone.
///
/// It is a flock(2) on the directory itself, so it ends with its holder however that ends.
struct StoreLock {
    enum Mode { case shared, exclusive }

    /// Why there is no claim.
    enum Obstacle: Error, Hashable {
        /// Another process has one that excludes this one.
        case claimed
        /// The directory cannot be opened.
        case unreadable(Errno)
        /// flock(2) is not to be had: a container's seccomp profile forbids it, or the file system does not know it.
        case forbidden(Errno)
    }

    /// The store's directory.
    let descriptor: FileDescriptor

    init(store: String, mode: Mode) throws(Obstacle) {
        do throws(Errno) {
            descriptor = try Self.open(store)
        } catch {
            throw .unreadable(error)
        }
        guard let error = FileSystem.lock(descriptor, exclusive: mode == .exclusive) else { return }
        try? descriptor.close()
        throw error == .wouldBlock ? .claimed : .forbidden(error)
    }

    private static func open(_ store: String) throws(Errno) -> FileDescriptor {
        do {
            return try FileDescriptor.open(
                FilePath(store), .readOnly, options: [.directory, .noFollow, .closeOnExec], retryOnInterrupt: true)
        } catch {
            throw error as? Errno ?? .ioError
        }
    }

    /// A claim to read and add; `xrr rm` gives way within moments.
    static func shared(_ store: String) throws(CommandError) -> StoreLock {
        for _ in 0..<500 {
            do throws(Obstacle) {
                return try StoreLock(store: store, mode: .shared)
            } catch {
                guard error == .claimed else { throw CommandError(error.words(of: store), status: error.status) }
                FileSystem.pause(milliseconds: 10)
            }
        }
        throw CommandError(Obstacle.claimed.words(of: store))
    }

    /// The lock belongs to the open file, which a process that is just being started may have a copy of: closing alone
    /// would leave it locked until that one calls execve(2).
    func release() {
        FileSystem.unlock(descriptor)
        try? descriptor.close()
    }
}

extension StoreLock.Obstacle {
    /// For people: what, where, and what to do about it.
    func words(of store: String) -> String {
        let store = TextFormat.printable(store)
        switch self {
        case .claimed:
            return
                "cannot lock the store of mapped files \(store): another xrr is removing recordings; try again when it is "
                + "done"
        case .unreadable(let errno):
            return "cannot open the store of mapped files \(store): \(errno)\(FileStoreError.advice(errno))"
        case .forbidden(let errno):
            return
                "cannot lock the store of mapped files \(store): flock(2): \(errno) (allow it in the container's seccomp "
                + "profile, or keep recordings on a file system that has it, with -o or XRR_DIR)"
        }
    }

    fileprivate var status: CommandStatus {
        if case .unreadable = self { .unreadable } else { .failure }
    }
}
