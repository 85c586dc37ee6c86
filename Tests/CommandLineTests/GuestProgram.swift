import FoundationEssentials
import Testing

/// A program of `Tests/Programs`: its source, and what the directives at the source's top say of it.
/// `guest.h` there describes the directives.
struct GuestProgram: Sendable {
    var name: String
    var source: String
    var compilerFlags: [String] = []
    var libraries: [String] = []
    var arguments: [String] = []
    /// One line for standard input, without its newline.
    var input: String?
    /// The exit status of `xrr record`: the program's own, or 128 plus the signal that it dies of.
    var expectedStatus: Int32 = 0
    /// The axes along which it cannot run (`without-` directives).
    var refusedAxes: Set<String> = []

    struct Malformed: Error, CustomStringConvertible {
        var description: String
    }

    /// Reads the directives in the comment lines before the first `#include`.
    init(name: String, source: String, text: String) throws {
        self.name = name
        self.source = source
        for line in text.split(separator: "\n") {
            guard line.hasPrefix("//") else { break }
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            let values = value.split(separator: " ").map(String.init)
            switch line[..<colon] {
            case "// cflags": compilerFlags = values
            case "// libs": libraries = values
            case "// args": arguments = values
            case "// stdin": input = String(value)
            case "// expect-exit":
                guard let status = Int32(value) else { throw Malformed(description: "\(name): \(line)") }
                expectedStatus = status
            case "// expect-signal":
                guard let signal = Self.signals[String(value)] else { throw Malformed(description: "\(name): \(line)") }
                expectedStatus = 128 + signal
            case let key where key.hasPrefix("// without-"):
                refusedAxes.insert(String(key.dropFirst("// without-".count)))
            default: continue
            }
        }
    }

    /// signal(7), x86-64.
    private static let signals: [String: Int32] = [
        "SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGILL": 4, "SIGTRAP": 5, "SIGABRT": 6, "SIGBUS": 7, "SIGFPE": 8,
        "SIGKILL": 9, "SIGUSR1": 10, "SIGSEGV": 11, "SIGUSR2": 12, "SIGPIPE": 13, "SIGALRM": 14, "SIGTERM": 15,
        "SIGSYS": 31,
    ]

    /// Where the sources are.
    static let directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Programs").path

    /// Every program there is, or those named in `XRR_GUESTS` (separated by spaces).
    static func all() throws -> [GuestProgram] {
        let wanted = ProcessInfo.processInfo.environment["XRR_GUESTS"]?.split(separator: " ").map(String.init)
        return try FileManager.default.contentsOfDirectory(atPath: directory).sorted().compactMap { file in
            guard file.hasSuffix(".c") else { return nil }
            let name = String(file.dropLast(2))
            guard wanted?.contains(name) ?? true else { return nil }
            let source = "\(directory)/\(file)"
            return try GuestProgram(name: name, source: source, text: String(contentsOfFile: source, encoding: .utf8))
        }
    }
}

extension GuestProgram: CustomTestStringConvertible {
    var testDescription: String { name }
}
