import SystemPackage
import TraceFormat

/// Where `xrr compare` gets states from: a recording, or the lines of a register dump. Streams either.
final class StateSource {
    private enum Kind {
        case recording(RecordingReader)
        case dump(LineReader)
    }

    private let name: String
    private let kind: Kind
    private var threads = ThreadNumbers()

    /// - Parameter argument: a recording as all commands name it, or the path of a dump.
    init(_ argument: String) throws(CommandError) {
        name = argument
        if FileSystem.kind(argument) == .file {
            kind = .dump(try LineReader(argument))
            return
        }
        let directory = try RecordingDirectory.resolve(argument)
        do { kind = .recording(try directory.reader()) } catch { throw CommandError(error.description) }
    }

    /// The next state of an event in the range; nil when there is none.
    func next(in range: EventRange) throws -> StateRecord? {
        while let record = try next() {
            if range.contains(FrameIndex(record.index)) { return record }
            if let last = range.last, record.index > last.rawValue { return nil }
        }
        return nil
    }

    private func next() throws -> StateRecord? {
        switch kind {
        case .recording(let reader):
            let index = reader.nextIndex
            return try reader.next().map { StateRecord($0, at: index, thread: threads.number(of: $0)) }
        case .dump(let lines):
            guard let line = try lines.next() else { return nil }
            guard let record = StateRecord(parsing: line[...]) else {
                throw CommandError("\(name), line \(lines.count): this is no register dump")
            }
            return record
        }
    }
}

/// The lines of a text file, without reading it as a whole.
final class LineReader {
    private static let longestLine = 1 << 20
    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    private var position = 0
    /// How many lines `next` has returned.
    private(set) var count = 0

    init(_ path: String) throws(CommandError) {
        do { file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) } catch {
            throw CommandError("cannot open \(path): \(error)")
        }
    }

    deinit { try? file.close() }

    func next() throws -> String? {
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                count += 1
                return String(decoding: buffer[position..<end], as: UTF8.self)
            }
            buffer.removeFirst(position)
            position = 0
            guard buffer.count < Self.longestLine else { throw CommandError("line \(count + 1) is too long") }
            let start = buffer.count
            let piece = 1 << 16
            buffer.append(contentsOf: repeatElement(0, count: piece))
            let read = try unsafe buffer.withUnsafeMutableBytes { bytes in
                try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
            }
            buffer.removeLast(piece - read)
            if read == 0 {
                // The last line may lack its newline.
                guard !buffer.isEmpty else { return nil }
                defer { buffer = [] }
                count += 1
                return String(decoding: buffer, as: UTF8.self)
            }
        }
    }
}
