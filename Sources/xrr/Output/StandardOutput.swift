import Synchronization
import SystemPackage

/// The reader of standard output went away. Not worth words: `xrr dump | head` is no mistake.
struct OutputClosed: Error, Hashable {}

/// Standard output, in large pieces. For data only.
final class StandardOutput: Sendable {
    private static let limit = 1 << 16
    private let pending = Mutex<[UInt8]>([])

    static let shared = StandardOutput()

    func write(line: String) throws {
        let isFull = pending.withLock { pending in
            pending.append(contentsOf: line.utf8)
            pending.append(UInt8(ascii: "\n"))
            return pending.count >= Self.limit
        }
        if isFull { try flush() }
    }

    func flush() throws {
        let bytes = pending.withLock { pending in
            defer { pending.removeAll(keepingCapacity: true) }
            return pending
        }
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
