extension CPUIDTable {
    /// The answers in a text as `cpuid -r` prints it, of the first CPU in it:
    ///
    ///     CPU 0:
    ///        0x00000001 0x00: eax=0x00a10f11 ebx=0x00020800 ecx=0xfffa3203 edx=0x178bfbff
    ///
    /// nil if the text has no such line. Other lines mean nothing. The lines of further CPUs are not read, because
    /// some answers are a core's own.
    package init?(dump text: some StringProtocol) {
        var entries: [Entry] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            if words.first == "CPU", !entries.isEmpty { break }
            guard words.count >= 6, let entry = Self.entry(words) else { continue }
            entries.append(entry)
        }
        guard !entries.isEmpty else { return nil }
        self.init(entries: entries)
    }

    private static func entry(_ words: [some StringProtocol]) -> Entry? {
        func number(_ text: some StringProtocol) -> UInt32? {
            text.hasPrefix("0x") ? UInt32(text.dropFirst(2), radix: 16) : nil
        }
        guard let leaf = number(words[0]), words[1].hasSuffix(":"), let subleaf = number(words[1].dropLast()) else {
            return nil
        }
        var values: [UInt32] = []
        for (word, name) in zip(words[2..<6], ["eax=", "ebx=", "ecx=", "edx="]) {
            guard word.hasPrefix(name), let value = number(word.dropFirst(4)) else { return nil }
            values.append(value)
        }
        return Entry(
            leaf: leaf, subleaf: subleaf,
            words: CPUIDWords(eax: values[0], ebx: values[1], ecx: values[2], edx: values[3]))
    }
}
