import Testing
import XState

struct CPUIDTableTests {
    /// Leaf 0 with the vendor's name, the given highest leaf, and a few more.
    static func table(vendor: [UInt32], highest: UInt32 = 0xD) -> CPUIDTable {
        CPUIDTable(entries: [
            .init(leaf: 0xB, subleaf: 0, words: .init(eax: 1, ebx: 2, ecx: 0x100, edx: 77)),
            .init(leaf: 0, words: .init(eax: highest, ebx: vendor[0], ecx: vendor[2], edx: vendor[1])),
            .init(leaf: 1, words: .init(eax: 0x00B4_0F40, ebx: 11)),
            .init(leaf: 0x4, subleaf: 0, words: .init(eax: 0x121)),
            .init(leaf: 0xD, subleaf: 2, words: .init(eax: 256, ebx: 576)),
            .init(leaf: 0xD, subleaf: 0, words: .init(eax: 7)),
            .init(leaf: 0x8000_0000, words: .init(eax: 0x8000_0008)),
        ])
    }
    static let amd = table(vendor: [0x6874_7541, 0x6974_6E65, 0x444D_4163])
    static let intel = table(vendor: [0x756E_6547, 0x4965_6E69, 0x6C65_746E])

    @Test func entriesAreSortedAndTheLastOfTwoCounts() {
        let table = CPUIDTable(entries: [
            .init(leaf: 7, subleaf: 1, words: .init(eax: 1)), .init(leaf: 7, subleaf: 0, words: .init(eax: 2)),
            .init(leaf: 7, subleaf: 1, words: .init(eax: 3)), .init(leaf: 2, words: .init(eax: 4)),
        ])
        #expect(table.entries.map(\.words.eax) == [4, 2, 3])
        #expect(table.entry(leaf: 7, subleaf: 1)?.words.eax == 3)
        #expect(table.entry(leaf: 7, subleaf: 2) == nil)
        #expect(CPUIDTable(entries: table.entries.reversed()) == table)
    }

    @Test func leavesWithoutSubleavesIgnoreECX() {
        #expect(Self.amd.words(leaf: 1, subleaf: 5).ebx == 11)
    }

    @Test func unknownSubleavesAreZero() {
        #expect(Self.intel.words(leaf: 0xD, subleaf: 2).ebx == 576)
        #expect(Self.intel.words(leaf: 0xD, subleaf: 3) == CPUIDWords())
        #expect(Self.intel.words(leaf: 4, subleaf: 1) == CPUIDWords())
        #expect(Self.intel.words(leaf: 0xB, subleaf: 5) == CPUIDWords(ecx: 5, edx: 77))
    }

    @Test func leavesInRangeThatAreMissingAreZero() {
        #expect(Self.intel.words(leaf: 3) == CPUIDWords())
        #expect(Self.intel.words(leaf: 0x8000_0007) == CPUIDWords())
    }

    @Test(arguments: [0xE, 0x20, 0x4000_0000, 0x8000_0009, 0xFFFF_FFFF] as [UInt32])
    func leavesBeyondTheHighest(leaf: UInt32) {
        #expect(Self.amd.words(leaf: leaf, subleaf: 2) == CPUIDWords())
        #expect(Self.intel.words(leaf: leaf, subleaf: 2) == CPUIDWords(eax: 256, ebx: 576))
        #expect(Self.intel.words(leaf: leaf, subleaf: 9) == CPUIDWords())
    }

    @Test func anEmptyTableAnswersZeros() {
        #expect(CPUIDTable(entries: []).words(leaf: 0) == CPUIDWords())
        #expect(CPUIDTable(entries: []).words(leaf: 7, subleaf: 3) == CPUIDWords())
    }
}

struct CPUIdentityTests {
    private func identity(_ signature: UInt32) -> CPUIdentity {
        CPUIdentity(CPUIDTable(entries: [.init(leaf: 1, words: .init(eax: signature))]))
    }

    @Test func vendor() {
        #expect(CPUIdentity(CPUIDTableTests.amd).vendor == "AuthenticAMD")
        #expect(CPUIdentity(CPUIDTableTests.intel).vendor == "GenuineIntel")
        #expect(CPUIdentity(CPUIDTableTests.amd).isAMDFamily)
        #expect(!CPUIdentity(CPUIDTableTests.intel).isAMDFamily)
    }

    @Test(
        "signatures of the vendors' guides",
        arguments: [
            (0x00B4_0F40, 26, 0x44, 0), (0x00A2_0F10, 25, 0x21, 0), (0x0005_0654, 6, 85, 4), (0x000C_06F2, 6, 207, 2),
            (0x0000_0F29, 15, 2, 9), (0x0000_0543, 5, 4, 3), (0x0000_07B1, 7, 11, 1),
        ] as [(UInt32, UInt32, UInt32, UInt32)])
    func signature(_ eax: UInt32, _ family: UInt32, _ model: UInt32, _ stepping: UInt32) {
        let identity = identity(eax)
        #expect(identity.family == family)
        #expect(identity.model == model)
        #expect(identity.stepping == stepping)
    }

    @Test func brandIsTrimmed() {
        func words(_ text: String) -> CPUIDWords {
            let bytes = Array(text.utf8)
            let word = { (i: Int) in (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[4 * i + $1]) << (8 * $1) } }
            return .init(eax: word(0), ebx: word(1), ecx: word(2), edx: word(3))
        }
        let table = CPUIDTable(entries: [
            .init(leaf: 0x8000_0002, words: words("    AMD Ryzen 9 ")),
            .init(leaf: 0x8000_0003, words: words("9950X 16-Core Pr")),
            .init(leaf: 0x8000_0004, words: words("ocessor      \0\u{1}z")),
        ])
        #expect(CPUIdentity(table).brand == "AMD Ryzen 9 9950X 16-Core Processor")
        #expect(CPUIdentity(CPUIDTable(entries: [])).brand == "")
    }
}
