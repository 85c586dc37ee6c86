import LinuxABI
import Replayer
import TestSupport
import Testing
import TraceFormat
import XState

@testable import xrr

/// Dumps of machines with different layouts: what a CPU lacks is initial, and where it keeps things does not matter.
@Suite struct DumpComparisonTests {
    private static let intel = [
        "# xrr register dump 1", "# recording 00", "# vendor GenuineIntel", "# signature 6/85/7", "# brand Xeon",
        "# xcr0 0x2e7", "# layout 2:256@576 5:64@1088 6:512@1152 7:1024@1664 9:8@2688",
    ]
    private static let amd = [
        "# xrr register dump 1", "# recording 00", "# vendor AuthenticAMD", "# signature 25/33/0", "# brand Ryzen",
        "# xcr0 0x207", "# layout 2:256@576 9:8@2432",
    ]
    private static let old = [
        "# xrr register dump 1", "# recording 00", "# vendor GenuineIntel", "# signature 6/26/3", "# brand",
        "# xcr0 0x3", "# layout",
    ]
    private static let low = "00112233445566778899aabbccddeeff"
    private static let high = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    /// Compares files of these lines; no user and no recording is needed.
    private func compare(
        _ first: [String], _ second: [String], _ options: String...
    ) async throws -> (ending: Command.Ending, output: String, error: String) {
        let sandbox = try Sandbox("compare-dumps")
        defer { sandbox.remove() }
        let a = try sandbox.write(first.joined(separator: "\n") + "\n", to: "a")
        let b = try sandbox.write(second.joined(separator: "\n") + "\n", to: "b")
        let command = Command(
            words: [Environment.tool, "compare", a, b] + options, directory: sandbox.root, output: sandbox.path("out"),
            error: sandbox.path("err"))
        let ending = try await command.run()
        return (
            ending, String(decoding: sandbox.bytes("out"), as: UTF8.self),
            String(decoding: sandbox.bytes("err"), as: UTF8.self)
        )
    }

    @Test func equalValuesOfTwoLayoutsCompareEqual() async throws {
        let wide = String(repeating: "0", count: 64) + Self.high + Self.low
        let zmm = "7 0 write rax=0x1 eflags=0x246 fcw=0x037f mxcsr=0x00001f80 zmm3=0x\(wide) pkru=0x55555554"
        let ymm =
            "7 0 write rax=0x1 eflags=0x202 fcw=0x037f mxcsr=0x00001f80 ymm3=0x\(Self.high)\(Self.low) pkru=0x55555554"
        let outcome = try await compare(Self.intel + [zmm], Self.amd + [ymm])
        #expect(outcome.ending == .exited(0), "\(outcome.output)\(outcome.error)")
        #expect(outcome.output.isEmpty && outcome.error.isEmpty)
    }

    @Test func whatACPULacksIsInitial() async throws {
        let xmm = "7 0 write fcw=0x037f mxcsr=0x00001f80 xmm3=0x\(Self.low)"
        let same =
            "7 0 write fcw=0x037f mxcsr=0x00001f80 zmm3=0x\(String(repeating: "0", count: 96))\(Self.low) pkru=0x55555554"
        #expect(try await compare(Self.old + [xmm], Self.intel + [same]).ending == .exited(0))
        let other = "\(same.dropLast(8))00000000 k1=0x0000000000000001"
        let outcome = try await compare(Self.old + [xmm], Self.intel + [other], "--json")
        #expect(outcome.ending == .exited(1))
        #expect(
            outcome.output.split(separator: "\n") == [
                #"{"frame":7,"event":"write","component":"PKRU","name":"pkru","first":"0x55555554","second":"0x00000000"}"#,
                #"{"frame":7,"event":"write","component":"OPMASK","name":"k1","first":"0x0000000000000000","second":"0x0000000000000001"}"#,
            ])
    }

    @Test func aDifferenceIsNamedByEventComponentAndRegister() async throws {
        let changed = "1" + Self.high.dropFirst()
        let first = ["6 0 read rax=0x1", "7 0 write rax=0x1 ymm3=0x\(Self.high)\(Self.low)"]
        let second = ["6 0 read rax=0x1", "7 0 write rax=0x1 ymm3=0x\(changed)\(Self.low)"]
        let outcome = try await compare(Self.intel + first, Self.amd + second)
        #expect(outcome.ending == .exited(1))
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 7)
        #expect(lines[0].hasPrefix("--- ") && lines[0].hasSuffix("/a: GenuineIntel 6/85/7, Xeon; XCR0 0x2e7"))
        #expect(lines[1].hasPrefix("+++ ") && lines[1].hasSuffix("/b: AuthenticAMD 25/33/0, Ryzen; XCR0 0x207"))
        #expect(
            lines.dropFirst(2) == [
                "event 7, write: AVX", "  ymm3", "    - 0x\(Self.high)\(Self.low)", "    + 0x\(changed)\(Self.low)",
                "1 of 2 events differ: AVX in 1",
            ])
    }

    /// Between CPUs of one model they count.
    @Test func undefinedFlagsAreLeftOutBetweenCPUs() async throws {
        let (first, second) = (["7 0 write eflags=0x202"], ["7 0 write eflags=0xad7"])
        #expect(try await compare(Self.intel + first, Self.amd + second).ending == .exited(0))
        #expect(try await compare(Self.amd + first, Self.amd + second).ending == .exited(1))
        // The direction flag is no arithmetic one.
        #expect(try await compare(Self.intel + first, Self.amd + ["7 0 write eflags=0x602"]).ending == .exited(1))
    }

    @Test func aShorterSideIsADifference() async throws {
        let outcome = try await compare(Self.amd + ["6 0 read rax=0x1"], Self.amd + ["6 0 read rax=0x1", "7 0 write"])
        #expect(outcome.ending == .exited(1))
        #expect(outcome.output.contains("/a ends before event 7\n0 of 1 events differ\n"))
    }

    @Test(arguments: [
        (["no dump"], "is no register dump"), ([], "is no register dump"),
        (["# xrr register dump 2"], "a newer xrr has written"),
        (["# xrr register dump 1", "# signature 1/2"], "no line '# signature'"),
        (Self.amd.dropLast() + ["# layout 2:256@576"], "no line '# layout'"),
        (Self.amd + ["7 0"], "line 8: this is no line of a register dump"),
        (Self.amd + ["7 0 write rax=7"], "line 8: this is no line of a register dump"),
        (
            Self.amd + ["7 0 write zmm0=0x1" + String(repeating: "0", count: 128)],
            "line 8: this is no line of a register dump"
        ),
    ])
    func whatIsNoDumpIsTrouble(lines: [String], words: String) async throws {
        let outcome = try await compare(lines, Self.amd)
        #expect(outcome.ending == .exited(2))
        #expect(outcome.error.hasPrefix("xrr: ") && outcome.error.contains(words), "\(outcome.error)")
    }

    @Test func theHeadIsReadBack() throws {
        let origin = try StateOrigin(parsing: Self.intel)
        #expect(origin.cpu.vendor == "GenuineIntel" && origin.cpu.model == 85 && origin.layout[.pkru]?.offset == 2688)
        #expect(try StateOrigin(parsing: origin.lines(recording: .random())) == origin)
        #expect(try StateOrigin(parsing: Self.old).layout.mask == .legacy)
    }

    /// Every register that an image can hold has a component, and its parts have theirs.
    @Test func everyRegisterHasAComponent() throws {
        for field in try XStateImage.initial(mask: .storable).fields {
            let value = RegisterValue(name: field.name, text: "0x1")
            let components = value.components(differingFrom: RegisterValue(name: field.name, text: "0x0"))
            #expect(components == XFeatureMask(field.component == .zmmHi256 ? .sse : field.component), "\(field.name)")
        }
        let (low, high) = (RegisterValue(name: "xmm3", text: "0x1"), RegisterValue(name: "zmm3", text: "0x0"))
        #expect(low.components(differingFrom: high) == .sse)
        let everything = RegisterValue(name: "zmm3", text: "0x" + String(repeating: "f", count: 128))
        #expect(everything.components(differingFrom: low) == [.sse, .avx, .zmmHi256])
        #expect(RegisterValue(name: "rax", text: "0x1").components(differingFrom: high) == [])
    }
}
