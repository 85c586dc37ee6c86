import TraceFormat

/// Small pieces of text that several commands share.
enum TextFormat {
    /// As `ls -h`: 512 B, 1.5 KB, 12 MB; powers of 1024.
    static func size(_ bytes: UInt64) -> String {
        let units = ["B", "KB", "MB", "GB", "TB", "PB", "EB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        if unit == 0 { return "\(bytes) B" }
        let tenths = Int((value * 10).rounded())
        return tenths < 100 ? "\(tenths / 10).\(tenths % 10) \(units[unit])" : "\((tenths + 5) / 10) \(units[unit])"
    }

    /// Nanoseconds as seconds, or minutes and hours where there are some: 0.012 s, 75.3 s, 2 h 05 min.
    static func duration(nanoseconds: UInt64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        if milliseconds < 10_000 { return "\(milliseconds / 1000).\(padded(milliseconds % 1000, 3)) s" }
        let seconds = milliseconds / 1000
        if seconds < 120 { return "\(seconds).\(milliseconds % 1000 / 100) s" }
        let minutes = seconds / 60
        if minutes < 60 { return "\(minutes) min \(padded(seconds % 60, 2)) s" }
        return "\(minutes / 60) h \(padded(minutes % 60, 2)) min"
    }

    /// What people write for a duration: a whole number with ms, us or s behind it; ms where there is nothing.
    static func nanoseconds(ofDuration text: String) -> Int64? {
        let units: [(String, Int64)] = [("ms", 1_000_000), ("us", 1000), ("s", 1_000_000_000), ("", 1_000_000)]
        for (unit, factor) in units where text.hasSuffix(unit) {
            guard let number = Int64(text.dropLast(unit.count)), number >= 0 else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    static func hexadecimal(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }

    /// All 16 digits, so that columns of values align.
    static func word(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// With blanks up to a width.
    static func aligned(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Nanoseconds of Unix time as a date in the Gregorian calendar.
    static func date(nanoseconds: UInt64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let time = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
        // Years that begin in March have their leap day at the end, and 400 of them always have as many days.
        let days = seconds / 86400 + daysToUnixTime
        let (era, day) = days.quotientAndRemainder(dividingBy: 146_097)
        let year = (day - day / 1460 + day / 36524 - day / 146_096) / 365
        let dayOfYear = day - (365 * year + year / 4 - year / 100)
        let month = (5 * dayOfYear + 2) / 153
        let date = [month < 10 ? month + 3 : month - 9, dayOfYear - (153 * month + 2) / 5 + 1].map { padded($0, 2) }
        let shownYear = era * 400 + year + (month < 10 ? 0 : 1)
        return "\(shownYear)-\(date.joined(separator: "-")) \(time.joined(separator: ":")) UTC"
    }

    /// From 1 March of the year 0 to 1 January 1970.
    private static let daysToUnixTime: UInt64 = 719_468

    static func padded(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// An argument vector as one could type it into a shell.
    static func commandLine(_ arguments: [[UInt8]]) -> String { arguments.map(shellQuoted).joined(separator: " ") }

    private static func shellQuoted(_ argument: [UInt8]) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%^".utf8)
        let text = printable(argument)
        if !argument.isEmpty, argument.allSatisfy(plain.contains) { return text }
        return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    /// Bytes as text that moves no cursor and colours nothing: a recording's strings are a stranger's.
    static func printable(_ bytes: [UInt8]) -> String { printable(String(decoding: bytes, as: UTF8.self)) }

    static func printable(_ text: String) -> String { PrintableText.of(text) }
}
