import LinuxABI
import Replayer
import TraceFormat
import Tracee

/// In words what differed in a replay other than registers.
enum ContentsText {
    // MARK: Output

    static func summary(of output: OutputDifference) -> String {
        "\(output.length) bytes to standard \(output.stream == .standardOutput ? "output" : "error"), of which "
            + (output.recorded == nil
                ? "those from \(output.offset) to \(blockEnd(of: output)) differ"
                : "byte \(output.offset) is the first that differs")
    }

    private static func blockEnd(of output: OutputDifference) -> UInt64 {
        min(output.length, output.offset + UInt64(OutputCheck.blockLength)) - 1
    }

    /// Both sides from a little before the difference on.
    static func lines(of output: OutputDifference) -> [String] {
        let address = TextFormat.word((output.address + output.excerptStart).rawValue)
        var lines = ["output from byte \(output.excerptStart) on, in memory at \(address)"]
        if let recorded = output.recorded {
            lines += dump(recorded, "recorded", from: output.excerptStart)
        } else {
            lines.append("recorded  only a hash of each \(OutputCheck.blockLength) bytes")
        }
        lines += dump(output.replayed, "replayed", from: output.excerptStart)
        if output.replayed.isEmpty { lines.append("replayed  nothing is mapped there") }
        return lines
    }

    /// 16 bytes to a line: offset, hexadecimal, and what of it can be printed.
    private static func dump(_ bytes: [UInt8], _ side: String, from start: UInt64) -> [String] {
        stride(from: 0, to: bytes.count, by: 16).map { index in
            let row = bytes[index..<min(index + 16, bytes.count)]
            let digits = row.map(hexadecimal).joined(separator: " ")
            let text = String(decoding: row.map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
            let offset = TextFormat.aligned(String(start + UInt64(index)), 10)
            return "\(side)  \(offset)  \(TextFormat.aligned(digits, 47))  \(text)"
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

    // MARK: Memory

    static func summary(of memory: MemoryDifference) -> String {
        "\(memory.pageCount) of \(memory.comparedCount) pages differ"
    }

    static func lines(of memory: MemoryDifference) -> [String] {
        let page = "first page  \(TextFormat.word(memory.page.rawValue))"
        guard let mapping = memory.mapping else { return [page, "mapping     nothing is mapped there"] }
        let offset = memory.page - mapping.start
        let place =
            mapping.inode == 0 ? "" : ", at offset \(TextFormat.hexadecimal(mapping.offset + offset)) of the file"
        return [
            page,
            "mapping     \(name(of: mapping)), \(mapping.isShared ? "shared" : "private"), from \(mapping.start) to "
                + "\(mapping.end)",
            "offset      \(TextFormat.hexadecimal(offset)) in the mapping\(place)",
        ]
    }

    // MARK: Mappings

    static func lines(of mappings: MappingsDifference) -> [String] {
        ["the first that differ", "recorded  \(range(mappings.recorded))", "replayed  \(range(mappings.replayed))"]
    }

    private static func range(_ range: MappedRange?) -> String {
        guard let range else { return "no more of them" }
        let protection = FrameText.protectionWords(UInt32(range.protection))
        return "\(protection) from \(range.start) to \(range.end)" + (range.isStack ? ", the stack" : "")
    }

    private static func name(of mapping: MemoryMapEntry) -> String {
        mapping.name.isEmpty ? "anonymous memory" : TextFormat.printable(mapping.name)
    }
}
