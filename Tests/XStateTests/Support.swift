import FoundationEssentials
import XState

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }
}

enum Layouts {
    static let avxLocation = XStateComponentLocation(type: 2, size: 256, offset: 576)

    /// L01: every AVX CPU.
    static var avx: XStateLayout { get throws { try XStateLayout(mask: [.legacy, .avx], locations: [avxLocation]) } }

    /// L12: Zen 4, Zen 5.
    static var zen5: XStateLayout {
        get throws { try withAVX512(opmask: 832, zmm: 896, hi16: 1408, pkru: 2432) }
    }

    /// L13: Ice Lake.
    static var iceLake: XStateLayout {
        get throws { try withAVX512(opmask: 1088, zmm: 1152, hi16: 1664, pkru: 2688) }
    }

    private static func withAVX512(
        opmask: UInt32, zmm: UInt32, hi16: UInt32, pkru: UInt32
    ) throws -> XStateLayout {
        try XStateLayout(
            mask: [.legacy, .avx, .avx512, .pkru],
            locations: [
                avxLocation,
                .init(type: 5, size: 64, offset: opmask),
                .init(type: 6, size: 512, offset: zmm),
                .init(type: 7, size: 1024, offset: hi16),
                .init(type: 9, size: 8, offset: pkru),
            ])
    }
}

enum Regset {
    /// A regset as the kernel would give it, with nothing in use and Zen 5's MXCSR_MASK.
    static func fresh(_ layout: XStateLayout) -> [UInt8] {
        var raw = [UInt8](repeating: 0, count: layout.size)
        raw[0] = 0x7F
        raw[1] = 0x03
        raw.put(0x1F80 as UInt32, at: 24)
        raw.put(0x2FFFF as UInt32, at: 28)
        raw.put(layout.mask.rawValue, at: 464)
        return raw
    }

    /// Every byte random, but for the header and MXCSR, with the given XSTATE_BV.
    static func random(
        _ layout: XStateLayout, present: XFeatureMask, using generator: inout SeededGenerator
    ) -> [UInt8] {
        var raw = generator.bytes(layout.size)
        raw.put(0x1FA0 as UInt32, at: 24)
        for index in 512..<576 { raw[index] = 0 }
        raw.put(present.rawValue, at: 512)
        return raw
    }
}

extension [UInt8] {
    mutating func put<T: FixedWidthInteger>(_ value: T, at offset: Int) {
        for index in 0..<T.bitWidth / 8 { self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * index)) }
    }

    func get<T: FixedWidthInteger>(_ offset: Int, as type: T.Type = T.self) -> T {
        (0..<T.bitWidth / 8).reduce(0) { $0 | T(truncatingIfNeeded: self[offset + $1]) << (8 * $1) }
    }
}

extension XStateImage {
    func hex(_ name: String) -> String? { fields.first { $0.name == name }?.hex }
}

/// The measured layouts of real CPUs: shared data that is not part of the package.
struct LayoutData: Decodable {
    struct Component: Decodable {
        var offset: UInt32
        var size: UInt32
        var align64: Bool
        var supervisor: Bool?
        var xfd: Bool
    }
    struct Layout: Decodable {
        var id: String
        var xcr0Supported: String
        var sizeMax: Int
        var components: [String: Component]
    }
    struct CPU: Decodable {
        var vendor: String
        var family: UInt32
        var model: UInt32
        var stepping: UInt32
        var brand: String?
        var xcr0Supported: String
        var linuxXcr0: String
        var sizeMax: Int
        var components: [String: Component]
        var complete: Bool
        var layout: String
        var source: String
    }
    var layouts: [Layout]
    var cpus: [CPU]

    static let path = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "shared/data/xsave-layouts.json").path
    static var isPresent: Bool { FileManager.default.fileExists(atPath: path) }

    static func load() throws -> LayoutData {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(LayoutData.self, from: Data(contentsOf: URL(filePath: path)))
    }

    static func mask(_ text: String) -> XFeatureMask {
        XFeatureMask(rawValue: UInt64(text.dropFirst(2), radix: 16) ?? 0)
    }
}

extension LayoutData.CPU {
    /// The CPUID words this record stands for. A dump that stops early gets its layout's remaining subleaves.
    func cpuid(_ layout: LayoutData.Layout) -> CPUIDTable {
        let supported = LayoutData.mask(xcr0Supported).rawValue
        var entries: [CPUIDTable.Entry] = [
            .init(
                leaf: 0xD, subleaf: 0,
                words: .init(
                    eax: UInt32(truncatingIfNeeded: supported), ebx: UInt32(sizeMax), ecx: UInt32(sizeMax),
                    edx: UInt32(supported >> 32)))
        ]
        for (number, c) in components.merging(layout.components, uniquingKeysWith: { own, _ in own }) {
            let flags = (c.supervisor == true ? 1 : 0) | (c.align64 ? 2 : 0) | (c.xfd ? 4 : 0) as UInt32
            let words = CPUIDWords(eax: c.size, ebx: c.offset, ecx: flags)
            entries.append(.init(leaf: 0xD, subleaf: UInt32(number) ?? 99, words: words))
        }
        return CPUIDTable(entries: entries)
    }
}
