import Ptrace

/// Finds a program as execvp(3) does.
struct ProgramSearch {
    let environment: [[UInt8]]

    /// - Throws: with status 127 if there is none of that name, 126 if there is but it cannot be executed.
    func find(_ program: String) throws(CommandError) -> [UInt8] {
        let name = Array(program.utf8)
        if name.contains(UInt8(ascii: "/")) { return try check(name, program) }
        var isForbidden = false
        for directory in searchPath {
            let candidate = directory.isEmpty ? name : directory + [UInt8(ascii: "/")] + name
            switch Host.executability(of: candidate) {
            case .executable: return candidate
            case .forbidden: isForbidden = true
            case .missing: continue
            }
        }
        if isForbidden { throw CommandError("cannot execute '\(program)': Permission denied", status: .cannotExecute) }
        throw CommandError("'\(program)': command not found along PATH", status: .notFound)
    }

    private func check(_ path: [UInt8], _ program: String) throws(CommandError) -> [UInt8] {
        switch Host.executability(of: path) {
        case .executable: return path
        case .forbidden: throw CommandError("cannot execute '\(program)': Permission denied", status: .cannotExecute)
        case .missing: throw CommandError("'\(program)': No such file or directory", status: .notFound)
        }
    }

    private var searchPath: [ArraySlice<UInt8>] {
        let prefix = Array("PATH=".utf8)
        // The default of execvp(3) in glibc.
        let path = environment.first { $0.starts(with: prefix) }?.dropFirst(prefix.count) ?? Array("/bin:/usr/bin".utf8)[...]
        return path.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    }
}
