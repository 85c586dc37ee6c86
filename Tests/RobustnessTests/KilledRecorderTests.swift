import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// kill -9 of the recorder: what was committed replays, and nothing goes on running unwatched.
///
/// `XRR_KILLS` is the number of random moments (20).
@Suite struct KilledRecorderTests {
    /// Starts processes without end; one computes, one sleeps in a session of its own whose parent is gone.
    private static let busy = """
        setsid sleep 1000 & (sh -c 'while :; do :; done' &); i=0
        while :; do i=$((i + 1)); echo line $i; /bin/true | cat; done
        """

    /// Records, kills the recorder after a delay, and checks what must be so at any moment.
    private func killed(_ script: String, after delay: Duration, _ trial: Trial) async throws -> Trial.Outcome {
        let recorded = try await trial.record(script: script) { recorder in
            try? await Task.sleep(for: delay)
            kill(recorder, SIGKILL)
        }
        #expect(recorded.ending == .killed(signal: SIGKILL))
        let left = await trial.leftovers()
        #expect(left.isEmpty, "still running after the recorder was killed at \(delay): \(left)")

        let replayed = try await trial.replay()
        #expect(recorded.output.hasPrefix(replayed.output), "killed at \(delay)\n\(recorded)\n\(replayed)")
        if replayed.ending == .exited(0) {
            #expect(replayed.notices.count == 1 && replayed.error.contains("unfinished"), "\(replayed)")
        } else {
            #expect(replayed.ending == .exited(4), "killed at \(delay)\n\(replayed)")
            let isUnderstood = ["before it committed any", "is no recording"].contains { replayed.error.contains($0) }
            #expect(replayed.notices.count == 1 && isUnderstood, "\(replayed)")
            #expect(replayed.output.isEmpty)
        }
        return replayed
    }

    @Test(arguments: 0..<Effort.count("XRR_KILLS", usual: 20))
    func atARandomMoment(seed: Int) async throws {
        try await Slots.guests.withSlot {
            var generator = SeededGenerator(seed: UInt64(seed))
            let trial = try await Trial("killed")
            defer { trial.remove() }
            // Every fourth one while the recording begins.
            let delay = Int.random(in: 0...(seed % 4 == 0 ? 60 : 1500), using: &generator)
            _ = try await killed(Self.busy, after: .milliseconds(delay), trial)
        }
    }

    /// What happened in the first second is committed after two, whatever the program does meanwhile.
    @Test(arguments: [
        "sleep 30", "while :; do :; done", "exec dd if=/dev/zero of=/dev/null bs=1", "read x < fifo",
        "(while :; do :; done) & while :; do :; done",
    ])
    func committedWithinASecond(rest: String) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("committed")
            defer { trial.remove() }
            let script = "mkfifo fifo; echo first; \(rest)"
            let replayed = try await killed(script, after: .milliseconds(2500), trial)
            #expect(replayed.ending == .exited(0) && replayed.output.hasPrefix("first\n"), "\(replayed)")
        }
    }
}
