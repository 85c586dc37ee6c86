import SystemPackage

/// A claim on a store of mapped files: recorders and replays hold it shared, `xrr rm` alone.
///
/// It is a flock(2) on the directory itself, so it ends with its holder however that ends.
struct StoreLock {
    enum Mode { case shared, exclusive }

    /// The store's directory.
    let descriptor: FileDescriptor

    /// nil if another process has a claim that excludes this one, or the directory cannot be opened.
    init?(store: String, mode: Mode) {
        guard
            let opened = try? FileDescriptor.open(
                FilePath(store), .readOnly, options: [.directory, .noFollow, .closeOnExec], retryOnInterrupt: true)
        else { return nil }
        guard FileSystem.lock(opened, exclusive: mode == .exclusive) else {
            try? opened.close()
            return nil
        }
        descriptor = opened
    }

    /// A claim to read and add; `xrr rm` gives way within moments.
    static func shared(_ store: String) throws(CommandError) -> StoreLock {
        if FileSystem.kind(store) == .directory, let obstacle = FileSystem.listingObstacle(store) {
            throw CommandError(
                "cannot open the store of mapped files \(TextFormat.printable(store)): \(obstacle); its owner can make it "
                    + "readable",
                status: .unreadable)
        }
        for _ in 0..<500 {
            if let lock = StoreLock(store: store, mode: .shared) { return lock }
            FileSystem.pause(milliseconds: 10)
        }
        throw CommandError(
            "cannot lock \(TextFormat.printable(store)): another xrr is removing recordings; try again when it is done")
    }

    /// The lock belongs to the open file, which a process that is just being started may have a copy of: closing alone
    /// would leave it locked until that one calls execve(2).
    func release() {
        FileSystem.unlock(descriptor)
        try? descriptor.close()
    }
}
