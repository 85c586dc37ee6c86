import ArgumentParser
import TraceFormat

/// `xrr ls`: docs/man/xrr-ls.md.
struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ls",
        abstract: "List the recordings.",
        discussion: """
            Columns: name, size, frames, how it ended, command. A star marks the latest recording.

              xrr ls
              XRR_DIR=/srv/traces xrr ls --json
            """)

    @Flag(help: "Write one JSON object per recording.")
    var json = false

    func run() throws {
        let home = RecordingsHome.current
        let latest = home.latest
        let recordings = try home.recordings()
        let width = recordings.map { TextFormat.printable($0.name).count }.max() ?? 0
        for recording in recordings {
            let mark = recording.name == latest?.name
            let line = json ? object(recording, isLatest: mark).text : text(recording, isLatest: mark, width: width)
            try StandardOutput.shared.write(line: line)
        }
    }

    private func text(_ recording: RecordingDirectory, isLatest: Bool, width: Int) -> String {
        let name = TextFormat.aligned(TextFormat.printable(recording.name), width)
        let size = TextFormat.size(recording.diskUsage)
        let head =
            "\(isLatest ? "*" : " ") \(name)  \(String(repeating: " ", count: max(0, 8 - size.utf8.count)))\(size)"
        do {
            let reader = try recording.reader()
            let end = reader.exitStatus.map(FrameText.exitWords) ?? "unfinished"
            return
                "\(head)  \(reader.frameCount) frames, \(end)  \(TextFormat.commandLine(reader.manifest.commandLine))"
        } catch {
            return "\(head)  unreadable: \(TextFormat.printable("\(error)"))"
        }
    }

    private func object(_ recording: RecordingDirectory, isLatest: Bool) -> JSONText {
        var members: [(String, JSONText)] = [
            ("name", .string(recording.name)), ("directory", .string(recording.path)), ("latest", .bool(isLatest)),
            ("size", .unsigned(recording.diskUsage)),
        ]
        do {
            let reader = try recording.reader()
            members += [
                ("frames", .unsigned(reader.frameCount)), ("finished", .bool(reader.isFinished)),
                ("exitStatus", reader.exitStatus.map { .integer(Int64($0.shellStatus)) } ?? .null),
                ("command", .array(reader.manifest.commandLine.map(JSONText.bytes))),
            ]
        } catch {
            members.append(("error", .string("\(error)")))
        }
        return .object(members)
    }
}
