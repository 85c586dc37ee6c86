import Glibc
import SystemPackage

/// Whether others could have a hand in what is recorded: a store gives a recorder copies of the programs' files, and
/// another user who may write there could exchange them.
extension RecordingsHome {
    /// Refuses to record where somebody else can change names or files.
    func refuseUnsafe() throws(CommandError) {
        try refuseForeign()
        for (directory, owners) in [(path, [0, geteuid()]), (store, [geteuid()])] {
            let home = try Self.status(directory)
            if !owners.contains(home.st_uid) { throw Self.belongs(directory, to: home.st_uid) }
        }
        if try Self.isOpen(Self.status(store)) { throw Self.isWritable(store) }
        // Who may rename a parent can put another directory in the place of this one.
        var parent = FilePath(FileSystem.absolute(path))
        while !parent.isEmpty {
            let status = try Self.status(parent.string)
            if Self.isOpen(status), status.st_mode & mode_t(S_ISVTX) == 0 { throw Self.isWritable(parent.string) }
            if !parent.removeLastComponent() { break }
        }
    }

    /// Refuses a directory that somebody else has made in a place for all.
    func refuseForeign() throws(CommandError) {
        guard isInSharedPlace, FileSystem.kind(path) != nil else { return }
        let home = try Self.status(path, followsLinks: false)
        if home.st_uid != geteuid() { throw Self.belongs(path, to: home.st_uid) }
        guard home.st_mode & S_IFMT == S_IFDIR, home.st_mode & 0o022 == 0 else { throw Self.isWritable(path) }
    }

    private static func isOpen(_ status: stat) -> Bool { status.st_mode & mode_t(S_IWOTH) != 0 }

    private static func status(_ path: String, followsLinks: Bool = true) throws(CommandError) -> stat {
        do throws(Errno) { return try FileSystem.status(path, followsLinks: followsLinks) } catch {
            throw CommandError("cannot look at \(TextFormat.printable(path)): \(error)")
        }
    }

    private static func belongs(_ path: String, to user: uid_t) -> CommandError {
        CommandError(
            "\(TextFormat.printable(path)) belongs to user \(user), who could change what is kept there; set XRR_DIR to a "
                + "directory of your own")
    }

    private static func isWritable(_ path: String) -> CommandError {
        CommandError(
            "\(TextFormat.printable(path)) can be written by other users, who could change what is kept there; set XRR_DIR "
                + "to a directory of your own")
    }
}
