/// Text that can be shown: a recording's strings and the names of files are a stranger's.
package enum PrintableText {
    /// The text with all that a terminal would act on written out: controls, C1 controls among them, as `\x1b`, and
    /// characters that are not shown but change how others are (bidirectional controls, joiners, tags, line and
    /// paragraph separators), as `\u{202e}`.
    package static func of(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if !isHidden(scalar) {
                result.unicodeScalars.append(scalar)
            } else if scalar.value < 0x100 {
                result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            } else {
                result += "\\u{" + String(scalar.value, radix: 16) + "}"
            }
        }
        return result
    }

    /// Whether a character has no shape of its own.
    package static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
