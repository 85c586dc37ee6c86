import Testing

@testable import Ptrace

@Suite struct AvailableMemoryTests {
    @Test func theKernelsTextsAreRead() {
        let text =
            "MemTotal:       24612340 kB\nMemFree:         1 kB\nMemAvailable:   22000000 kB\nSwapFree: 1000 kB\n"
        #expect(AvailableMemory.available(Array(text.utf8)) == 22_001_000 * 1024)
        #expect(AvailableMemory.available(Array("MemFree: 1 kB\n".utf8)) == nil)
        #expect(AvailableMemory.count("inactive_file ", in: Array("anon 5\ninactive_file 4096\n".utf8)) == 4096)
        #expect(AvailableMemory.count("inactive_file ", in: []) == nil)
        let groups = Array("4:memory:/a/b\n1:cpu,cpuacct:/\n0::/c:d\n".utf8)
        #expect(AvailableMemory.path(of: "memory", in: groups) == "/a/b")
        #expect(AvailableMemory.path(of: "", in: groups) == "/c:d")
        #expect(AvailableMemory.path(of: "pids", in: groups) == nil)
    }

    @Test func thisMachineHasSome() throws {
        let available = try #require(AvailableMemory.bytes())
        let total = try #require(AvailableMemory.total())
        #expect(available > 0 && available <= total)
    }
}
