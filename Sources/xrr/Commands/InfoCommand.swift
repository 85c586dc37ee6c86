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

        var manifest: RecordingManifest { reader.manifest }

        /// In nanoseconds; nil for an unfinished recording.
        private var duration: UInt64? { manifest.endTime.map { $0 &- min($0, manifest.startTime) } }

        var streamSizes: [(String, UInt64)] {
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
            let lines: [(String, String)] = [
                ("directory", TextFormat.printable(directory.path)),
                ("store", TextFormat.printable(directory.store)),
                ("command", TextFormat.commandLine(manifest.commandLine)),
                ("working dir", TextFormat.printable(manifest.workingDirectory)),
                ("user", String(manifest.userID)),
                ("environment", "\(manifest.environment.count) variables (--json shows them)"),
                ("start", TextFormat.date(nanoseconds: manifest.startTime)),
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
                ("cpuid", "\(manifest.cpuid.entries.count) leaves and subleaves (--json shows them)"),
                ("pinned to", pin), ("replays on", replaysOn),
                ("core", manifest.pinnedCore.map(String.init) ?? "not pinned"),
                ("scheduling", manifest.chaosSeed.map { "chaotic, seed \($0)" } ?? "fair"),
                ("memory", manifest.verifyInterval.map { "verified every \($0) events" } ?? "not verified"),
                ("xcr0", "\(TextFormat.hexadecimal(manifest.xcr0.rawValue)), \(manifest.xstateLayout.size) bytes"),
                ("kernel", TextFormat.printable(manifest.kernelRelease)),
                ("page size", TextFormat.size(manifest.pageSize)),
                ("stack limit", stackLimit),
                ("interceptor", manifest.interceptorVersion == 0 ? "none" : "version \(manifest.interceptorVersion)"),
                ("made by", "\(TextFormat.printable(manifest.producer)), format \(manifest.formatVersion)"),
                ("id", manifest.recordingID.description),
            ]
            let refusals = manifest.refusals.map { (note: RefusalNote) -> (String, String) in
                ("refused", RefusalText(note).line)
            }
            return lines + refusals
        }

        /// What the program's CPU was pinned to, and what that does not cover.
        private var pin: String {
            if manifest.pin == .none { return manifest.cpuLevel?.rawValue ?? "nothing: the program saw this CPU" }
            func by(_ method: CPUPin.Method) -> String { method == .none ? "not" : "by \(method.rawValue)" }
            let words =
                "\(manifest.cpuLevel?.rawValue ?? "a profile's or a part of a level's features") "
                + "(XCR0 \(by(manifest.pin.xcr0)), CPUID \(by(manifest.pin.cpuid)))"
            guard let limits = PinLimitText(manifest.pinLimits, xcr0: manifest.xcr0) else { return words }
            return words + "; " + limits.all
        }

        /// Where the recording replays, as far as that can be said without a machine to judge.
        private var replaysOn: String {
            let cpu = manifest.recordingCPU
            if cpu.needsSameModel { return "the same model of CPU only" }
            let what = "CPUs that have what the program could see"
            return cpu.limits.isEmpty ? what : what + ", where XCR0 is the same or the kernel can pin it"
        }

        /// RLIM_INFINITY is all ones.
        private var stackLimit: String {
            manifest.stackLimit == .max ? "unlimited" : TextFormat.size(manifest.stackLimit)
        }

        private var mappedSize: UInt64 { reader.files.reduce(0) { $0 &+ $1.size } }
    }
}
