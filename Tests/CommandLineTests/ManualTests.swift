import ArgumentParser
import FoundationEssentials
import Testing

@testable import xrr

/// docs/man says all that --help does.
@Suite struct ManualTests {
    private static let directory: String = {
        var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
        parts.removeLast(3)
        return (parts + ["docs", "man"]).joined(separator: "/")
    }()

    private static let commands = XRR.configuration.subcommands.map { $0.configuration.commandName ?? "" }

    private func page(_ command: String) throws -> String {
        try String(contentsOfFile: "\(Self.directory)/xrr-\(command).md", encoding: .utf8)
    }

    @Test(arguments: commands) func everyOptionHasItsEntry(command: String) throws {
        let type = try #require(XRR.configuration.subcommands.first { $0.configuration.commandName == command })
        let types = [type] + type.configuration.subcommands
        let help = types.map { XRR.helpMessage(for: $0, columns: 200) }.joined(separator: "\n")
        let options = help.split(separator: "\n").flatMap { line -> [Substring] in
            guard line.hasPrefix("  -") else { return [] }
            return line.split(separator: " ").prefix { $0.hasPrefix("-") || $0.hasPrefix("<") }
                .map { $0.prefix { $0 != "," } }.filter { $0.hasPrefix("-") }
        }
        #expect(options.contains("--help"))
        let entries = try page(command).split(separator: "\n").filter { $0.hasPrefix("`-") }
        for option in options where !["-h", "--help", "--version"].contains(option) {
            let isThere = entries.contains { entry in
                ["`", " ", "["].contains { entry.contains("`\(option)\($0)") }
            }
            #expect(isThere, "xrr-\(command).md has no entry for \(option)")
        }
    }

    @Test(arguments: commands) func pagesAreWhole(command: String) throws {
        let text = try page(command)
        for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO"] {
            #expect(text.contains("\n## \(heading)\n"), "xrr-\(command).md has no \(heading)")
        }
        #expect(text.hasPrefix("# xrr-\(command)(1)\n"))
        let overview = try String(contentsOfFile: "\(Self.directory)/xrr.md", encoding: .utf8)
        #expect(overview.contains("[\(command)](xrr-\(command).md)"))
    }
}
