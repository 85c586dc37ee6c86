import SystemPackage

/// The reader of standard output went away. Not worth words: `xrr dump | head` is no mistake.
struct OutputClosed: Error, Hashable {}

/// Standard output, in large pieces. For data only.
final class StandardOutput {
    private static let limit = 1 << 16
    private var pending: [UInt8] = []

    /// The CLI runs on one thread.
    nonisolated(unsafe) static let shared = StandardOutput()

    func write(line: String) throws {
        pending.append(contentsOf: line.utf8)
        pending.append(UInt8(ascii: "\n"))
        if pending.count >= Self.limit { try flush() }
    }

    func flush() throws {
        let bytes = pending
        pending.removeAll(keepingCapacity: true)
        guard !bytes.isEmpty else { return }
        do {
            try FileDescriptor.standardOutput.writeAll(bytes)
        } catch Errno.brokenPipe {
            throw OutputClosed()
        } catch {
            throw CommandError("cannot write to standard output: \(error)")
        }
    }
}
