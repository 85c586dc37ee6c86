import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Damage to the files of a recording and of its store: noticed, or harmless.
///
/// `XRR_DAMAGES` is the number of random damages (60).
@Suite(.serialized) struct DamagedRecordingTests {
    /// A finished recording, and one whose recorder was killed.
    private static func make(finished: Bool, _ trial: Trial) async throws -> Trial.Outcome {
        let script = "echo first; i=0; while [ $i -lt 50 ]; do i=$((i + 1)); echo $i | cat; done"
        if finished { return try await trial.record(script: script) }
        return try await trial.record(script: "\(script); : > ready; sleep 100") { recorder in
            await Trial.wait(rounds: 3000) { unsafe access("\(trial.home)/ready", F_OK) != 0 }
            // Time for a commit.
            try? await Task.sleep(for: .seconds(3))
            kill(recorder, SIGKILL)
        }
    }

    @Test(arguments: [true, false])
    func randomDamage(finished: Bool) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("damaged")
            defer { trial.remove() }
            let recorded = try await Self.make(finished: finished, trial)
            let intact = try await trial.replay()
            #expect(intact.ending == .exited(0) && recorded.output.hasPrefix(intact.output), "\(intact)")
            #expect(!intact.output.isEmpty && (recorded.output == intact.output || !finished))

            var damage = try Damage(recording: trial.recording, seed: finished ? 1 : 2)
            var noticed = 0
            let count = Effort.count("XRR_DAMAGES", usual: 60) / 2
            for _ in 0..<count {
                let what = try damage.inflict()
                let replayed = try await trial.replay(limit: .seconds(30))
                switch replayed.ending {
                case .exited(4):
                    noticed += 1
                    #expect(replayed.notices.count == 1, "\(what)\n\(replayed)")
                    #expect(recorded.output.hasPrefix(replayed.output), "\(what)\n\(replayed)")
                case .exited(0):
                    let isWhole = replayed.output == intact.output
                    let isPrefix = replayed.error.contains("unfinished") && intact.output.hasPrefix(replayed.output)
                    #expect(isWhole || (isPrefix && !finished), "\(what)\n\(replayed)")
                default: Issue.record("\(what)\n\(replayed)")
                }
                try damage.repair()
            }
            #expect(noticed > count / 2, "damage is mostly noticed: \(noticed) of \(count)")
            #expect(try await trial.replay().ending == .exited(0), "repaired")
        }
    }

    /// The trust in an object that was compared before ends with its change, and comes back with another comparison.
    @Test func aStoredFileThatWasTrustedIsComparedAgain() async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("trusted")
            defer { trial.remove() }
            _ = try await trial.record(script: "echo hello")
            // Objects are trusted only when they have been left alone for two seconds.
            try await Task.sleep(for: .seconds(2.2))
            for _ in 0..<2 { #expect(try await trial.replay().ending == .exited(0)) }
            let trusted = "\(trial.home)/.cache/xrr/verified/objects"
            #expect(FileManager.default.contents(atPath: trusted)?.isEmpty == false, "\(trusted)")
            var damage = try Damage(recording: trial.recording, seed: 3)
            for object in damage.objects {
                try damage.flip(object)
                let replayed = try await trial.replay()
                #expect(replayed.ending == .exited(4) && replayed.error.contains("damaged"), "\(replayed)")
                try damage.repair()
            }
            #expect(damage.objects.count >= 3)
            #expect(try await trial.replay().ending == .exited(0))
        }
    }
}

/// Damages one file at a time, and puts it back.
private struct Damage {
    private let recording: String
    private(set) var objects: [String] = []
    private var files: [String]
    private var generator: SeededGenerator
    private var original: (path: String, bytes: [UInt8])?

    init(recording: String, seed: UInt64) throws {
        self.recording = recording
        generator = SeededGenerator(seed: seed)
        let manager = FileManager.default
        files = ["commits", "files", "frames", "manifest.json", "memory"].map { "\(recording)/\($0)" }
        let directory = "\(recording)/store/objects"
        for prefix in try manager.contentsOfDirectory(atPath: directory).sorted() {
            let names = try manager.contentsOfDirectory(atPath: "\(directory)/\(prefix)").sorted()
            objects += names.map { "\(directory)/\(prefix)/\($0)" }
        }
    }

    private func read(_ path: String) -> [UInt8] { FileManager.default.contents(atPath: path).map(Array.init) ?? [] }

    private func write(_ bytes: [UInt8], _ path: String) throws {
        // In place, as a disk would; objects are read-only for their owner.
        unsafe chmod(path, 0o644)
        try Data(bytes).write(to: URL(filePath: path))
        unsafe chmod(path, 0o644)
    }

    mutating func flip(_ path: String) throws {
        var bytes = read(path)
        original = (path, bytes)
        let index = Int.random(in: bytes.indices, using: &generator)
        bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        try write(bytes, path)
    }

    /// - Returns: what was done.
    mutating func inflict() throws -> String {
        // Streams of the recording three times of four.
        let pool = Int.random(in: 0..<4, using: &generator) == 0 ? objects : files
        let path = pool.randomElement(using: &generator) ?? files[0]
        var bytes = read(path)
        original = (path, bytes)
        let start = Int.random(in: bytes.indices, using: &generator)
        let what: String
        switch Int.random(in: 0..<6, using: &generator) {
        case 0, 1:
            bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            what = "a bit of byte \(start) flipped"
        case 2:
            bytes = Array(bytes[..<start])
            what = "cut to \(start)"
        case 3:
            let end = min(bytes.count, start + Int.random(in: 1...4096, using: &generator))
            for index in start..<end { bytes[index] = 0 }
            what = "bytes \(start)..<\(end) zeroed"
        case 4:
            let other = pool.randomElement(using: &generator) ?? path
            bytes = read(other)
            what = "replaced by \(other)"
        default:
            try FileManager.default.removeItem(atPath: path)
            return "\(path) removed"
        }
        try write(bytes, path)
        return "\(path): \(what)"
    }

    mutating func repair() throws {
        guard let (path, bytes) = original else { return }
        try write(bytes, path)
        original = nil
    }
}
