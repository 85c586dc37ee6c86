import FoundationEssentials
import Glibc
import LinuxABI
import SystemPackage
import TestSupport
import Testing
import TraceFormat

/// A real recording whose frames were changed, under checksums that fit: whatever a replay makes of it, it ends with an
/// answer, leaves no process and touches nothing.
///
/// `XRR_DAMAGES` is three times the number of recordings tried (60).
@Suite struct ChangedFramesTests {
    @Test func everyReplayEndsWithAnAnswer() async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("changed")
            defer { trial.remove() }
            let script =
                "trap 'echo trapped' USR1; kill -USR1 $$; i=0; while [ $i -lt 5 ]; do i=$((i + 1)); echo $i | cat; done"
            #expect(try await trial.record(script: script).ending == .exited(0))
            #expect(try await trial.run(["chmod", "-R", "a+rX", trial.home]).ending == .exited(0))
            let reader = try RecordingReader(opening: FilePath(trial.recording))
            var frames: [Frame] = []
            while let frame = try reader.next() { frames.append(frame) }

            var generator = SeededGenerator(seed: 11)
            var endings: [Int32: Int] = [:]
            for number in 0..<Effort.count("XRR_DAMAGES", usual: 60) / 3 {
                var changed = frames
                let index = Int.random(in: frames.indices, using: &generator)
                let what = Self.change(&changed, at: index, &generator)
                let path = trial.sandbox.path("changed-\(number)")
                try Self.write(changed, reader.manifest, to: path, files: reader.files)
                try FileManager.default.createSymbolicLink(
                    atPath: "\(path)/store", withDestinationPath: "\(trial.recording)/store")
                var group: pid_t = 0
                let replayed = try await trial.run([trial.tool, "replay", "-a", path], limit: .seconds(20)) { child in
                    group = child
                    // A change can make a program that runs without end; then a user would press Ctrl-C.
                    await Trial.wait(rounds: 1000) { Trial.processes(inGroup: child) != [] }
                    if Trial.processes(inGroup: child) != [] { kill(-child, SIGINT) }
                }
                switch replayed.ending {
                case .exited(let status) where [0, 3, 4, 5].contains(status): endings[status, default: 0] += 1
                case .killed(signal: SIGINT): endings[130, default: 0] += 1
                default: Issue.record("frame \(index): \(what)\n\(replayed)")
                }
                #expect(await Trial.leftovers(inGroup: group) == [], "frame \(index): \(what)")
                try FileManager.default.removeItem(atPath: path)
            }
            #expect(endings[3, default: 0] + endings[4, default: 0] > 0, "some changes are noticed: \(endings)")
        }
    }

    private static func write(
        _ frames: [Frame], _ manifest: RecordingManifest, to path: String, files: [FileRecord]
    ) throws {
        var manifest = manifest
        manifest.exitStatus = nil
        manifest.endTime = nil
        let writer = try RecordingWriter(creating: FilePath(path), manifest: manifest)
        for file in files { try writer.noteFile(file) }
        for frame in frames { try writer.append(frame) }
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 1)
        unsafe chmod(path, 0o755)
        for name in ["commits", "files", "frames", "manifest.json", "memory"] { unsafe chmod("\(path)/\(name)", 0o644) }
    }

    /// - Returns: what was changed.
    private static func change(_ frames: inout [Frame], at index: Int, _ generator: inout SeededGenerator) -> String {
        let other = Int.random(in: frames.indices, using: &generator)
        switch Int.random(in: 0..<9, using: &generator) {
        case 0:
            frames[index].after = changed(frames[index].after, &generator)
            return "the registers after it"
        case 1:
            frames[index].before = changed(frames[index].before, &generator)
            return "the registers before it"
        case 2:
            frames[index].thread = frames[other].thread
            return "its thread"
        case 3:
            frames[index].event = frames[other].event
            return "its event: \(frames[other].event)"
        case 4:
            frames.remove(at: index)
            return "removed"
        case 5:
            frames.insert(frames[index], at: other)
            return "repeated at \(other)"
        case 6:
            frames.swapAt(index, other)
            return "exchanged with \(other)"
        case 7:
            frames[index].effects = frames[other].effects
            return "the effects of \(other)"
        default:
            for place in frames.indices[index...] where !frames[place].effects.isEmpty {
                let effect = Int.random(in: frames[place].effects.indices, using: &generator)
                let (old, new) = (frames[place].effects[effect], changed(frames[place].effects[effect], &generator))
                frames[place].effects[effect] = new
                return "effect \(effect) of \(place): \("\(old)".prefix(200)) to \("\(new)".prefix(200))"
            }
            return "nothing"
        }
    }

    private static func changed(_ registers: Registers, _ generator: inout SeededGenerator) -> Registers {
        var registers = registers
        registers[Int.random(in: 0..<Registers.count, using: &generator)] = number(&generator)
        return registers
    }

    /// Numbers at the edges more often than any others.
    private static func number(_ generator: inout SeededGenerator) -> UInt64 {
        let edges: [UInt64] = [
            0, 1, 4095, 4096, 0x7000_0000, 0x7fff_ffff_f000, 0xffff_ffff, 1 << 47, 1 << 63, .max, .max - 4095,
        ]
        return Bool.random(using: &generator) ? edges.randomElement(using: &generator) ?? 0 : generator.next()
    }

    private static func changed(_ effect: Effect, _ generator: inout SeededGenerator) -> Effect {
        let value = number(&generator)
        let isFirst = Bool.random(using: &generator)
        switch effect {
        case .write(_, let bytes): return .write(GuestAddress(value), bytes: bytes)
        case .writeElsewhere(let thread, let address, let bytes):
            return isFirst
                ? .writeElsewhere(ThreadID(Int32(truncatingIfNeeded: value)), address, bytes: bytes)
                : .writeElsewhere(thread, GuestAddress(value), bytes: bytes)
        case .map(var mapping):
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: mapping.address = GuestAddress(value)
            case 1: mapping.length = value
            case 2: mapping.protection = UInt32(truncatingIfNeeded: value)
            default: mapping.flags = UInt32(truncatingIfNeeded: value)
            }
            return .map(mapping)
        case .unmap(let address, let length):
            return isFirst ? .unmap(GuestAddress(value), length: length) : .unmap(address, length: value)
        case .protect(let address, let length, let protection):
            return isFirst
                ? .protect(address, length: value, protection: protection)
                : .protect(address, length: length, protection: UInt32(truncatingIfNeeded: value))
        case .output(let stream, let address, let length, let check):
            return isFirst
                ? .output(stream, GuestAddress(value), length: length, check: check)
                : .output(stream, address, length: value)
        case .verifyMemory(var digest) where !digest.runs.isEmpty:
            let run = Int.random(in: digest.runs.indices, using: &generator)
            if isFirst { digest.runs[run].start = GuestAddress(value) } else { digest.runs[run].hashes[0] ^= 1 }
            return .verifyMemory(digest)
        default: return .unmap(GuestAddress(value), length: generator.next())
        }
    }
}
