import Ptrace

/// Finds the program to record as execvp(3) and a shell do, so that what cannot run is said before recording starts.
///
/// All in bytes: neither paths nor PATH have an encoding.
struct ProgramLookup: Hashable {
    /// What to give to execve(2).
    var path: [UInt8]
    /// The argument vector: as given, but for a script without `#!`, which the shell runs.
    var arguments: [[UInt8]]

    /// execvp's default where PATH is unset.
    private static let defaultPath = Array("/bin:/usr/bin".utf8)
    /// What execvp runs scripts without `#!` by.
    private static let shell = Array("/bin/sh".utf8)
    /// As much of a file as bash looks at to tell a script from a program.
    private static let headSize = 80

    /// - Parameters:
    ///   - arguments: the argument vector. The first names the program and is not empty.
    ///   - searchPath: the tracee's PATH; an empty element is the working directory.
    /// - Throws: `CommandError` with status 127 if there is no such program, 126 if it is there but cannot be executed.
    init(_ arguments: [[UInt8]], searchPath: [UInt8]?) throws(CommandError) {
        let found = try Self.find(arguments[0], searchPath: searchPath)
        let isScript = Self.isScriptWithoutInterpreter(Self.head(of: found))
        path = isScript ? Self.shell : found
        self.arguments = isScript ? [Self.shell, found] + arguments.dropFirst() : arguments
    }

    static func find(_ program: [UInt8], searchPath: [UInt8]?) throws(CommandError) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        if program.contains(slash) {
            let state = Host.executability(of: program)
            if state != .executable { throw failure(program, state) }
            return program
        }
        var isForbidden = false
        let elements = (searchPath ?? defaultPath).split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        for element in elements {
            let candidate = (element.isEmpty ? [UInt8(ascii: ".")] : Array(element)) + [slash] + program
            switch Host.executability(of: candidate) {
            case .executable: return candidate
            // As execvp: go on, but remember that there was something.
            case .forbidden: isForbidden = true
            case .missing: break
            }
        }
        throw failure(program, isForbidden ? .forbidden : .missing)
    }

    private static func failure(_ program: [UInt8], _ state: Host.Executability) -> CommandError {
        let name = TextFormat.printable(program)
        return state == .missing
            ? CommandError("\(name): there is no such program", status: .notFound)
            : CommandError(
                "\(name): is no executable file, or you may not execute it: see its permissions", status: .cannotExecute
            )
    }

    /// Whether execve(2) would refuse a file that starts like this, with ENOEXEC, and shells and execvp would then run
    /// it by /bin/sh. Like bash, not with binary files: those have a zero byte in what would be their first line.
    static func isScriptWithoutInterpreter(_ head: [UInt8]) -> Bool {
        if head.starts(with: [0x7f, 0x45, 0x4c, 0x46]) || head.starts(with: Array("#!".utf8)) { return false }
        return !head.prefix { $0 != UInt8(ascii: "\n") }.contains(0)
    }

    /// A file that may be executed and not read counts as a program.
    private static func head(of path: [UInt8]) -> [UInt8] {
        guard let text = String(validating: path, as: UTF8.self), let file = try? HostFiles.open(path: text) else {
            return [0]
        }
        defer { HostFiles.close(file) }
        return HostFiles.read(file, at: 0, count: headSize)
    }
}
