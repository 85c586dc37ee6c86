import Replayer
import SystemPackage
import TraceFormat

/// Writes the register dump of `xrr replay --dump-registers`: the lines of a `StateOrigin`, and one `StateRecord` line for
/// every event.
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
    ///
    /// - Parameters:
    ///   - machine: what the registers are of.
    ///   - recording: the recording that is replayed.
    init(_ path: String, of machine: StateOrigin, replaying recording: RecordingID) throws(CommandError) {
        self.path = path
        do {
            file = try FileDescriptor.open(
                FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: .ownerReadWrite, retryOnInterrupt: true)
        } catch {
            throw CommandError("cannot write the registers to \(path): \(error)", status: .failure)
        }
        pending.reserveCapacity(2 * Self.pieceSize)
        for line in machine.lines(recording: recording) { append(line) }
    }

    func append(_ frame: Frame, at index: FrameIndex, _ observation: Observation?) {
        let record = StateRecord(frame, at: index, thread: threads.number(of: frame), observation: observation)
        guard failure == nil else { return }
        append(record.line)
        if pending.count >= Self.pieceSize { flush() }
    }

    private func append(_ line: String) {
        pending.append(contentsOf: line.utf8)
        pending.append(UInt8(ascii: "\n"))
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
