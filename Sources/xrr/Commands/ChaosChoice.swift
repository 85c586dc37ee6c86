import ArgumentParser

/// The value of `xrr record --chaos[=SEED]`.
enum ChaosChoice: Hashable, Sendable {
    case anySeed
    case seed(UInt64)

    private static let anyWord = "any"

    init(_ text: String) throws {
        if text == Self.anyWord {
            self = .anySeed
        } else if let seed = UInt64(text) {
            self = .seed(seed)
        } else {
            throw ValidationError("'\(text)' is no seed for --chaos: write a number from 0 to \(UInt64.max)")
        }
    }

    /// The seed of one run of several.
    func seed(ofRun run: Int) -> UInt64 {
        switch self {
        // 32 bits are enough to choose from, and easy to type.
        case .anySeed: UInt64(UInt32.random(in: .min ... .max))
        case .seed(let seed): seed &+ UInt64(run)
        }
    }

    /// ArgumentParser would take the word behind an option with an optional value for it: a bare `--chaos` or
    /// `--verify-memory` among the options of `xrr record` gets one.
    static func completing(_ arguments: [String]) -> [String] {
        guard arguments.first == "record" else { return arguments }
        var result = arguments
        var index = 1
        while index < arguments.count, arguments[index].hasPrefix("-"), arguments[index] != "--" {
            switch arguments[index] {
            case "--chaos": result[index] = "--chaos=\(anyWord)"
            case "--verify-memory": result[index] = "--verify-memory=\(RecordCommand.usualVerifyInterval)"
            default: break
            }
            index += optionsWithValue.contains(arguments[index]) ? 2 : 1
        }
        return result
    }

    private static let optionsWithValue: Set<String> = [
        "-o", "--output", "-v", "--env", "--cpu", "--xcr0", "--slice", "--until-fails", "--log",
    ]
}
