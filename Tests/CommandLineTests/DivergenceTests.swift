import LinuxABI
import TestSupport
import Testing
import TraceFormat

@testable import xrr

/// Recordings that were tampered with diverge, and the report says where and how.
@Suite struct DivergenceTests {
    /// Goes by the first byte it reads; keeps the second in a floating-point register.
    private static let source = """
        #include <unistd.h>
        static char answer[16];
        static volatile double scale;
        __attribute__((noinline)) static void decide(char c) {
            if (c == 'y') write(1, "yes\\n", 4);
            else if (c == 'n') getppid();
            else if (c == 's') *(volatile int *)0x1234 = 1;
        }
        int main(void) {
            if (read(0, answer, 16) < 1) return 1;
            scale = answer[1] * 1.5;
            decide(answer[0]);
            return 0;
        }
        """

    /// Records the program's reading of "yA" and replaces what it read.
    private func replay(_ name: String, readingInstead bytes: String) async throws -> RecordedGuest.Outcome {
        let guest = try await RecordedGuest(name, source: Self.source)
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", guest.program, input: "yA")
        #expect(recorded.ending == .exited(0), "\(recorded.error)")
        #expect(recorded.output == "yes\n" && recorded.error.isEmpty)
        let changes = try await guest.alter("\(name)-0", to: "altered") { frame in
            guard case .syscall(.read) = frame.event else { return }
            for (index, effect) in frame.effects.enumerated() {
                guard case .write(let address, Array("yA".utf8)) = effect else { continue }
                frame.effects[index] = .write(address, bytes: Array(bytes.utf8))
            }
        }
        #expect(changes == 1)
        #expect(try await guest.run("replay", "-a", "\(name)-0").ending == .exited(0))
        let outcome = try await guest.run("replay", "-a", "altered")
        #expect(outcome.ending == .exited(3), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.lines.dropLast().allSatisfy { $0.hasPrefix("xrr:") })
        return outcome
    }

    @Test func anotherSystemCall() async throws {
        let outcome = try await replay("diverges-call", readingInstead: "nA")
        let text = outcome.error
        #expect(text.contains(#/diverged from the recording at event \d+\n/#))
        #expect(text.contains(#/thread \d+ of process \d+: \/tmp\/\S+diverges-call\n/#))
        #expect(text.contains(#/expected  write\(0x1, 0x[0-9a-f]+, 0x4, .*\) = 0x4\n/#))
        #expect(text.contains(#/actual    getppid\(.*\)\n/#))
        #expect(text.contains(#/recorded at  0x[0-9a-f]{16}  \S*write\S* \(\S+libc\S+\)/#))
        #expect(text.contains(#/now at       0x[0-9a-f]{16}  \S*getppid\S* \(\S+libc\S+\)/#))
        #expect(text.contains(#/\* orig_rax  0x0{15}1  0x0{14}6e\n/#))
        #expect(text.contains(#/xrr:   fs_base   0x[0-9a-f]{16}  0x[0-9a-f]{16}\n/#))
        #expect(text.contains(#/#1  0x[0-9a-f]{16}  decide\+0x[0-9a-f]+ \(\S+diverges-call\) at \S*guest\.c:6\n/#))
        #expect(text.contains(#/#2  0x[0-9a-f]{16}  main\+0x[0-9a-f]+ \(\S+diverges-call\) at \S*guest\.c:12\n/#))
        #expect(
            text.contains(#/the events before it\n(xrr:   .*\n)*xrr:   \d+ \[\d+\] read\(0x0, .*\) = 0x2  \{write /#))
        #expect(text.contains("xrr dump --event "))
    }

    @Test func aFault() async throws {
        let text = try await replay("diverges-fault", readingInstead: "sA").error
        #expect(text.contains(#/actual    SIGSEGV at address 0x0{12}1234\n/#))
        #expect(text.contains(#/now at       0x[0-9a-f]{16}  decide\+0x[0-9a-f]+ \(\S+\) at \S*guest\.c:7\n/#))
        #expect(text.contains(#/#0  0x[0-9a-f]{16}  decide/#))
    }

    @Test func anExtendedRegister() async throws {
        let text = try await replay("diverges-xstate", readingInstead: "yB").error
        #expect(text.contains("with other registers"))
        // 'A' * 1.5 is 97.5, 'B' * 1.5 is 99.
        #expect(text.contains(#/\* [xyz]mm\d+ +0x0*4058600000000000  0x0*4058c00000000000\n/#))
        #expect(!text.contains(#/\* orig_rax/#))
    }

    @Test func anExpectedRegister() async throws {
        let guest = try await RecordedGuest("diverges-register", source: Self.source)
        defer { guest.sandbox.remove() }
        #expect(try await guest.run("record", guest.program, input: "yA").ending == .exited(0))
        let changes = try await guest.alter("diverges-register-0", to: "altered") { frame in
            if case .syscall(.write) = frame.event { frame.before.rbx = 0xdead }
        }
        #expect(changes == 1)
        let outcome = try await guest.run("replay", "-a", "altered")
        #expect(outcome.ending == .exited(3))
        #expect(outcome.error.contains(#/\* rbx       0x0{12}dead  0x[0-9a-f]{16}\n/#))
        #expect(outcome.lines.count { $0.hasPrefix("xrr: * ") } == 1, "\(outcome.error)")
        #expect(outcome.error.contains("the extended registers are the same"))
    }

    /// Copies its input to standard output, as one write of `argv[1]` bytes that begins with it.
    private static let copier = """
        #include <stdlib.h>
        #include <unistd.h>
        static char buffer[1 << 21];
        int main(int argc, char **argv) {
            for (int i = 0; i < 1 << 21; i++) buffer[i] = 'x';
            if (read(0, buffer + atoi(argv[2]), 16) < 1) return 1;
            return write(1, buffer, atoi(argv[1])) < 1;
        }
        """

    /// Records the copying of "yes\n" and replays it with "yEs\n".
    private func copy(_ name: String, length: Int, at offset: Int, isQuiet: Bool = false) async throws -> String {
        let guest = try await RecordedGuest(name, source: Self.copier)
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run(
            "record", guest.program, String(length), String(offset), input: "yes\n")
        #expect(recorded.ending == .exited(0), "\(recorded.error)")
        #expect(recorded.output.utf8.count == length)
        #expect(try await guest.run("replay", "-a", "\(name)-0").output == recorded.output)
        let changes = try await guest.alter("\(name)-0", to: "altered") { frame in
            guard case .syscall(.read) = frame.event else { return }
            for (index, effect) in frame.effects.enumerated() {
                guard case .write(let address, Array("yes\n".utf8)) = effect else { continue }
                frame.effects[index] = .write(address, bytes: Array("yEs\n".utf8))
            }
        }
        #expect(changes == 1)
        let outcome =
            isQuiet
            ? try await guest.run("replay", "-a", "--quiet", "altered")
            : try await guest.run("replay", "-a", "altered")
        #expect(outcome.ending == .exited(3), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
        return outcome.error
    }

    @Test(arguments: [false, true]) func shortOutput(isQuiet: Bool) async throws {
        let text = try await copy("diverges-output-\(isQuiet)", length: 100, at: 30, isQuiet: isQuiet)
        #expect(text.contains("100 bytes to standard output, of which byte 31 is the first that differs"))
        #expect(text.contains(#/recorded  31  +65 73 0a 78 .*  es\.xx/#), "\(text)")
        #expect(text.contains(#/replayed  31  +45 73 0a 78 .*  Es\.xx/#), "\(text)")
    }

    @Test func longOutput() async throws {
        let text = try await copy("diverges-long-output", length: 1 << 21, at: 1_500_000)
        #expect(text.contains("2097152 bytes to standard output, of which those from 1499648 to 1500159 differ"))
        #expect(text.contains("recorded  only a hash of each 512 bytes"))
    }

    /// Keeps what it reads where nobody looks for it again.
    private static let hoarder = """
        #include <unistd.h>
        static char hoard[1 << 16] = { 1 };
        int main(void) { return read(0, hoard + 40000, 4) < 1; }
        """

    @Test func memory() async throws {
        let guest = try await RecordedGuest("diverges-memory", source: Self.hoarder)
        defer { guest.sandbox.remove() }
        for (number, options) in ["", "--verify-memory", "--verify-memory=1"].enumerated() {
            let recorded =
                options.isEmpty
                ? try await guest.run("record", guest.program, input: "yes\n")
                : try await guest.run("record", options, guest.program, input: "yes\n")
            #expect(recorded.ending == .exited(0), "\(recorded.error)")
            let changes = try await guest.alter("diverges-memory-\(number)", to: "altered\(number)") { frame in
                guard case .syscall(.read) = frame.event else { return }
                for (index, effect) in frame.effects.enumerated() {
                    guard case .write(let address, Array("yes\n".utf8)) = effect else { continue }
                    frame.effects[index] = .write(address, bytes: Array("yEs\n".utf8))
                }
            }
            #expect(changes == 1)
            let outcome = try await guest.run("replay", "-a", "altered\(number)")
            if options.isEmpty {
                // Without digests nobody notices, which is what they are for.
                #expect(outcome.ending == .exited(0), "\(outcome.error)")
            } else {
                #expect(outcome.ending == .exited(3), "\(outcome.error)")
                #expect(outcome.error.contains(#/the same, with other memory: 1 of \d+ pages differ\n/#))
                #expect(outcome.error.contains(#/first page  0x[0-9a-f]{13}000\n/#))
                #expect(
                    outcome.error.contains(
                        #/mapping     \S+diverges-memory, private, .*\n.*offset      0x[0-9a-f]+ in the mapping, at/#),
                    "\(outcome.error)")
                let event = options.hasSuffix("=1") ? "read" : "exit_group"
                #expect(outcome.error.contains("expected  \(event)("), "\(outcome.error)")
            }
        }
    }

    @Test func valuesLoseTheZerosThatBothHave() {
        func both(_ first: String, _ second: String) -> [String] {
            let short = DivergenceReport.shortened("0x" + first, "0x" + second)
            return [short.0, short.1]
        }
        let zero = String(repeating: "0", count: 16)
        let one = String(repeating: "0", count: 15) + "1"
        #expect(both(zero + zero + one, zero + one + zero) == ["0x" + zero + one, "0x" + one + zero])
        #expect(both(zero + zero, zero + one) == ["0x" + zero, "0x" + one])
        #expect(both("01", "02") == ["0x01", "0x02"])
    }
}
