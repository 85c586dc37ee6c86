import ArgumentParser
import LinuxABI
import TraceFormat

/// `xrr ps`: docs/man/xrr-ps.md.
struct ProcessesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ps",
        abstract: "Show the processes of a recording.",
        discussion: """
            Columns: process id, parent's process id, how it ended, and the command line of its last exec, indented by \
            descent.

              xrr ps
              xrr ps make-3 --json
            """)

    @OptionGroup var source: RecordingArgument

    @Flag(help: "Write one JSON object per process.")
    var json = false

    func run() throws {
        let reader = try source.resolved().reader()
        var tree = ProcessTree()
        while let frame = try reader.next() { tree.note(frame) }
        let output = StandardOutput.shared
        if !json { try output.write(line: "    PID    PPID  END        COMMAND") }
        for (process, depth) in tree.inOrder {
            if json {
                try output.write(line: process.json.text)
            } else {
                let indent = String(repeating: "  ", count: min(depth, 20))
                let parent = process.parent.map(\.description) ?? "-"
                let columns = [(process.id.description, 7), (parent, 8)].map { text, width in
                    String(repeating: " ", count: max(1, width - text.utf8.count)) + text
                }
                let end = process.endText
                let gap = String(repeating: " ", count: max(1, 11 - end.utf8.count))
                try output.write(line: "\(columns.joined())  \(end)\(gap)\(indent)\(process.command)")
            }
        }
    }
}

/// The processes of a recording as its frames tell of them.
struct ProcessTree {
    struct Entry {
        var id: ProcessID
        var parent: ProcessID?
        var children: [Int] = []
        /// nil until an exec: the command line is the parent's.
        var arguments: [[UInt8]]?
        var exit: ExitStatus?

        var command: String { arguments.map(TextFormat.commandLine) ?? "(forked)" }

        var endText: String {
            guard let exit else { return "-" }
            return exit.signal.map { FrameText.signalName($0) } ?? String(exit.code)
        }

        var json: JSONText {
            .object([
                ("pid", .integer(Int64(id.rawValue))),
                ("ppid", parent.map { .integer(Int64($0.rawValue)) } ?? .null),
                ("exitCode", exit.flatMap { $0.signal == nil ? .integer(Int64($0.code)) : nil } ?? .null),
                ("signal", exit?.signal.map { .integer(Int64($0)) } ?? .null),
                ("arguments", arguments.map { .array($0.map(JSONText.bytes)) } ?? .null),
            ])
        }
    }

    private var entries: [Entry] = []
    private var roots: [Int] = []
    /// Where a live thread's process stands; ids are used again after their end.
    private var processOfThread: [ThreadID: Int] = [:]

    mutating func note(_ frame: Frame) {
        switch frame.event {
        case .threadStart(let start):
            let parent = start.parent.flatMap { processOfThread[$0] }
            if let parent, entries[parent].id == start.process {
                processOfThread[frame.thread] = parent
                return
            }
            let index = entries.count
            entries.append(Entry(id: start.process, parent: parent.map { entries[$0].id }))
            if let parent { entries[parent].children.append(index) } else { roots.append(index) }
            processOfThread[frame.thread] = index
        case .exec(let image):
            let index = process(executing: frame.thread)
            processOfThread[frame.thread] = index
            entries[index].arguments = image.arguments
            entries[index].exit = nil
        case .threadExit(let status):
            guard let index = processOfThread.removeValue(forKey: frame.thread) else { return }
            // The leader's status is the process's; it is reported last, whichever thread called exit_group.
            if frame.thread == entries[index].id.leader || entries[index].exit == nil { entries[index].exit = status }
        default: break
        }
    }

    /// The process whose thread has executed a program, by the id that it has then: the leader's.
    private mutating func process(executing thread: ThreadID) -> Int {
        if let index = processOfThread[thread] { return index }
        // Another thread than the leader has called execve(2). The ends of all of them are events before this one.
        if let index = entries.lastIndex(where: { $0.id.leader == thread }) { return index }
        // The first process, whose start is no event.
        entries.append(Entry(id: ProcessID(thread.rawValue)))
        roots.append(entries.count - 1)
        return entries.count - 1
    }

    /// Parents before children, with the depth. Not recursive: a recording's tree can be arbitrarily deep.
    var inOrder: [(Entry, depth: Int)] {
        var result: [(Entry, depth: Int)] = []
        var pending = roots.reversed().map { ($0, 0) }
        while let (index, depth) = pending.popLast() {
            result.append((entries[index], depth))
            pending += entries[index].children.reversed().map { ($0, depth + 1) }
        }
        return result
    }
}
