import LinuxABI
import Testing

@testable import Symbols

@Suite struct SymbolizerTests {
    @Test func unmappedAddressesHaveNoName() {
        let symbolizer = Symbolizer(modules: [])
        #expect(symbolizer.symbol(at: GuestAddress(0x1000)) == nil)
    }

    @Test func filesThatAreNotELFLeaveModuleAndOffset() throws {
        let scratch = try ScratchDirectory()
        defer { withExtendedLifetime(scratch) {} }
        let path = scratch.path + "/text"
        try GuestProgram.write(Array("no program".utf8), to: path)
        let module = GuestModule(
            start: GuestAddress(0x10000), end: GuestAddress(0x12000), fileOffset: 0x3000, storedPath: path,
            displayPath: "/data")
        let found = Symbolizer(modules: [module]).symbol(at: GuestAddress(0x10010))
        #expect(found?.description == "/data+0x3010")
    }

    @Test func namesOfCPlusPlusAreDemangled() throws {
        let scratch = try ScratchDirectory()
        defer { withExtendedLifetime(scratch) {} }
        let path = scratch.path + "/guest"
        try GuestProgram.compile(
            to: path, language: "cc",
            source: """
                #include <unistd.h>
                namespace space { struct Sleeper { __attribute__((noinline)) int nap(int n); }; }
                volatile int sum;
                int space::Sleeper::nap(int n) { pause(); sum += n; return sum; }
                int main() { space::Sleeper s; return s.nap(1) + 1; }
                """)
        let guest = try GuestProgram(running: path)
        let modules = try guest.modules { $0 }
        let frames = try Backtrace.capture(registers: guest.registers(), modules: modules) { guest.memory($0, $1) }
        let symbolizer = Symbolizer(modules: modules)
        let functions = frames.compactMap { symbolizer.symbol(at: $0.lookupAddress)?.function }
        #expect(functions.contains { $0.name == "space::Sleeper::nap(int)" && $0.symbol.hasPrefix("_ZN5space") })
    }

    /// Recordings are untrusted: whatever stands in a stored file, looking up addresses in it must not crash.
    @Test func damagedFilesAreSurvived() throws {
        let scratch = try ScratchDirectory()
        defer { withExtendedLifetime(scratch) {} }
        let directory = scratch.path
        try GuestProgram.compile(to: directory + "/guest")
        let original = try GuestProgram.read(directory + "/guest")
        var random = SystemRandomNumberGenerator()
        for round in 0..<400 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                // Headers at the front and section headers at the end decide most.
                let region = [0..<min(1024, bytes.count), max(0, bytes.count - 3000)..<bytes.count, 0..<bytes.count]
                bytes[Int.random(in: region.randomElement(using: &random)!, using: &random)] =
                    UInt8.random(in: 0...255, using: &random)
            }
            if round % 4 == 0 { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            let path = directory + "/damaged"
            try GuestProgram.write(bytes, to: path)
            let module = GuestModule(
                start: GuestAddress(0x10000), end: GuestAddress(0x20000), fileOffset: 0, storedPath: path,
                displayPath: "damaged")
            let symbolizer = Symbolizer(modules: [module])
            for offset in stride(from: UInt64(0), to: 0x4000, by: 0x123) {
                let found = symbolizer.symbol(at: GuestAddress(0x10000 + offset))
                #expect(found?.module == "damaged")
            }
        }
    }
}
