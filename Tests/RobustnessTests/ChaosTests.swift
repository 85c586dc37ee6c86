import FoundationEssentials
import TestSupport
import Testing

/// `--chaos`, `--until-fails` and `--slice`.
@Suite struct ChaosTests {
    private func trial(_ body: (Trial) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("chaos")
            defer { trial.remove() }
            try await body(trial)
        }
    }

    /// Compiles a planted race.
    private func compiled(_ name: String, in trial: Trial) async throws -> String {
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Races/\(name).c").path
        let program = "\(trial.home)/\(name)"
        #expect(try await trial.run(["cc", "-O1", "-g", "-o", program, source, "-lpthread"]).ending == .exited(0))
        return program
    }

    @Test(arguments: ["race_lost_update", "race_queue", "race_use_before_start"])
    func findsARaceAndKeepsIt(name: String) async throws {
        try await trial { trial in
            let program = try await compiled(name, in: trial)
            let found = try await trial.run(
                [trial.tool, "record", "--chaos=7", "--until-fails", "500", "-o", trial.recording, program],
                limit: .seconds(300))
            let race = found.output.split(separator: "\n").last ?? ""
            #expect(found.ending == .exited(1) && race.hasPrefix("RACE: "), "\(found)")
            for _ in 0..<3 {
                let replayed = try await trial.run([trial.tool, "replay", "-a", trial.recording])
                #expect(replayed.ending == .exited(0) && replayed.output == "\(race)\n", "\(replayed)")
            }
            let info = try await trial.run([trial.tool, "info", trial.recording])
            #expect(info.output.contains("chaotic, seed "))
        }
    }

    @Test func keepsNothingWhereNothingFails() async throws {
        try await trial { trial in
            let outcome = try await trial.run([trial.tool, "record", "--chaos", "--until-fails", "3", "echo", "x"])
            #expect(outcome.ending == .exited(0) && outcome.output == "x\nx\nx\n", "\(outcome)")
            #expect(outcome.notices.contains { $0.contains("none of 3 runs failed") })
            let left = try FileManager.default.contentsOfDirectory(atPath: trial.home)
            #expect(!left.contains { $0.hasPrefix("echo-") }, "\(left)")
        }
    }

    /// However a recorder finds written pages, the replay finds the places: two threads that compute in 8 MiB, in
    /// turns of a millisecond.
    @Test(arguments: ["hash", "uffd", nil] as [String?])
    func findsPlaces(dirty: String?) async throws {
        try await trial { trial in
            let program = try await computing(in: trial)
            let setting = dirty.map { ["XRR_DIRTY=\($0)"] } ?? []
            let recorded = try await trial.run(
                ["env"] + setting + [trial.tool, "record", "--slice", "1ms", "-o", trial.recording, program])
            try await expectInterruptions(recorded, in: trial)
        }
    }

    /// As in a container whose profile forbids userfaultfd(2).
    @Test func worksWithoutUserfaultfd() async throws {
        try await trial { trial in
            let program = try await computing(in: trial)
            let userfaultfd = "323"
            let recorded = try await trial.run([
                "env", "XRR_DIRTY=uffd", try await trial.denier(), userfaultfd, trial.tool, "record", "--slice", "1ms",
                "-o", trial.recording,
                program,
            ])
            try await expectInterruptions(recorded, in: trial)
        }
    }

    private func computing(in trial: Trial) async throws -> String {
        let source = try trial.sandbox.write(
            """
            #include <pthread.h>
            #include <stdio.h>
            #include <stdlib.h>
            static unsigned *memory[2];
            static void *work(void *argument) {
                unsigned *own = memory[(long)argument], seed = 1 + (long)argument;
                for (int turn = 0; turn < 20000000; turn++) {
                    seed = seed * 1664525 + 1013904223;
                    own[seed >> 12] += turn;
                }
                return NULL;
            }
            int main(void) {
                pthread_t threads[2];
                for (long i = 0; i < 2; i++) memory[i] = calloc(1 << 20, sizeof(unsigned));
                for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, (void *)i);
                for (long i = 0; i < 2; i++) pthread_join(threads[i], NULL);
                unsigned digest = 0;
                for (int i = 0; i < 2 << 20; i++) digest = digest * 31 + memory[i & 1][i >> 1];
                printf("%x\\n", digest);
            }
            """, to: "computing.c")
        let program = "\(trial.home)/computing"
        let words = ["cc", "-O1", "-o", program, source, "-lpthread"]
        #expect(try await trial.run(words).ending == .exited(0))
        return program
    }

    private func expectInterruptions(_ recorded: Trial.Outcome, in trial: Trial) async throws {
        #expect(recorded.ending == .exited(0), "\(recorded)")
        let replayed = try await trial.run([trial.tool, "replay", "-a", trial.recording])
        #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed)")
        let events = try await trial.run([trial.tool, "dump", trial.recording])
        let count = events.output.split(separator: "\n").count { $0.contains(" interrupted ") }
        #expect(count >= 3, "there are \(count) interruptions")
    }
}
