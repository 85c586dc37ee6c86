import FoundationEssentials
import SystemPackage
import TestSupport
import Testing
import TraceFormat

/// What replays learn of a recording makes others faster, and never unfaithful.
@Suite struct PassCountCacheTests {
    /// A recording of two threads that count in memory and write from time to time.
    private final class Counted {
        let trial: Trial
        let output: String

        init(_ trial: Trial) async throws {
            self.trial = trial
            let source = try trial.sandbox.write(
                """
                #include <pthread.h>
                #include <stdio.h>
                static volatile unsigned long counters[2];
                static void *work(void *argument) {
                    volatile unsigned long *own = &counters[(long)argument];
                    for (unsigned long round = 1; round <= 3; round++) {
                        __asm__ volatile("1: incq %0; cmpq %1, %0; jb 1b" : "+m"(*own) : "r"(round * 40000000) : "cc");
                        dprintf(1, "%lu %lu %lu\\n", round, *own, counters[1 - (long)argument]);
                    }
                    return NULL;
                }
                int main(void) {
                    pthread_t threads[2];
                    for (long i = 0; i < 2; i++) pthread_create(&threads[i], NULL, work, (void *)i);
                    for (long i = 0; i < 2; i++) pthread_join(threads[i], NULL);
                }
                """, to: "counting.c")
            let program = "\(trial.home)/counting"
            #expect(try await trial.run(["cc", "-O1", "-o", program, source, "-lpthread"]).ending == .exited(0))
            let recorded = try await trial.run(
                [trial.tool, "record", "--slice", "5ms", "-o", trial.recording, program])
            #expect(recorded.ending == .exited(0), "\(recorded)")
            output = recorded.output
        }

        var directory: String { "\(trial.home)/.cache/xrr/passes" }

        /// The paths of all that is in the cache.
        var files: [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).map { "\(directory)/\($0)" }
        }

        /// - Parameter mayRepeat: the replay may have to say that it begins again, without what was noted.
        func expectFaithful(_ what: String, options: [String] = [], mayRepeat: Bool = false) async throws {
            let replayed = try await trial.run(options + [trial.tool, "replay", "-a", trial.recording])
            #expect(replayed.ending == .exited(0) && replayed.output == output, "\(what): \(replayed)")
            let unexpected = replayed.notices.filter { !mayRepeat || !$0.contains("once more without") }
            #expect(unexpected.isEmpty, "\(what): \(replayed)")
        }

        /// Replaces a file's contents in place, so that it stays the user's.
        func overwrite(_ path: String, _ bytes: [UInt8]) throws {
            let file = try FileDescriptor.open(FilePath(path), .writeOnly, options: .truncate)
            try file.closeAfter { _ = try file.writeAll(bytes) }
        }

        func counts() throws -> (PassCounts, RecordingID, path: String) {
            let path = try #require(files.first)
            let id = try #require(RecordingID(String(path.suffix(32))))
            let bytes = try #require(FileManager.default.contents(atPath: path))
            return (try PassCounts(decoding: Array(bytes), for: id), id, path)
        }
    }

    private func counted(_ body: (Counted) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("passes")
            defer { trial.remove() }
            try await body(try await Counted(trial))
        }
    }

    @Test func isLearnedUsedAndRemoved() async throws {
        try await counted { recorded in
            try await recorded.expectFaithful("the first replay")
            let (learned, _, path) = try recorded.counts()
            #expect(learned.count >= 3, "\(learned)")
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            try await recorded.expectFaithful("the second replay")
            #expect(try recorded.counts().0 == learned)
            let removed = try await recorded.trial.run([recorded.trial.tool, "rm", recorded.trial.recording])
            #expect(removed.ending == .exited(0), "\(removed)")
            #expect(recorded.files.isEmpty)
        }
    }

    @Test func damageIsIgnored() async throws {
        try await counted { recorded in
            try await recorded.expectFaithful("the first replay")
            let (learned, _, path) = try recorded.counts()
            for text in ["", "garbage", String(repeating: "garbage\n", count: 1000)] {
                try recorded.overwrite(path, Array(text.utf8))
                try await recorded.expectFaithful("after damage")
                #expect(try recorded.counts().0 == learned, "learned anew")
            }
        }
    }

    /// With the right checksum: too small, too large, never reached.
    @Test(arguments: [0, 1, 2, 3, 4])
    func wrongCountsAreNotBelieved(kind: Int) async throws {
        try await counted { recorded in
            try await recorded.expectFaithful("the first replay")
            let (learned, id, path) = try recorded.counts()
            var wrong = PassCounts()
            for (number, position) in learned.all.enumerated() {
                var position = position
                // One alone, so that the others are right until there.
                if kind == 4, number != learned.count / 2 {
                    wrong.learn(position)
                    continue
                }
                position.pass = [0, position.pass / 2, position.pass - 1, position.pass + 1, .max][kind]
                wrong.learn(position)
            }
            try recorded.overwrite(path, wrong.encoded(for: id))
            try await recorded.expectFaithful("with wrong counts", mayRepeat: true)
            #expect(try recorded.counts().0 == learned, "learned anew")
            try await recorded.expectFaithful("afterwards")
        }
    }

    @Test func replaysWithoutACache() async throws {
        try await counted { recorded in
            try await recorded.expectFaithful("unwritable", options: ["env", "XDG_CACHE_HOME=/proc/none"])
            try await recorded.expectFaithful("relative", options: ["env", "-u", "HOME", "XDG_CACHE_HOME=cache"])
            try await recorded.expectFaithful("nowhere", options: ["env", "-u", "HOME"])
            #expect(recorded.files.isEmpty)
            let other = "\(recorded.trial.home)/elsewhere"
            try await recorded.expectFaithful("elsewhere", options: ["env", "XDG_CACHE_HOME=\(other)"])
            let names = try FileManager.default.contentsOfDirectory(atPath: "\(other)/xrr/passes")
            #expect(names.count == 1 && recorded.files.isEmpty)
        }
    }
}
