import ArgumentParser

/// `xrr rm`: docs/man/xrr-rm.md.
struct RemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm",
        abstract: "Remove recordings, and the copies of files that no other recording needs.",
        discussion: """
            Recordings must be named: there is no default.

              xrr rm make-3
              xrr rm ls-0 ls-1 /tmp/run
            """)

    @Argument(help: "Recordings: paths, or names that 'xrr ls' shows.", completion: .directory)
    var recordings: [String]

    func run() throws {
        let home = RecordingsHome.current
        // All are looked up before one is removed: a misspelt name removes nothing.
        let directories = try recordings.map { name throws(CommandError) in
            do throws(CommandError) {
                return try RecordingDirectory.resolve(name, home: home, followsLinks: false)
            } catch {
                throw CommandError(error.message + "; nothing was removed", status: .failure)
            }
        }
        for directory in directories where directory.isRecording { try home.remove(directory) }
        switch home.collectStore() {
        case .freed: break
        case .postponed(let reason):
            Diagnostics.say("copies of files that may be of no use any more stay for now: \(reason)")
        }
    }
}
