import Replayer
import SystemPackage
import TraceFormat

/// Writes the register dump of `xrr replay --dump-registers`: one `StateRecord` line for every event.
///
/// What cannot be written any more, because the disk is full for example, does not disturb the replay: `close` tells.
final class RegisterDump {
    private static let pieceSize = 1 << 16
    private let path: String
    private let file: FileDescriptor
    private var pending: [UInt8] = []
    private var threads = ThreadNumbers()
    private var failure: Errno?

    /// Creates the file, or empties it. It is for the owner alone: registers hold pieces of what the program read.
    init(_ path: String) throws(CommandError) {
        self.path = path
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite, retryOnInterrupt: true)
        } catch {
            throw CommandError("cannot write the registers to \(path): \(error)", status: .failure)
        }
        pending.reserveCapacity(2 * Self.pieceSize)
    }

    func append(_ frame: Frame, at index: FrameIndex, _ observation: Observation?) {
        let record = StateRecord(frame, at: index, thread: threads.number(of: frame), observation: observation)
        guard failure == nil else { return }
        pending.append(contentsOf: record.line.utf8)
        pending.append(UInt8(ascii: "\n"))
        if pending.count >= Self.pieceSize { flush() }
    }

    private func flush() {
        do { _ = try file.writeAll(pending) } catch { failure = error as? Errno ?? .ioError }
        pending.removeAll(keepingCapacity: true)
    }

    /// Writes what is left.
    func close() throws(CommandError) {
        if failure == nil { flush() }
        do { try file.close() } catch { failure = failure ?? error as? Errno }
        if let failure {
            throw CommandError("cannot write the registers to \(path): \(failure)", status: .failure)
        }
    }
}
