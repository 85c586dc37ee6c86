import LinuxABI
import Testing
import TraceFormat
import Tracee

@Suite struct MemoryMapTests {
    private func parse(_ text: String) -> [MemoryMapEntry] { MemoryMap(parsing: Array(text.utf8)).entries }

    @Test func readsTheFieldsOfALine() throws {
        let entry = try #require(
            parse("55d0c0000000-55d0c0004000 r-xp 00002000 fe:01 1310733                    /usr/bin/some program\n")
                .first)
        #expect(entry.start == GuestAddress(0x55d0_c000_0000) && entry.end == GuestAddress(0x55d0_c000_4000))
        #expect(entry.length == 0x4000 && entry.offset == 0x2000 && entry.inode == 1_310_733)
        #expect(entry.isReadable && !entry.isWritable && entry.isExecutable && !entry.isShared)
        #expect(entry.protection == 5)
        #expect(entry.name == "/usr/bin/some program")
        #expect(!entry.isKernelProvided)
    }

    @Test func anonymousMemoryHasNoName() throws {
        let entry = try #require(parse("7f00-8000 rw-s 00000000 00:00 0 \n").first)
        #expect(entry.name.isEmpty && entry.isShared && entry.inode == 0 && entry.protection == 3)
        // Without the blank that the kernel leaves at the end.
        #expect(parse("7f00-8000 rw-s 00000000 00:00 0").first == entry)
    }

    @Test func theKernelsOwnMappingsAreKnown() {
        let text = """
            7ffc1000-7ffc5000 r--p 00000000 00:00 0                          [vvar]
            7ffc5000-7ffc7000 r-xp 00000000 00:00 0                          [vdso]
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
            7ffb0000-7ffc0000 rw-p 00000000 00:00 0                          [stack]
            """
        #expect(parse(text).map(\.isKernelProvided) == [true, true, true, false])
        #expect(parse(text)[2].end == GuestAddress(0xffff_ffff_ff60_1000))
    }

    @Test func namesKeepWhatTheKernelWrites() {
        let names = parse(
            """
            1000-2000 r--p 00000000 00:00 7 /tmp/a\\012b
            2000-3000 r--p 00000000 00:00 7 /tmp/gone (deleted)
            """
        ).map(\.name)
        #expect(names == ["/tmp/a\\012b", "/tmp/gone (deleted)"])
    }

    @Test(arguments: [
        "", "\n\n", "garbage", "1000 2000 r--p 00000000 00:00 0", "1000-2000", "1000-2000 r--p", "1000-2000 r--p 0",
        "1000-2000 r- 00000000 00:00 0", "xyz-2000 r--p 00000000 00:00 0", "1000-2000 r--p 00000000 00:00 none",
        "10000000000000000-2 r--p 00000000 00:00 0",
    ])
    func linesOfAnotherFormArePassedOver(text: String) {
        #expect(parse(text).isEmpty)
        #expect(parse("\(text)\n1000-2000 r--p 00000000 00:00 0\n").count == 1, "what follows is read all the same")
    }

    @Test func whatCanBeReadEndsAtAGap() {
        let text = """
            1000-2000 r--p 00000000 00:00 0
            2000-3000 -w-p 00000000 00:00 0
            3000-4000 ---p 00000000 00:00 0
            5000-6000 r-xp 00000000 00:00 0
            """
        let map = MemoryMap(parsing: Array(text.utf8))
        func length(_ start: UInt64, _ limit: Int = 0x10000) -> Int {
            map.readableLength(from: GuestAddress(start), atMost: limit)
        }
        #expect(length(0x1000) == 0x2000 && length(0x1FFF) == 0x1001 && length(0x2800) == 0x800)
        #expect(length(0x1FFF, 0x1001) == 0x1001 && length(0x1FFF, 2) == 2 && length(0x1000, 0) == 0)
        #expect(length(0x3000) == 0 && length(0x4000) == 0 && length(0xFFF) == 0 && length(0x5FFF) == 1)
    }

    /// The kernel makes one line of xrr's scratch memory and what the program has mapped behind it.
    @Test func whatLiesNextToXrrsPagesIsTheProgramsOwn() {
        let own = MemoryMap(
            parsing: Array(
                """
                6f000000-70000000 r-xp 00000000 00:00 0
                70000000-70001000 r-xp 00000000 00:00 0
                70001000-71003000 rw-p 00000000 00:00 0
                72000000-72001000 rw-p 00000000 00:00 0
                """.utf8))
        #expect(own.entries.count == 5)
        #expect(own.ranges.map(\.start.rawValue) == [0x6f00_0000, 0x7100_0000, 0x7200_0000])
        #expect(own.ranges.map(\.pageCount) == [0x1000, 3, 1])
        let around = MemoryMap(parsing: Array("6ffff000-71001000 rw-p 00000000 00:00 0".utf8))
        #expect(around.ranges.map(\.start.rawValue) == [0x6fff_f000, 0x7100_0000])
    }

    @Test func rangesAreLeftOut() {
        let map = MemoryMap(
            parsing: Array("10000-20000 rw-p 00000000 00:00 0\n30000-40000 r--p 00005000 08:01 7 /f".utf8))
        func without(_ start: UInt64, _ end: UInt64) -> [Range<UInt64>] {
            map.without([GuestAddress(start)..<GuestAddress(end)]).entries.map { $0.start.rawValue..<$0.end.rawValue }
        }
        #expect(map.without([]).entries == map.entries)
        #expect(without(0x10000, 0x20000) == [0x30000..<0x40000])
        #expect(without(0x14000, 0x18000) == [0x10000..<0x14000, 0x18000..<0x20000, 0x30000..<0x40000])
        #expect(without(0x18000, 0x38000) == [0x10000..<0x18000, 0x38000..<0x40000])
        #expect(map.without([GuestAddress(0x30000)..<GuestAddress(0x38000)]).entries.last?.offset == 0xd000)
    }
}
