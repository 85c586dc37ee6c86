import Replayer
import XState

/// A register and its value as text, in the form in which dumps have them: equal values are equal whatever part of a
/// vector register the CPU had, since what it lacks counts as initial.
struct RegisterValue: Hashable {
    /// As `XStateField.name`, or as `Registers.names`.
    var name: String
    /// `0x` and hexadecimal digits.
    var text: String

    init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// `NAME=VALUE`; nil for anything else.
    init?(parsing word: Substring) {
        let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, !sides[0].isEmpty, sides[1].hasPrefix("0x"), sides[1].utf8.count > 2,
            sides[1].dropFirst(2).utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || Self.letters ~= $0 })
        else { return nil }
        self.init(name: String(sides[0]), text: String(sides[1]))
        if vector != nil, digits.utf8.count > Self.digitsOfZMM { return nil }
    }

    private static let letters = UInt8(ascii: "a")...UInt8(ascii: "f")

    /// The same for all names of one register: xmm3, ymm3 and zmm3 are parts of it.
    var key: String { vector.map { "vector\($0)" } ?? name }

    /// The value without the zeros at its head.
    var digits: Substring { text.dropFirst(2).drop { $0 == "0" } }

    /// The number of a vector register.
    private var vector: Int? {
        guard ["xmm", "ymm", "zmm"].contains(name.prefix(3)) else { return nil }
        return Int(name.dropFirst(3))
    }

    /// What counts of the value.
    private func comparable(_ comparison: StateComparison) -> Substring {
        guard comparison.registers.ignoresArithmeticFlags, name == "eflags", let flags = UInt64(digits, radix: 16)
        else { return digits }
        return String(flags & ~RegisterComparison.arithmeticFlags, radix: 16)[...]
    }

    func isEqual(_ other: RegisterValue, by comparison: StateComparison) -> Bool {
        comparable(comparison) == other.comparable(comparison)
    }

    /// What a register that a dump leaves out holds.
    var initial: RegisterValue {
        let value = name == "pkru" ? UInt64(XStateImage.linuxInitialPKRU) : 0
        return RegisterValue(name: name, text: "0x" + String(value, radix: 16))
    }

    /// With as many digits as the wider of both.
    func padded(like other: RegisterValue) -> String {
        let width = max(text.utf8.count, other.text.utf8.count)
        return "0x" + String(repeating: "0", count: width - text.utf8.count) + text.dropFirst(2)
    }

    // MARK: Components

    private static let components: [String: XStateComponent] = {
        let all = try? XStateImage.initial(mask: .storable)
        return Dictionary((all?.fields ?? []).map { ($0.name, $0.component) }) { first, _ in first }
    }()

    private static let digitsOfXMM = 32
    private static let digitsOfYMM = 64
    private static let digitsOfZMM = 128

    /// The state components in which the values differ; empty for a general register.
    func components(differingFrom other: RegisterValue) -> XFeatureMask {
        guard let vector, vector < 16 else {
            let name = vector.map { "zmm\($0)" } ?? name
            return Self.components[name].map { XFeatureMask($0) } ?? []
        }
        func all(_ value: RegisterValue) -> [UInt8] {
            let zeros = [UInt8](repeating: UInt8(ascii: "0"), count: Self.digitsOfZMM)
            return Array((zeros + value.digits.utf8).suffix(Self.digitsOfZMM).reversed())
        }
        let parts: [(Range<Int>, XFeatureMask)] = [
            (0..<Self.digitsOfXMM, .sse), (Self.digitsOfXMM..<Self.digitsOfYMM, .avx),
            (Self.digitsOfYMM..<Self.digitsOfZMM, .zmmHi256),
        ]
        let (mine, others) = (all(self), all(other))
        return parts.reduce(into: []) { if mine[$1.0] != others[$1.0] { $0.formUnion($1.1) } }
    }
}
