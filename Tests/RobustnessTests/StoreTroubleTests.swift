import Glibc
import TestSupport
import Testing

/// A store of mapped files that cannot be used: one line says what, where, and what to do.
@Suite struct StoreTroubleTests {
    private func trial(_ body: (Trial) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("store")
            defer { trial.remove() }
            try await body(trial)
        }
    }

    private func check(_ outcome: Trial.Outcome, _ status: Int32, _ parts: String...) {
        #expect(outcome.ending == .exited(status) && outcome.notices.count == 1, "\(outcome)")
        for part in parts { #expect(outcome.error.contains(part), "\(part): \(outcome)") }
    }

    /// It used to wait for five seconds and to blame another xrr.
    @Test func aDeniedLock() async throws {
        try await trial { trial in
            let denier = [try await trial.denier(), "73"]
            let store = "\(trial.home)/store"
            let what = "cannot lock the store of mapped files \(store): flock(2): Operation not permitted"
            check(
                try await trial.run(denier + [trial.tool, "record", "/bin/true"]), 125, what, "seccomp profile",
                "-o or XRR_DIR")
            #expect(try await trial.run([trial.tool, "record", "/bin/true"]).ending == .exited(0))
            check(try await trial.run(denier + [trial.tool, "replay", "-a"]), 1, what, "seccomp profile")
            check(try await trial.run(denier + [trial.tool, "rm", "true-0"]), 0, what)
        }
    }

    @Test(arguments: ["store", "store/objects", "store/tmp"])
    func aStoreWithoutAccess(part: String) async throws {
        try await trial { trial in
            #expect(try await trial.run([trial.tool, "record", "/bin/true"]).ending == .exited(0))
            let place = "\(trial.home)/\(part)"
            #expect(unsafe chmod(place, 0) == 0)
            // Of a store that is half there the loss shows when a file is to be stored: the program is unharmed then.
            check(
                try await trial.run([trial.tool, "record", "/bin/ls", "/"]), 125, place, "Permission denied",
                "of mapped files", "chmod -R u+rwX", "-o or XRR_DIR")
            let replayed = try await trial.run([trial.tool, "replay", "-a", "\(trial.home)/true-0"])
            if part == "store/tmp" {
                #expect(replayed.ending == .exited(0), "\(replayed)")
            } else {
                check(replayed, 4, "cannot use the store of mapped files", place, "Permission denied", "chmod")
            }
            #expect(unsafe chmod(place, 0o700) == 0)
            #expect(try await trial.run([trial.tool, "replay", "-a", "\(trial.home)/true-0"]).ending == .exited(0))
        }
    }
}
