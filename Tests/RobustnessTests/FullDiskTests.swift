import FoundationEssentials
import TestSupport
import Testing

/// A recording that can no longer be written ends; the program does not, and what was committed replays.
@Suite struct FullDiskTests {
    /// Incompressible data through a pipe, and time for commits before the space ends.
    private static let script = """
        echo first; sleep 1.2; dd if=/dev/urandom bs=64k count=400 2>/dev/null | cksum | wc -w; echo last; exit 3
        """

    private func check(_ recorded: Trial.Outcome, reason: String, _ trial: Trial, _ recording: String) async throws {
        #expect(recorded.ending == .exited(125), "\(recorded)")
        #expect(recorded.output == "first\n2\nlast\n", "the program is unharmed\n\(recorded)")
        #expect(recorded.notices.count == 1, "\(recorded)")
        for part in [reason, recording, "ended with status 3"] { #expect(recorded.error.contains(part), "\(recorded)") }
        let replayed = try await trial.replay(recording)
        #expect(replayed.ending == .exited(0) && replayed.error.contains("unfinished"), "\(replayed)")
        #expect(replayed.output.hasPrefix("first\n") && recorded.output.hasPrefix(replayed.output), "\(replayed)")
    }

    @Test func fileSizeLimit() async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("fsize")
            defer { trial.remove() }
            // In blocks of 512 bytes: libraries fit, the data do not.
            let recorded = try await trial.run([
                "sh", "-c", "ulimit -f 10000; exec \"$@\"", "sh", trial.tool, "record", "-o", trial.recording, "sh",
                "-c",
                Self.script,
            ])
            try await check(recorded, reason: "raise 'ulimit -f'", trial, trial.recording)
        }
    }

    /// A small tmpfs in a mount namespace of its own; both commands run in there.
    @Test(.enabled(if: Environment.isRoot, "mounts a file system"))
    func fullFileSystem() async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("full")
            defer { trial.remove() }
            let disk = try trial.sandbox.makeDirectory("disk")
            let user = Environment.asOrdinaryUser.joined(separator: " ")
            let recording = "\(disk)/recording"
            let script = """
                mount -t tmpfs -o size=8m,mode=777 none '\(disk)' || exit 1
                \(user) "$0" record -o '\(recording)' sh -c "$1"; echo status $?
                \(user) "$0" replay -a '\(recording)'; echo status $?
                """
            let outcome = try await trial.run(
                ["unshare", "--mount", "sh", "-c", script, trial.tool, Self.script], asUser: [])
            let program = "first\n2\nlast\nstatus 125\n"
            #expect(outcome.output.hasPrefix(program) && outcome.output.hasSuffix("first\nstatus 0\n"), "\(outcome)")
            #expect(outcome.notices.count == 2, "\(outcome)")
            for part in ["No space left on device", "free some space", recording, "unfinished"] {
                #expect(outcome.error.contains(part), "\(outcome)")
            }
        }
    }
}
