import Synchronization
import SystemPackage

/// xrr's own words: lines on standard error that start with `xrr: `, so that they cannot be taken for the tracee's.
enum Diagnostics {
    /// What stands on the terminal and has to go before words do.
    private static let progress = Mutex<ProgressLine?>(nil)

    /// Makes words and a progress line keep out of each other's way; nil when there is none any more.
    static func keepClear(of line: ProgressLine?) { progress.withLock { $0 = line } }

    /// Says something. What comes from a recording or is a file's name must be printable already, or it could feign lines
    /// of its own; that no control character gets through is seen to here as well.
    static func say(_ message: String) {
        var text = ""
        for line in message.split(separator: "\n", omittingEmptySubsequences: false) {
            text += line.isEmpty ? "xrr:\n" : "xrr: \(TextFormat.printable(String(line)))\n"
        }
        progress.withLock { $0 }?.erase()
        // Where standard error is closed there is nobody left to tell.
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }

    /// Says what ArgumentParser found wrong with a command line.
    static func say(usage text: String) {
        let lines = text.split(separator: "\n").map { line in
            let line = String(line.drop { $0 == " " })
            if line.hasPrefix("Error: ") { return String(line.dropFirst("Error: ".count)) }
            return line.hasPrefix("Usage: ") ? "usage: " + line.dropFirst("Usage: ".count) : line
        }
        say(lines.joined(separator: "\n"))
    }
}
