import Testing

@testable import Ptrace

@Suite struct AvailableMemoryTests {
    @Test func theKernelsTextsAreRead() {
        let text =
            "MemTotal:       24612340 kB\nMemFree:         1 kB\nMemAvailable:   22000000 kB\nSwapFree: 1000 kB\n"
        #expect(AvailableMemory.available(Array(text.utf8)) == 22_001_000 * 1024)
        #expect(AvailableMemory.available(Array("MemFree: 1 kB\n".utf8)) == nil)
        #expect(AvailableMemory.inactiveFile(Array("anon 5\ninactive_file 4096\n".utf8)) == 4096)
        #expect(AvailableMemory.inactiveFile([]) == nil)
    }

    @Test func thisMachineHasSome() throws {
        let available = try #require(AvailableMemory.bytes())
        let total = try #require(AvailableMemory.total())
        #expect(available > 0 && available <= total)
    }
}
