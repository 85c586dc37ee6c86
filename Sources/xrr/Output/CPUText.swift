import XState

/// A profile in words.
struct CPUText {
    private let profile: CPUProfile

    init(_ profile: CPUProfile) { self.profile = profile }

    var lines: [String] {
        let cpu = profile.identity
        let facts: [(String, String)] = [
            (
                "cpu",
                "\(TextFormat.printable(cpu.brand)) (\(TextFormat.printable(cpu.vendor)) "
                    + "\(cpu.family)/\(cpu.model)/\(cpu.stepping))"
            ),
            ("psABI level", isaLevel?.rawValue ?? "below x86-64-v1"),
            ("xcr0", "\(TextFormat.hexadecimal(profile.xcr0.rawValue)) \(profile.xcr0)\(known(profile.sources.xcr0))"),
            ("xsave area", "\(profile.layout.size) bytes\(known(profile.sources.layout))"),
            ("x87 pointers", "\(profile.x87.rawValue): \(profile.x87.words)\(known(profile.sources.x87))"),
            (
                "mxcsr mask",
                TextFormat.hexadecimal(UInt64(profile.mxcsrMask)) + known(profile.sources.mxcsrMask)
            ),
            ("cpuid", "\(profile.cpuid.entries.count) leaves and subleaves\(known(profile.sources.cpuid))"),
        ]
        var lines = facts.map { TextFormat.aligned($0.0, 14) + $0.1 }
        lines += ["", "components    bit  offset   size"]
        lines += ["  x87           0       0    160", "  SSE           1     160    256"]
        lines += profile.layout.locations.map { location in
            let name = TextFormat.aligned(location.component?.name ?? "", 12)
            return "  " + name + right("\(location.type)", 5) + right("\(location.offset)", 8)
                + right("\(location.size)", 7)
        }
        lines += ["", "levels"]
        let best = CPULevel.best(on: profile.cpuid, xcr0: profile.xcr0)
        for level in CPULevel.portable {
            let obstacle = profile.obstacle(to: level)
            let state = obstacle.map { "no: " + Self.words($0) } ?? (level == best ? "yes, the default" : "yes")
            lines.append("  " + TextFormat.aligned(level.rawValue, 14) + state)
        }
        lines += ["", "instructions that a recording can be pinned to"]
        lines += wrapped(names { $0.instructionMask(with: profile.xcr0.intersection(PinnedCPU.portableComponents)) })
        let withheld = names { $0.significantMask & ~$0.instructionMask(with: PinnedCPU.portableComponents) }
        if !withheld.isEmpty {
            lines += ["", "instructions that only recordings at the level native have"]
            lines += wrapped(withheld)
        }
        return lines
    }

    private var isaLevel: ISALevel? {
        ISALevel.allCases.last { level in
            level.components.isSubset(of: profile.xcr0)
                && level.required.allSatisfy { $0.value & ~profile.cpuid.features(at: $0.key) == 0 }
        }
    }

    private func known(_ source: CPUProfile.Source) -> String { " (\(source.rawValue))" }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    /// The names of bits that are set; those without a name as the place where they stand.
    private func names(_ mask: (CPUFeatureWord) -> UInt32) -> [String] {
        CPUFeatureWord.all.flatMap { word in
            let bits = profile.cpuid.features(at: word.place) & mask(word)
            return (0..<32).filter { bits >> $0 & 1 != 0 }.map { bit in
                let bit = CPUIDBit(word.place, bit: bit)
                return bit.name ?? bit.description
            }
        }
    }

    /// At most 100 columns.
    private func wrapped(_ words: [String]) -> [String] {
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.count + word.count < 100 {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append("  " + word)
            }
        }
        return lines.isEmpty ? ["  none"] : lines
    }

    /// What is missing, without saying of what.
    static func words(_ error: PinError) -> String {
        switch error {
        case .missing(_, let bits, let components):
            return words(lacking: components.components.map { "\($0) in XCR0" } + bits.map(\.description))
        case .otherPlace(_, let wanted, let host):
            return "\(wanted.component?.name ?? "") is at \(host.offset), not at \(wanted.offset)"
        default: return error.description
        }
    }

    /// The first few: a CPU that lacks many is of another generation, and the rest says no more.
    private static func words(lacking names: [String]) -> String {
        let shown = names.prefix(6)
        return "lacks " + shown.joined(separator: ", ")
            + (names.count > shown.count ? " and \(names.count - shown.count) more" : "")
    }
}
