import ArgumentParser
import LinuxABI
import TraceFormat

/// `xrr dump`: docs/man/xrr-dump.md.
struct DumpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dump",
        abstract: "Show a recording's events, one line each.",
        discussion: """
              xrr dump                           all events of the latest recording
              xrr dump make-3 --event 100..120   some of them
              xrr dump --thread 4711 --registers --xstate --event 7
              xrr dump --json | jq 'select(.name == "openat")'
            """)

    @OptionGroup var source: RecordingArgument

    @Option(help: ArgumentHelp("Only these events: N, N..M or N...", valueName: "n[..m]"))
    var event: EventRange?

    @Option(help: ArgumentHelp("Only events of this thread.", valueName: "tid"))
    var thread: Int32?

    @Flag(help: "Show the general registers, and what the event made of them.")
    var registers = false

    @Flag(help: "Show the extended registers that are not zero.")
    var xstate = false

    @Flag(help: "Write one JSON object per event.")
    var json = false

    func run() throws {
        let reader = try source.resolved().reader()
        let range = event ?? .all
        guard range.first.rawValue < max(reader.frameCount, 1) else {
            throw CommandError("the recording has no event \(range.first): its events are 0..<\(reader.frameCount)")
        }
        try reader.seek(to: range.first)
        let output = StandardOutput.shared
        while true {
            let index = reader.nextIndex
            guard range.contains(index), let frame = try reader.next() else { break }
            if let thread, frame.thread.rawValue != thread { continue }
            if json {
                let detail = FrameText.Detail(registers: registers, xstate: xstate)
                try output.write(line: FrameText.json(frame, at: index, detail: detail).text)
                continue
            }
            try output.write(line: FrameText.line(frame, at: index))
            if registers { for line in FrameText.registers(frame) { try output.write(line: line) } }
            if xstate { for line in FrameText.xstate(frame) { try output.write(line: line) } }
        }
        try output.flush()
        if !reader.isFinished, !json {
            Diagnostics.say("the recording is unfinished: it ends where the recorder last committed")
        }
    }
}
