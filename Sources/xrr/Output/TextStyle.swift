import SystemPackage

/// How words are set off from others: by the escape sequences of ECMA-48, or not at all.
struct TextStyle: Hashable, Sendable {
    var isColoured: Bool

    static let plain = TextStyle(isColoured: false)

    /// Coloured if standard output is a terminal that takes colours, and nobody forbids it: <https://no-color.org>.
    static var standardOutput: TextStyle {
        TextStyle(
            isColoured: FileSystem.isTerminal(.standardOutput) && FileSystem.environment("NO_COLOR") == nil
                && FileSystem.environment("TERM") != "dumb")
    }

    func bold(_ text: String) -> String { sequence(1, text) }
    func red(_ text: String) -> String { sequence(31, text) }
    func green(_ text: String) -> String { sequence(32, text) }

    private func sequence(_ code: Int, _ text: String) -> String {
        isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
