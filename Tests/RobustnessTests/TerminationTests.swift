import Glibc
import LinuxABI
import TestSupport
import Testing
import TraceFormat

/// Signals to xrr itself, and what becomes of its tracees.
@Suite struct TerminationTests {
    private func trial(_ body: (Trial) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("signal")
            defer { trial.remove() }
            try await body(trial)
        }
    }

    /// Waits until a file in the trial's home exists.
    private static func wait(for name: String, _ trial: Trial) async {
        await Trial.wait(rounds: 1000) { unsafe access("\(trial.home)/\(name)", F_OK) != 0 }
    }

    @Test func aTerminationIsForTheProgram() async throws {
        try await trial { trial in
            let recorded = try await trial.record(
                script: "trap 'echo trapped; exit 7' TERM; : > ready; while :; do /bin/true; done"
            ) { recorder in
                await Self.wait(for: "ready", trial)
                kill(recorder, SIGTERM)
            }
            #expect(recorded.ending == .exited(7) && recorded.output == "trapped\n", "\(recorded)")
            let replayed = try await trial.replay()
            #expect(
                replayed.ending == .exited(0) && replayed.output == "trapped\n" && replayed.notices.isEmpty,
                "\(replayed)")
        }
    }

    @Test func aLaterTerminationEndsAllOfThem() async throws {
        try await trial { trial in
            let recorded = try await trial.record(
                script:
                    "trap '' TERM; echo first; setsid sh -c 'trap \"\" TERM; sleep 1000' & : > ready; while :; do :; done"
            ) { recorder in
                await Self.wait(for: "ready", trial)
                kill(recorder, SIGTERM)
                try? await Task.sleep(for: .milliseconds(1300))
                kill(recorder, SIGTERM)
            }
            #expect(recorded.ending == .exited(137) && recorded.notices.isEmpty, "\(recorded)")
            #expect(await trial.leftovers() == [])
            let replayed = try await trial.replay()
            #expect(
                replayed.ending == .exited(0) && replayed.output == "first\n" && replayed.notices.isEmpty, "\(replayed)"
            )
        }
    }

    /// The first process has gone, and its id may be a stranger's: the others are meant.
    @Test func aTerminationAfterTheFirstProcess() async throws {
        try await trial { trial in
            let recorded = try await trial.record(
                script: "(while [ -d /proc/$$ ]; do sleep 0.05; done; : > ready; sleep 1000) & exit 5"
            ) { recorder in
                await Self.wait(for: "ready", trial)
                kill(recorder, SIGTERM)
            }
            #expect(recorded.ending == .exited(5) && recorded.notices.isEmpty, "\(recorded)")
            #expect(try await trial.replay().ending == .exited(0))
        }
    }

    /// A terminal sends these to the program as well, which decides for itself.
    @Test(arguments: [SIGINT, SIGQUIT, SIGHUP])
    func theRecorderIgnores(signal: Int32) async throws {
        try await trial { trial in
            let recorded = try await trial.record(script: ": > ready; sleep 0.5; echo last; exit 4") { recorder in
                await Self.wait(for: "ready", trial)
                kill(recorder, signal)
                try? await Task.sleep(for: .milliseconds(200))
            }
            #expect(recorded.ending == .exited(4) && recorded.output == "last\n", "\(recorded)")
        }
    }

    @Test func anInterruptOfTheTerminalReachesTheProgram() async throws {
        try await trial { trial in
            let recorded = try await trial.record(
                script: "trap 'echo trapped; exit 6' INT; : > ready; while :; do /bin/true; done"
            ) { recorder in
                await Self.wait(for: "ready", trial)
                kill(-recorder, SIGINT)
            }
            #expect(recorded.ending == .exited(6) && recorded.output == "trapped\n", "\(recorded)")
        }
    }

    /// Code that runs without end: only a signal ends the replay. A shell shows 130 for SIGINT.
    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func aReplayEndsWithAllItsProcesses(signal: Int32) async throws {
        try await trial { trial in
            var recording = try HostileRecording(code: Machine.loop)
            recording.append(.syscall(SyscallNumber(1)), HostileRecording.registers, HostileRecording.registers)
            let path = trial.sandbox.path("endless")
            try recording.write(to: path)
            var group: pid_t = 0
            let replayed = try await trial.run([trial.tool, "replay", "-a", path], limit: .seconds(20)) { replayer in
                group = replayer
                await Trial.wait(rounds: 500) { Trial.processes(inGroup: replayer).count < 3 }
                try? await Task.sleep(for: .milliseconds(200))
                // As a terminal does it: to all of them.
                kill(-replayer, signal)
            }
            #expect(replayed.ending == .killed(signal: signal), "\(replayed)")
            #expect(replayed.notices.isEmpty, "\(replayed)")
            #expect(await Trial.leftovers(inGroup: group) == [])
        }
    }

    /// A terminal that is resized, or a job that is stopped and goes on, is nothing to the replayed program.
    @Test func aReplayTakesNoSignalsFromOutside() async throws {
        try await trial { trial in
            let recorded = try await trial.record(
                script: "i=0; while [ $i -lt 1000 ]; do i=$((i + 1)); echo $i; done")
            let replayed = try await trial.run([trial.tool, "replay", "-a", trial.recording]) { replayer in
                for signal in [SIGWINCH, SIGTSTP, SIGCONT, SIGURG, SIGSTOP, SIGCONT] {
                    try? await Task.sleep(for: .milliseconds(15))
                    kill(-replayer, signal)
                }
            }
            #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed)")
        }
    }
}
