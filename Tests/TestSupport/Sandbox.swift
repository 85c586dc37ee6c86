import FoundationEssentials

/// A temporary directory for one guest: with copies of what the ordinary user may not be able to read where it stands,
/// and with directories that are his.
package struct Sandbox {
    package let root: String

    package init(_ name: String) throws {
        root = "/tmp/xrr-test-\(name)-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: false)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: root)
    }

    package func remove() { try? FileManager.default.removeItem(atPath: root) }

    package func path(_ name: String) -> String { "\(root)/\(name)" }

    /// A new directory of the user who runs the commands.
    package func makeDirectory(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: false)
        if Environment.isRoot {
            let owner: [FileAttributeKey: Any] = [
                .ownerAccountID: Int(Environment.nobody), .groupOwnerAccountID: Int(Environment.nobody),
            ]
            try FileManager.default.setAttributes(owner, ofItemAtPath: path(name))
        }
        return path(name)
    }

    /// A copy that everybody may run.
    ///
    /// Made by another process: a descriptor of ours that is open for writing would be inherited by what other threads
    /// spawn meanwhile, until it executes its program, and execve(2) fails with ETXTBSY for as long.
    package func copyProgram(_ source: String, as name: String) async throws -> String {
        let command = Command(
            words: ["install", "-m", "755", source, path(name)], directory: root, output: "/dev/null",
            error: path("\(name).install"))
        guard try await command.run() == .exited(0) else {
            throw Command.Failure(description: String(decoding: bytes("\(name).install"), as: UTF8.self))
        }
        return path(name)
    }

    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: path(name), atomically: false, encoding: .utf8)
        return path(name)
    }

    package func bytes(_ name: String) -> [UInt8] {
        FileManager.default.contents(atPath: path(name)).map(Array.init) ?? []
    }
}
