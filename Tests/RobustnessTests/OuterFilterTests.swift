import TestSupport
import Testing

/// A seccomp filter around xrr, as containers have: what it answers is recorded like what the kernel answers.
@Suite struct OuterFilterTests {
    private static let source = """
        #include <errno.h>
        #include <pthread.h>
        #include <signal.h>
        #include <stdio.h>
        #include <sys/prctl.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <sys/wait.h>
        #include <unistd.h>
        static volatile int rings;
        static void ring(int signal) { rings++; }
        static long denied(void) { return syscall(SYS_perf_event_open, 0, 0, 0, 0, 0) == -1 ? errno : 0; }
        static void *thread(void *unused) { return (void *)denied(); }
        int main(void) {
            char before[64] = "before", name[64] = "before";
            setvbuf(stdout, 0, _IONBF, 0);
            printf("mode %d, no_new_privs %d\\n", prctl(PR_GET_SECCOMP), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
            printf("denied %ld, uname %d %s\\n", denied(), (int)syscall(SYS_getcwd, name, sizeof name), name);
            signal(SIGALRM, ring);
            struct itimerval often = {{0, 2000}, {0, 2000}};
            setitimer(ITIMER_REAL, &often, 0);
            for (volatile long i = 0; rings < 3; i++) {}
            while (rings < 6) denied();
            while (rings < 9) pause();
            setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}}, 0);
            pthread_t id;
            void *result;
            pthread_create(&id, 0, thread, 0);
            pthread_join(id, &result);
            printf("thread %ld\\n", (long)result);
            if (fork() == 0) _exit((int)denied());
            int status;
            wait(&status);
            printf("child %d, pid %d\\n", WEXITSTATUS(status), getpid());
            return 0;
        }
        """

    private func trial(_ body: (Trial) async throws -> Void) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("outer")
            defer { trial.remove() }
            try await body(trial)
        }
    }

    @Test(arguments: [[], ["--chaos"]] as [[String]])
    func itsAnswersAreRecorded(options: [String]) async throws {
        try await trial { trial in
            let denier = try await trial.denier()
            let program = "\(trial.home)/program"
            let source = try trial.sandbox.write(Self.source, to: "program.c")
            let compiled = try await trial.run(["cc", "-w", "-o", program, source, "-lpthread"])
            #expect(compiled.ending == .exited(0), "\(compiled)")
            let recorded = try await trial.run(
                [denier, "298", trial.tool, "record"] + options + ["-o", trial.recording, program])
            #expect(recorded.ending == .exited(0) && recorded.notices.isEmpty, "\(recorded)")
            #expect(recorded.output.hasPrefix("mode 2, no_new_privs 1\ndenied 1, "), "\(recorded)")
            #expect(recorded.output.contains("thread 1\nchild 1, pid "), "\(recorded)")
            let replayed = try await trial.replay()
            #expect(replayed.ending == .exited(0) && replayed.output == recorded.output, "\(replayed)")
        }
    }

    @Test func doctorNamesIt() async throws {
        try await trial { trial in
            let denier = try await trial.denier()
            let inside = try await trial.run([denier, "298", trial.tool, "doctor"])
            #expect(inside.output.contains("info    seccomp around xrr: "), "\(inside)")
            #expect(inside.output.contains("PTRACE_SYSCALL"), "\(inside)")
        }
    }

    /// prctl(2): without PR_SET_TSC programs would see the time in a way that cannot be replayed.
    @Test func noTrapOfTheTimeStampCounter() async throws {
        try await trial { trial in
            let denier = try await trial.denier()
            let outcome = try await trial.run([denier, "157", trial.tool, "record", "true"])
            #expect(outcome.ending == .exited(125) && outcome.notices.count == 1, "\(outcome)")
            #expect(outcome.error.contains("PR_SET_TSC") && outcome.error.contains("xrr doctor"), "\(outcome)")
        }
    }
}
