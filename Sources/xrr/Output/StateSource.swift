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
    /// Which machine the states are of.
    let origin: StateOrigin
    private var threads = ThreadNumbers()

    /// - Parameter argument: a recording as all commands name it, or the path of a dump.
    init(_ argument: String) throws(CommandError) {
        name = argument
        if FileSystem.kind(argument) == .file {
            let lines = try LineReader(argument)
            kind = .dump(lines)
            let head = try lines.comments()
            do { origin = try StateOrigin(parsing: head) } catch {
                throw CommandError("\(argument): \(error.words)")
            }
            return
        }
        let directory = try RecordingDirectory.resolve(argument)
        do {
            let reader = try directory.reader()
            kind = .recording(reader)
            origin = StateOrigin(reader.manifest)
        } catch { throw CommandError(error.description) }
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
                throw CommandError("\(name), line \(lines.count): this is no line of a register dump")
            }
            return record
        }
    }
}
