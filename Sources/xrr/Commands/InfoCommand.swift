import ArgumentParser
import SystemPackage
import TraceFormat
import XState

/// `xrr info`: docs/man/xrr-info.md.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info",
        abstract: "Show what is known of a recording as a whole.",
        discussion: """
              xrr info
              xrr info make-3 --json | jq .frames
            """)

    @OptionGroup var source: RecordingArgument

    @Flag(help: "Write one JSON object.")
    var json = false

    func run() throws {
        let directory = try source.resolved()
        let facts = Facts(directory: directory, reader: try directory.reader())
        let output = StandardOutput.shared
        if json { return try output.write(line: facts.json.text) }
        for (label, value) in facts.lines {
            try output.write(line: label + String(repeating: " ", count: max(1, 14 - label.utf8.count)) + value)
        }
    }

    /// What the manifest and the last commit say.
    struct Facts {
        var directory: RecordingDirectory
        var reader: RecordingReader

        private var manifest: RecordingManifest { reader.manifest }

        /// In nanoseconds; nil for an unfinished recording.
        private var duration: UInt64? { manifest.endTime.map { $0 &- min($0, manifest.startTime) } }

        private var streamSizes: [(String, UInt64)] {
            RecordingStream.allCases.map {
                ($0.fileName, FileSystem.diskUsage(FilePath(directory.path).appending($0.fileName).string))
            }
        }

        private var endWords: String {
            guard let status = reader.exitStatus else { return "unfinished: the recorder did not come to the end" }
            return FrameText.exitWords(status)
        }

        var lines: [(String, String)] {
            let cpu = manifest.cpu
            return [
                ("directory", directory.path), ("store", directory.store),
                ("command", TextFormat.commandLine(manifest.commandLine)),
                ("working dir", TextFormat.printable(manifest.workingDirectory)),
                ("end", endWords), ("frames", String(reader.frameCount)),
                ("duration", duration.map(TextFormat.duration(nanoseconds:)) ?? "unknown"),
                (
                    "size",
                    TextFormat.size(directory.diskUsage) + " ("
                        + streamSizes.map { "\($0.0) \(TextFormat.size($0.1))" }.joined(separator: ", ") + ")"
                ),
                ("mapped files", "\(reader.files.count), \(TextFormat.size(mappedSize))"),
                (
                    "cpu",
                    "\(TextFormat.printable(cpu.brand)) (\(TextFormat.printable(cpu.vendor)) "
                        + "\(cpu.family)/\(cpu.model)/\(cpu.stepping))"
                ),
                ("xcr0", "\(TextFormat.hexadecimal(manifest.xcr0.rawValue)), \(manifest.xstateLayout.size) bytes"),
                ("kernel", TextFormat.printable(manifest.kernelRelease)),
                ("made by", "\(TextFormat.printable(manifest.producer)), format \(manifest.formatVersion)"),
                ("id", manifest.recordingID.description),
            ]
        }

        private var mappedSize: UInt64 { reader.files.reduce(0) { $0 &+ $1.size } }

        var json: JSONText { .object(recordingMembers + machineMembers) }

        private var recordingMembers: [(String, JSONText)] {
            let code: JSONText? = reader.exitStatus.flatMap { $0.signal == nil ? .integer(Int64($0.code)) : nil }
            let signal: JSONText? = reader.exitStatus?.signal.map { .integer(Int64($0)) }
            let end: JSONText? = manifest.endTime.map { .unsigned($0) }
            let files: [JSONText] = reader.files.map { file in
                .object([
                    ("path", .bytes(file.path)), ("digest", .string(file.digest.description)),
                    ("size", .unsigned(file.size)),
                ])
            }
            return [
                ("directory", .string(directory.path)), ("store", .string(directory.store)),
                ("id", .string(manifest.recordingID.description)),
                ("command", .array(manifest.commandLine.map(JSONText.bytes))),
                ("workingDirectory", .bytes(manifest.workingDirectory)),
                ("finished", .bool(reader.isFinished)), ("exitCode", code ?? .null), ("signal", signal ?? .null),
                ("frames", .unsigned(reader.frameCount)), ("startTime", .unsigned(manifest.startTime)),
                ("endTime", end ?? .null), ("size", .unsigned(directory.diskUsage)),
                ("streams", .object(streamSizes.map { ($0.0, .unsigned($0.1)) })), ("mappedFiles", .array(files)),
            ]
        }

        private var machineMembers: [(String, JSONText)] {
            let cpu: [(String, JSONText)] = [
                ("vendor", .string(manifest.cpu.vendor)), ("brand", .string(manifest.cpu.brand)),
                ("family", .unsigned(UInt64(manifest.cpu.family))),
                ("model", .unsigned(UInt64(manifest.cpu.model))),
                ("stepping", .unsigned(UInt64(manifest.cpu.stepping))),
            ]
            return [
                ("cpu", .object(cpu)), ("xcr0", .string(TextFormat.hexadecimal(manifest.xcr0.rawValue))),
                ("xstateSize", .unsigned(UInt64(manifest.xstateLayout.size))),
                ("kernel", .string(manifest.kernelRelease)),
                ("producer", .string(manifest.producer)), ("formatVersion", .string("\(manifest.formatVersion)")),
            ]
        }
    }
}
