internal import Codec
internal import LinuxABI
internal import MachineCode
internal import Ptrace
internal import TraceFormat

/// Where the sensitive instructions of files stand that were scanned before: entries of a cache which may be missing,
/// lost or damaged at any time.
struct SiteCache {
    /// A stretch of a file that was mapped executable.
    struct Key: Hashable {
        var digest: FileDigest
        var offset: UInt64
        var length: UInt64

        var name: String { "\(digest)-\(String(offset, radix: 16))-\(String(length, radix: 16))" }
    }

    /// The result of a scan, by distances from the start of the stretch.
    struct Offsets: Hashable {
        /// The first instruction of a feature in a function.
        struct Feature: Hashable {
            var feature: FeatureInstruction.Feature
            var offset: UInt64
            var length: UInt64
        }

        var instructions: [UInt64] = []
        var unresolved: [UInt64] = []
        var features: [Feature] = []
        var choosesByCPU = false
    }

    let storage: SiteStorage?

    func load(_ key: Key) -> Offsets? {
        storage?.load(key.name).flatMap { Offsets(decoding: $0, limit: key.length) }
    }

    func save(_ offsets: Offsets, for key: Key) { storage?.save(key.name, offsets.encoded) }
}

/// The files of the cache: a directory of the user's.
package struct SiteStorage: Sendable {
    /// The contents of the entry with a name; nil where there is none.
    package var load: @Sendable (_ name: String) -> [UInt8]?
    /// Replaces an entry.
    package var save: @Sendable (_ name: String, _ contents: [UInt8]) -> Void

    package init(
        load: @escaping @Sendable (_ name: String) -> [UInt8]?,
        save: @escaping @Sendable (_ name: String, _ contents: [UInt8]) -> Void
    ) {
        self.load = load
        self.save = save
    }
}

extension SiteCache.Offsets {
    /// The rules of the scan and of the entry: one of other rules is of no use.
    private static let header = "xrr code sites 5"

    /// Lines: the header, a `c` if the code chooses by the CPU, an `i` or a `u` with an offset for each instruction and
    /// each unresolved candidate, an `f` with offset, length and name for the first instruction of a feature in a
    /// function, and the XXH3 of all that; numbers in hexadecimal.
    var encoded: [UInt8] {
        let lines =
            [Self.header] + (choosesByCPU ? ["c"] : []) + instructions.map { "i" + String($0, radix: 16) }
            + unresolved.map { "u" + String($0, radix: 16) }
            + features.map { "f\(String($0.offset, radix: 16)) \(String($0.length, radix: 16)) \($0.feature.rawValue)" }
        let text = Array(lines.joined(separator: "\n").utf8)
        return text + Array("\n\(String(XXH3.hash(text), radix: 16))\n".utf8)
    }

    /// - Parameter limit: what offsets are below.
    init?(decoding bytes: [UInt8], limit: UInt64) {
        let newline = UInt8(ascii: "\n")
        guard bytes.last == newline, let end = bytes.dropLast().lastIndex(of: newline),
            let checksum = UInt64(String(decoding: bytes[(end + 1)...].dropLast(), as: UTF8.self), radix: 16),
            XXH3.hash(Array(bytes[..<end])) == checksum
        else { return nil }
        let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\n")
        guard lines.first == Self.header[...] else { return nil }
        for line in lines.dropFirst() {
            if line == "c" {
                choosesByCPU = true
                continue
            }
            let words = line.dropFirst().split(separator: " ")
            guard let offset = words.first.flatMap({ UInt64($0, radix: 16) }), offset < limit else { return nil }
            switch line.first {
            case "i": instructions.append(offset)
            case "u": unresolved.append(offset)
            case "f":
                guard words.count == 3, let length = UInt64(words[1], radix: 16),
                    (1...UInt64(Instruction.maximumLength)).contains(length),
                    let feature = FeatureInstruction.Feature(rawValue: String(words[2]))
                else { return nil }
                features.append(Feature(feature: feature, offset: offset, length: length))
            default: return nil
            }
        }
    }

    init(_ code: ScannedCode, from start: GuestAddress) {
        instructions = code.sensitive.instructions.map { $0.address - start }
        unresolved = code.sensitive.unresolved.map { $0 - start }
        features = code.features.map {
            Feature(feature: $0.feature, offset: $0.address - start, length: UInt64($0.length))
        }
        choosesByCPU = code.choosesByCPU
    }

    /// The instructions themselves, from memory; nil if they are not there: the entry is of another scan.
    func code(at start: GuestAddress, in image: CodeImage) -> ScannedCode? {
        var found: [SensitiveInstruction] = []
        for offset in instructions {
            let bytes = image.read(start + offset, count: Instruction.maximumLength)
            guard let instruction = SensitiveInstruction.decode(bytes.span, at: start + offset) else { return nil }
            found.append(instruction)
        }
        return ScannedCode(
            sensitive: SensitiveCode(instructions: found, unresolved: unresolved.map { start + $0 }),
            features: features.map {
                FeatureInstruction(feature: $0.feature, address: start + $0.offset, length: Int($0.length))
            }, choosesByCPU: choosesByCPU)
    }
}
