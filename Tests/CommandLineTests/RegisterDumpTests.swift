import LinuxABI
import SystemPackage
import TestSupport
import Testing
import TraceFormat
import Tracee
import XState

@testable import xrr

/// Register dumps of replays are the same as one another and as their recording, and differ where that does.
@Suite struct RegisterDumpTests {
    /// Traps, a signal that an instruction raises, one from outside, a child and a thread: all kinds of events.
    private static let source = """
        #include <pthread.h>
        #include <signal.h>
        #include <unistd.h>
        #include <sys/wait.h>
        #include <x86intrin.h>
        static volatile unsigned long long sink;
        static void ignore(int signal) { sink = signal; }
        static void *run(void *argument) { sink = __rdtsc(); return argument; }
        int main(void) {
            signal(SIGTRAP, ignore);
            signal(SIGUSR1, ignore);
            __asm__ volatile("int3");
            kill(getpid(), SIGUSR1);
            pthread_t thread;
            pthread_create(&thread, 0, run, 0);
            pthread_join(thread, 0);
            if (fork() == 0) execl("/bin/true", "true", (char *)0);
            return wait(0) > 0 ? 0 : 1;
        }
        """

    @Test func replaysCompareEqual() async throws {
        let guest = try await RecordedGuest("dump-registers", source: Self.source)
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", guest.program)
        #expect(recorded.ending == .exited(0), "\(recorded.error)")
        let name = "dump-registers-0"
        for file in ["first", "second"] {
            let replayed = try await guest.run("replay", "-a", "--dump-registers", file, name)
            #expect(replayed.ending == .exited(0), "\(replayed.error)")
        }
        for (a, b) in [("first", "second"), (name, "first"), ("second", name), (name, name)] {
            let compared = try await guest.run("compare", a, b)
            #expect(compared.ending == .exited(0), "\(a) \(b): \(compared.output)\(compared.error)")
        }

        let reader = try RecordingReader(opening: FilePath(guest.recordingPath(name)))
        let lines = String(decoding: guest.sandbox.bytes("home/first"), as: UTF8.self).split(separator: "\n")
        let head = lines.filter { $0.hasPrefix("#") }.map(String.init)
        #expect(try StateOrigin(parsing: head) == StateOrigin(HostMachine.current()))
        #expect(lines.count - head.count == Int(reader.frameCount))
        for line in lines.dropFirst(head.count) {
            let hasState = line.contains(" rip=0x")
            let kind = line.split(separator: " ")[2]
            let isUncompared =
                ["exec", "thread-start", "thread-exit", "SIGUSR1", "SIGCHLD"].contains(kind) || kind.hasSuffix(":exit")
            #expect(hasState != isUncompared, "\(line.prefix(60))")
        }
        #expect(lines.dropFirst(head.count).contains { $0.split(separator: " ")[2] == "SIGTRAP" })
        #expect(lines.dropFirst(head.count).contains { $0.split(separator: " ")[2] == "rdtsc" })
    }

    /// Whatever the CPU's instructions are called in other places, a line has one word for each.
    @Test func everyTrapIsOneWord() throws {
        let kinds = (0...UInt8.max).compactMap(TrapKind.init(rawValue:))
        #expect(kinds.contains(.watchedCode))
        for kind in kinds {
            var frame = Frame(
                thread: ThreadID(7), event: .trap(kind), before: Registers(), after: Registers(),
                xstate: try XStateImage.initial(mask: .legacy))
            frame.before.rip = 0x40_1000
            let record = StateRecord(frame, at: FrameIndex(3), thread: 0)
            let parsed = try #require(StateRecord(parsing: record.line[...]), "\(record.line)")
            #expect(parsed.event == record.event && parsed.values == record.values)
        }
    }

    @Test func differencesAreFound() async throws {
        let guest = try await RecordedGuest("dump-differs", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        #expect(try await guest.run("record", guest.program).ending == .exited(0))
        #expect(
            try await guest.run("replay", "-a", "--dump-registers", "regs", "dump-differs-0").ending == .exited(0))
        let changes = try await guest.alter("dump-differs-0", to: "altered") { frame in
            if case .syscall(.mprotect) = frame.event { frame.before.r12 ^= 1 << 63 }
        }
        let compared = try await guest.run("compare", "--json", "regs", "altered")
        #expect(compared.ending == .exited(1))
        let lines = compared.output.split(separator: "\n")
        #expect(changes > 0 && lines.count == changes)
        #expect(lines.allSatisfy { $0.contains(#""component":"registers","name":"r12""#) })
        #expect(try await guest.run("compare", "regs", "missing").ending == .exited(2))
    }

    @Test func aFileThatCannotBeWrittenIsSaid() async throws {
        let guest = try await RecordedGuest("dump-full", source: "int main(void) { return 0; }")
        defer { guest.sandbox.remove() }
        #expect(try await guest.run("record", guest.program).ending == .exited(0))
        for (file, reason) in [("/dev/full", "No space left"), ("/nonexistent/regs", "No such file")] {
            let outcome = try await guest.run("replay", "-a", "--dump-registers", file)
            #expect(outcome.ending == .exited(1))
            #expect(outcome.error.hasPrefix("xrr: cannot write the registers to \(file): \(reason)"))
        }
    }
}
