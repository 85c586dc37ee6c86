import Glibc
import TestSupport
import Testing

/// Signals that the program sends to its process group, to which the recorder belongs: they are the program's alone.
@Suite struct GroupSignalTests {
    /// `guest N`: handles signal N three times. `guest N die`: dies of it.
    private static let source = """
        #include <signal.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <time.h>
        #include <unistd.h>
        static volatile int count;
        static void handle(int number) { count++; }
        int main(int argc, char **argv) {
            int number = atoi(argv[1]);
            if (argc == 2) signal(number, handle);
            setvbuf(stdout, 0, _IONBF, 0);
            puts("first");
            for (int i = 0; i < 3; i++) kill(0, number);
            // What was sent to the recorder as well would be passed on now.
            struct timespec rest = {0, 300000000};
            while (nanosleep(&rest, &rest)) {}
            printf("handled %d\\n", count);
            return 0;
        }
        """

    private func trial(_ source: String, _ body: (Trial, _ program: String) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("group")
            defer { trial.remove() }
            let program = "\(trial.home)/program"
            let path = try trial.sandbox.write(source, to: "program.c")
            let compiled = try await trial.run(["cc", "-w", "-o", program, path])
            #expect(compiled.ending == .exited(0), "\(compiled)")
            try await body(trial, program)
        }
    }

    @Test(arguments: [
        SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM,
        SIGTERM, SIGCHLD, SIGWINCH, SIGIO, SIGPROF, SIGVTALRM, SIGXCPU, SIGSYS, 34, 64,
    ])
    func isHandledThreeTimes(signal: Int32) async throws {
        try await trial(Self.source) { trial, program in
            let recorded = try await trial.run(
                ["setsid", "-w", trial.tool, "record", "-o", trial.recording, program, "\(signal)"])
            #expect(recorded.ending == .exited(0) && recorded.notices.isEmpty, "\(recorded)")
            #expect(recorded.output == "first\nhandled 3\n", "\(recorded)")
            let replayed = try await trial.replay()
            #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed)")
        }
    }

    @Test(arguments: [SIGABRT, SIGTRAP, SIGSEGV, SIGUSR1, SIGALRM, SIGTERM])
    func theProgramAloneDies(signal: Int32) async throws {
        try await trial(Self.source) { trial, program in
            let recorded = try await trial.run(
                ["setsid", "-w", trial.tool, "record", "-o", trial.recording, program, "\(signal)", "die"])
            #expect(recorded.ending == .exited(128 + signal), "\(recorded)")
            #expect(recorded.output == "first\n" && recorded.notices.isEmpty, "\(recorded)")
            let replayed = try await trial.replay()
            #expect(replayed.ending == .exited(0) && replayed.output == "first\n", "\(replayed)")
            #expect(replayed.notices.isEmpty, "\(replayed)")
        }
    }

    /// SIGKILL cannot but end the recorder: what came before is there.
    @Test func bothDieOfAKill() async throws {
        try await trial(Self.source) { trial, program in
            _ = try await trial.run(
                ["setsid", "-w", trial.tool, "record", "-o", trial.recording, program, "\(SIGKILL)", "die"])
            let replayed = try await trial.replay()
            #expect(replayed.ending == .exited(0) && replayed.output == "first\n", "\(replayed)")
            #expect(replayed.error.contains("unfinished"), "\(replayed)")
        }
    }

    /// What /proc tells of its signals comes after a line of ten thousand bytes.
    @Test(.enabled(if: Environment.isRoot, "sets supplementary groups"))
    func aProcessWithAThousandGroups() async throws {
        let source = """
            #include <setjmp.h>
            #include <signal.h>
            #include <stdio.h>
            #include <sys/time.h>
            #include <unistd.h>
            static volatile int count, rings;
            static sigjmp_buf place;
            static void handle(int number) { count++; }
            static void ring(int number) { rings++; }
            static void fault(int number) { siglongjmp(place, number); }
            int main(void) {
                printf("%d groups\\n", getgroups(0, 0));
                signal(SIGUSR1, handle);
                signal(SIGSEGV, fault);
                signal(SIGTRAP, handle);
                signal(SIGALRM, ring);
                for (int i = 0; i < 3; i++) kill(getpid(), SIGUSR1);
                int number = sigsetjmp(place, 1);
                if (number == 0) *(volatile char *)8 = 1;
                raise(SIGTRAP);
                struct itimerval often = {{0, 2000}, {0, 2000}};
                setitimer(ITIMER_REAL, &often, 0);
                for (volatile long i = 0; rings < 5; i++) {}
                while (rings < 10) pause();
                kill(0, SIGUSR1);
                printf("handled %d, fault %d\\n", count, number);
                return 0;
            }
            """
        let groups = (0..<1000).map { "\(100_000 + $0)" }.joined(separator: ",")
        let user = [
            "setpriv", "--reuid=\(Environment.nobody)", "--regid=\(Environment.nobody)", "--groups", groups, "--",
        ]
        try await trial(source) { trial, program in
            let recorded = try await trial.run(
                ["setsid", "-w", trial.tool, "record", "-o", trial.recording, program], asUser: user)
            #expect(recorded.ending == .exited(0) && recorded.notices.isEmpty, "\(recorded)")
            #expect(recorded.output == "1000 groups\nhandled 5, fault 11\n", "\(recorded)")
            let replayed = try await trial.replay()
            #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed)")
        }
    }
}
