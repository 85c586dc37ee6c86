import SystemPackage

/// Finds the program to record as execvp(3) and a shell do, so that what cannot run is said before recording starts.
enum ProgramLookup {
    /// execvp's default where PATH is unset.
    private static let defaultPath = "/bin:/usr/bin"

    /// The path to give to execve(2).
    ///
    /// - Parameter searchPath: the tracee's PATH; an empty element is the working directory.
    /// - Throws: `CommandError` with status 127 if there is no such program, 126 if it is there but cannot be executed.
    static func find(_ program: String, searchPath: String?) throws(CommandError) -> String {
        if program.contains("/") {
            if let obstacle = FileSystem.executionObstacle(program) { throw failure(program, obstacle) }
            return program
        }
        var found: Errno?
        let elements = (searchPath ?? defaultPath).split(separator: ":", omittingEmptySubsequences: false)
        for element in elements {
            let candidate = FilePath(element.isEmpty ? "." : String(element)).appending(program).string
            guard let obstacle = FileSystem.executionObstacle(candidate) else { return candidate }
            // As execvp: go on, but remember that there was something.
            if obstacle == .permissionDenied { found = obstacle }
        }
        throw failure(program, found ?? .noSuchFileOrDirectory)
    }

    private static func failure(_ program: String, _ error: Errno) -> CommandError {
        let isMissing = error == .noSuchFileOrDirectory || error == .notDirectory
        return CommandError(
            isMissing ? "\(program): there is no such program" : "\(program): cannot be executed: \(error)",
            status: isMissing ? .notFound : .cannotExecute)
    }
}
