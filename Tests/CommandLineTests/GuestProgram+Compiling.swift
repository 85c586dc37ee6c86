import FoundationEssentials
import Glibc
import TestSupport

extension GuestProgram {
    /// The compiled program in the cache beside the test bundle, made anew if the source or a header is newer.
    ///
    /// - Parameter axis: has a header included in front of the program.
    func compiled(_ axis: GuestAxis? = nil) async throws -> String {
        let files = FileManager.default
        let cache = "\(Environment.productsDirectory)/guest-programs"
        try files.createDirectory(atPath: cache, withIntermediateDirectories: true)
        let header = axis?.header
        let headers = Self.headers + (header.map { [$0] } ?? [])
        let binary = header == nil ? "\(cache)/\(name)" : "\(cache)/\(name).with-\(axis?.rawValue ?? "")"
        if let made = modified(binary), let changed = modified(source),
            made > max(changed, headers.compactMap(modified).max() ?? .distantPast)
        {
            return binary
        }
        // Under a name of its own until it is whole, since another test run may be about the same.
        let unfinished = "\(binary).\(getpid())"
        let log = "\(unfinished).log"
        defer { try? files.removeItem(atPath: log) }
        let command = Command(
            words: ["cc", "-O1", "-g"] + compilerFlags + (header.map { ["-include", $0] } ?? []) + [
                "-o", unfinished, source,
            ] + libraries,
            directory: cache, output: "/dev/null", error: log)
        guard try await command.run() == .exited(0) else {
            let messages = try String(contentsOfFile: log, encoding: .utf8)
            throw Command.Failure(description: "\(command.line)\n\(messages)")
        }
        guard unsafe rename(unfinished, binary) == 0 else {
            throw Command.Failure(description: "cannot rename \(unfinished)")
        }
        return binary
    }

    private static let headers = ["guest.h", "compete.h", "bare.h", "processor.h"].map { "\(directory)/\($0)" }

    private func modified(_ path: String) -> Date? {
        try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    }
}
