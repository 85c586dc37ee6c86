import FoundationEssentials
import TestSupport
import Testing
import Tracee
import XState

@testable import xrr

/// `xrr record --cpu` and `--xcr0` as the built tool has them, and what `xrr info` says of it afterwards.
@Suite struct PinningTests {
    /// Says what CPUID and XGETBV say, one name and number a line.
    private static let source = """
        #include <cpuid.h>
        #include <stdio.h>
        int main(void) {
            unsigned a, b, c, d, low = 0, high = 0;
            __cpuid(1, a, b, c, d);
            if (c >> 27 & 1) __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
            printf("xcr0 %#x\\navx %u\\nosxsave %u\\nrdrand %u\\n", low, c >> 28 & 1, c >> 27 & 1, c >> 30 & 1);
            __cpuid_count(7, 0, a, b, c, d);
            printf("avx2 %u\\navx512 %u\\n", b >> 5 & 1, b >> 16 & 1);
            __cpuid_count(13, 0, a, b, c, d);
            printf("area %u\\n", b);
        }
        """

    private func with(_ body: (RecordedGuest, HostMachine) async throws -> Void) async throws {
        let guest = try await RecordedGuest("pinned", source: Self.source)
        defer { guest.sandbox.remove() }
        try await body(guest, try HostMachine.current())
    }

    private func numbers(_ text: String) -> [String: String] {
        Dictionary(
            text.split(separator: "\n").compactMap { line in
                let words = line.split(separator: " ").map(String.init)
                return words.count == 2 ? (words[0], words[1]) : nil
            }, uniquingKeysWith: { first, _ in first })
    }

    private func has(_ level: CPULevel, _ machine: HostMachine) -> Bool {
        level.obstacle(on: machine.cpuid, layout: machine.layout) == nil
    }

    /// By what XCR0 is pinned on this machine.
    private static func means(_ machine: HostMachine) -> String { machine.profile.pinsXCR0 ? "kernel" : "software" }

    /// What `xrr info` says of the latest recording: the value of a line.
    private func info(_ name: String, of guest: RecordedGuest) async throws -> String {
        let outcome = try await guest.run("info")
        #expect(outcome.ending == .exited(0))
        let line = outcome.output.split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.map { String($0.dropFirst(name.count).drop { $0 == " " }) } ?? ""
    }

    @Test func theProgramSeesTheLevel() async throws {
        try await with { guest, machine in
            for (level, expected) in [
                (
                    .sse,
                    ["xcr0": "0", "avx": "0", "osxsave": "0", "rdrand": "0", "avx2": "0", "avx512": "0", "area": "0"]
                ),
                (.avx, ["xcr0": "0x7", "avx": "1", "osxsave": "1", "avx2": "0", "avx512": "0", "area": "832"]),
                (.avx2, ["xcr0": "0x7", "avx": "1", "osxsave": "1", "avx2": "1", "avx512": "0", "area": "832"]),
            ] as [(CPULevel, [String: String])] where has(level, machine) {
                let recorded = try await guest.run("record", "--cpu", level.rawValue, guest.program)
                #expect(recorded.ending == .exited(0) && recorded.error.isEmpty)
                let seen = numbers(recorded.output)
                for (name, value) in expected { #expect(seen[name] == value, "\(name) at \(level)") }
                #expect(
                    try await info("pinned to", of: guest)
                        == "\(level.rawValue) (XCR0 by \(Self.means(machine)), CPUID by software)")
                #expect(try await guest.run("replay", "-a").output == recorded.output)
            }
        }
    }

    @Test func theDefaultIsTheBestPortableLevel() async throws {
        try await with { guest, machine in
            let best = CPULevel.best(on: machine.cpuid, xcr0: machine.layout.mask)
            let recorded = try await guest.run("record", guest.program)
            let named = try await guest.run("record", "--cpu", best.rawValue, guest.program)
            #expect(recorded.output == named.output && recorded.ending == .exited(0))
            #expect(try await info("pinned to", of: guest).hasPrefix("\(best.rawValue) "))
        }
    }

    @Test func nativeIsTheMachine() async throws {
        try await with { guest, machine in
            let recorded = try await guest.run("record", "--cpu", "native", guest.program)
            let directly = try await guest.runShell("exec \"$1\"", guest.program)
            #expect(recorded.output == directly.output && !directly.output.isEmpty)
            #expect(try await info("pinned to", of: guest) == "native", "nothing is pinned")
            #expect(try await info("replays on", of: guest) == "the same model of CPU only")
            #expect(try await guest.run("info", "--json").output.contains("\"sameModelOnly\":true"))
            let mask = "0x" + String(machine.layout.mask.rawValue, radix: 16)
            #expect(try await info("xcr0", of: guest) == "\(mask), \(machine.layout.size) bytes")
        }
    }

    /// The same features do not make another model the same.
    @Test func nativeIsForOneModelOfCPU() async throws {
        try await with { guest, _ in
            for (level, status, place) in [
                ("native", Int32(5), "the same model of CPU only"),
                ("sse", 0, "CPUs that have what the program could see"),
            ] {
                #expect(try await guest.run("record", "--cpu", level, guest.program).ending == .exited(0))
                #expect(try await info("replays on", of: guest) == place)
                let json = try await guest.run("info", "--json").output
                #expect(json.contains("\"sameModelOnly\":\(level == "native")"))
                #expect(try await guest.run("cpu", "check", "latest").ending == .exited(0))
                let other = try await guest.runShell(
                    """
                    "$0" cpu dump | sed -E 's/"model":[0-9]+/"model":254/' > other.json
                    exec "$0" cpu check latest other.json
                    """, guest.program)
                #expect(other.ending == .exited(status), "\(other.output)")
                #expect(other.output.contains("depends on its model") == (status != 0))
            }
        }
    }

    /// Programs that look at their own code, or copy it, find it as it is.
    @Test func atNativeCodeStaysAsItIs() async throws {
        let source = """
            #include <stdio.h>
            #include <string.h>
            #include <sys/mman.h>
            __asm__(".text\\n.globl first, last\\nfirst: push %rbx; xor %eax, %eax; cpuid; rdtsc; xor %ecx, %ecx\\n"
                    "mov $42, %eax; pop %rbx; ret; xgetbv; xsave (%rax); fxsave (%rax); xrstor (%rax)\\nlast: nop");
            extern unsigned char first[], last[];
            static unsigned sum(unsigned char *code) {
                unsigned sum = 0;
                for (long i = 0; i < last - first; i++) sum = sum * 31 + code[i];
                return sum;
            }
            int main(void) {
                unsigned char *copy = mmap(NULL, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                memcpy(copy, first, last - first);
                int results = ((int (*)(void))first)() + ((int (*)(void))copy)();
                printf("%d %08x %08x\\n", results, sum(first), sum(copy));
            }
            """
        let guest = try await RecordedGuest("reader", source: source)
        defer { guest.sandbox.remove() }
        let directly = try await guest.runShell("exec \"$1\"", guest.program)
        let recorded = try await guest.run("record", "--cpu", "native", guest.program)
        #expect(recorded.ending == .exited(0) && recorded.error.isEmpty)
        #expect(recorded.output == directly.output && directly.output.hasPrefix("84 "))
        let replayed = try await guest.run("replay", "-a")
        #expect(replayed.ending == .exited(0) && replayed.output == recorded.output)
    }

    /// What a debugger writes into another process's code shows the CPU in few cases: then alone it is a limit.
    @Test func codeThatAnotherProcessWritesIsLookedAt() async throws {
        let directory = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let guest = try await RecordedGuest(
            "parent", source: "#include \"/\(directory)/Programs/cpu_code_written_by_parent.c\"\n")
        defer { guest.sandbox.remove() }
        let recorded = try await guest.run("record", guest.program)
        #expect(recorded.ending == .exited(0) && recorded.error.isEmpty, "\(recorded)")
        #expect(try await info("pinned to", of: guest).contains("another process") == false)
        #expect(try await guest.run("replay", "-a").output == recorded.output)
    }

    /// What makes a recording slow is said once, at its end.
    @Test func whatStopsTheProgramOftenIsSaid() async throws {
        let source = """
            #include <stdlib.h>
            int main(int count, char **words) {
                for (int i = count > 1 ? atoi(words[1]) : 0; i > 0; i--) __builtin_ia32_rdtsc();
            }
            """
        let guest = try await RecordedGuest("counter", source: source)
        defer { guest.sandbox.remove() }
        let often = try await guest.run("record", guest.program, "10000")
        #expect(often.ending == .exited(0) && often.error.hasPrefix("xrr: slow for a known reason: "))
        // The dynamic linker reads the counter some times, too.
        #expect(often.error.contains("rdtsc (100") && often.lines.count == 2)
        #expect(try await guest.run("record", guest.program, "5000").error.isEmpty)
    }

    @Test func lessOfALevel() async throws {
        try await with { guest, _ in
            let recorded = try await guest.run("record", "--xcr0", "0x3", guest.program)
            #expect(recorded.ending == .exited(0) && recorded.error.isEmpty)
            #expect(numbers(recorded.output)["avx"] == "0" && numbers(recorded.output)["xcr0"] == "0")
            #expect(try await info("pinned to", of: guest).hasPrefix("a profile's or a part of a level's features "))
            #expect(try await info("xcr0", of: guest) == "0x3, 576 bytes")
            #expect(try await guest.run("replay", "-a").output == recorded.output)
        }
    }

    @Test func profilesAreLevelsOfTheirOwn() async throws {
        try await with { guest, machine in
            // What the machine itself would have in common with another one like it.
            let dumped = try await guest.runShell(
                "\"$0\" cpu dump > host.json; exec \"$0\" record --cpu host.json \"$1\"", guest.program)
            #expect(dumped.ending == .exited(0) && dumped.error.isEmpty)
            let mask = machine.layout.mask.intersection(PinnedCPU.portableComponents)
            let expected = mask == .legacy ? "0" : "0x" + String(mask.rawValue, radix: 16)
            #expect(numbers(dumped.output)["xcr0"] == expected && numbers(dumped.output)["rdrand"] == "0")
            #expect(try await info("pinned to", of: guest).hasPrefix("a profile's or a part of a level's features "))
            // A recording stands for its CPU.
            let again = try await guest.run("record", "--cpu", guest.recordingPath("pinned-0"), guest.program)
            #expect(again.ending == .exited(0) && again.output == dumped.output)
        }
    }

    @Test func whatThisMachineLacksIsSaid() async throws {
        try await with { guest, machine in
            for level in CPULevel.portable where !has(level, machine) {
                let refused = try await guest.run("record", "--cpu", level.rawValue, guest.program)
                #expect(refused.ending == .exited(125) && refused.output.isEmpty)
                #expect(refused.error.hasPrefix("xrr: cannot record with --cpu \(level.rawValue): "))
                #expect(refused.error.contains("--cpu native"))
            }
            // No machine has AVX there.
            let odd = try guest.sandbox.write(
                """
                {"xrrCPUProfile":1,"identity":{"vendor":"GenuineIntel","family":6,"model":1,"stepping":1,"brand":"odd"},
                "isaLevel":"x86-64-v3","xcr0":"0x7","layout":[{"component":2,"offset":4096,"size":256,"flags":0}],
                "x87":"all","mxcsrMask":"0xffff"}
                """, to: "odd.json")
            let refused = try await guest.run("record", "--cpu", odd, guest.program)
            #expect(refused.ending == .exited(125) && refused.error.contains("\(odd): "))
            #expect(refused.lines.count == 2, "one line: \(refused.error)")
        }
    }

    @Test(
        arguments: [
            (["--cpu", "avx3"], 64, "'avx3' is no CPU"), (["--cpu", "/no/such/file"], 64, "'/no/such/file' is no CPU"),
            (["--cpu", "AVX2"], 64, "'AVX2' is no CPU"), (["--cpu", "/etc/passwd"], 125, "neither a CPU profile"),
            (["--cpu", "/"], 125, "/ is no recording"), (["--xcr0", "7x"], 64, "'7x' is no mask"),
            (["--xcr0", ""], 64, "no mask"), (["--xcr0", "-1"], 64, ""), (["--xcr0", "0x5"], 125, "0x5 is not legal"),
            (["--xcr0", "0"], 125, "not legal"), (["--xcr0", "0x4000000000000007"], 125, "0x4000000000000000"),
            (["--cpu", "sse", "--xcr0", "0x7"], 125, ""), (["--cpu"], 64, ""),
            (["--xcr0", "0x10000000000000000"], 64, "no mask"),
        ] as [([String], Int32, String)])
    func mistakesAreSaidBeforeAnythingIsRecorded(words: [String], status: Int32, message: String) async throws {
        try await with { guest, _ in
            let script = "exec \"$0\" record \(words.map { "'\($0)'" }.joined(separator: " ")) -- \"$1\""
            let outcome = try await guest.runShell(script, guest.program)
            #expect(outcome.ending == .exited(status), "\(outcome.error)")
            #expect(outcome.output.isEmpty && outcome.error.contains(message))
            #expect(outcome.lines.dropLast().allSatisfy { $0.hasPrefix("xrr: ") })
            #expect(try await guest.run("ls").output.contains("pinned-0") == false)
        }
    }

    /// The limits of the pin: as warnings, in the manifest and in the verdict.
    @Test func whatThePinDoesNotCoverIsNamed() async throws {
        for (name, reason) in [
            ("cpu_code_shared", "code shared with other mappings"),
            ("cpu_code_writable_for_long", "code that is written or entered again and again"),
        ] {
            let program = try #require(try Self.guest(name))
            let binary = try await program.compiled()
            try await with { guest, _ in
                let copy = try await guest.sandbox.copyProgram(binary, as: name)
                let recorded = try await guest.run("record", copy)
                #expect(recorded.ending == .exited(0) && recorded.output.contains("EXIT-SUCCESS"))
                let pin = try await info("pinned to", of: guest)
                // Both have CPUID in their code, for which the kernel's pin of XCR0 does not help.
                #expect(pin.contains("; replays on the same CPU only: not all instructions of \(reason)"), "\(pin)")
                #expect(recorded.lines.filter { $0.contains(reason) }.count == 1, "\(recorded.error)")
                #expect(try await guest.run("replay", "-a").ending == .exited(0))
                // At the level native nothing was promised.
                let native = try await guest.run("record", "--cpu", "native", copy)
                #expect(native.ending == .exited(0) && native.error.isEmpty)
                #expect(try await info("pinned to", of: guest).contains("same CPU only") == false)
            }
        }
    }

    private static func guest(_ name: String) throws -> GuestProgram? {
        let source = "\(GuestProgram.directory)/\(name).c"
        return try GuestProgram(name: name, source: source, text: String(contentsOfFile: source, encoding: .utf8))
    }

    /// The cache of code sites is only a cache.
    @Test func aDamagedCacheOfSitesIsIgnored() async throws {
        try await with { guest, _ in
            let script = """
                export XDG_CACHE_HOME=$PWD/cache
                "$0" record "$1" > first && ls cache/xrr/sites/* > entries || exit 1
                for entry in cache/xrr/sites/*; do
                    case $change in
                    cut) head -c 20 $entry > cut && mv cut $entry ;;
                    empty) : > $entry ;;
                    other) echo "xrr code sites 9" > $entry ;;
                    directory) rm $entry && mkdir $entry ;;
                    fifo) rm $entry && mkfifo $entry ;;
                    unreadable) chmod 0 $entry ;;
                    esac
                done
                "$0" record "$1" > second && cmp first second && wc -l < entries && "$0" replay -a
                """
            for change in ["cut", "empty", "other", "directory", "fifo", "unreadable"] {
                let outcome = try await guest.runShell("change=\(change)\nrm -rf cache\n" + script, guest.program)
                #expect(outcome.ending == .exited(0) && outcome.error.isEmpty, "\(change): \(outcome.error)")
                let lines = outcome.output.split(separator: "\n")
                #expect(Int(lines.first ?? "").map { $0 > 0 } == true, "\(change)")
                #expect(numbers(outcome.output)["avx512"] == "0")
            }
        }
    }
}
