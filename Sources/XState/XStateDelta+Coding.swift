extension XStateDelta {
    /// Appends the serialised form.
    package func encode(into output: inout [UInt8]) {
        Self.append(runs.count, to: &output)
        var end = 0
        for run in runs {
            Self.append(run.start - end, to: &output)
            Self.append(run.count, to: &output)
            end = run.start + run.count
        }
        output += bytes
    }

    /// Reads a serialised delta and moves `input` behind it. Nothing in the bytes is trusted.
    ///
    /// - Throws: `damagedDelta`; `input` is then unchanged.
    package init(decoding input: inout ArraySlice<UInt8>) throws(XStateError) {
        var rest = input
        func damage() -> XStateError { .damagedDelta(offset: rest.startIndex - input.startIndex) }
        guard let runCount = Self.number(&rest) else { throw damage() }
        var runs: [Run] = []
        var end = 0
        for index in 0..<runCount {
            guard let gap = Self.number(&rest), let count = Self.number(&rest),
                count > 0, gap > 0 || index == 0, end + gap + count <= Self.maximumWords
            else { throw damage() }
            runs.append(.init(start: end + gap, count: count))
            end += gap + count
        }
        let size = runs.reduce(0) { $0 + 8 * $1.count }
        guard rest.count >= size else { throw damage() }
        self.init(runs: runs, bytes: Array(rest.prefix(size)))
        input = rest.dropFirst(size)
    }

    /// Unsigned LEB128.
    private static func append(_ value: Int, to output: inout [UInt8]) {
        var rest = value
        while rest >= 0x80 {
            output.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(rest))
    }

    /// A number of at most `maximumWords`, in its shortest form.
    private static func number(_ input: inout ArraySlice<UInt8>) -> Int? {
        var value = 0
        for (index, byte) in input.prefix(2).enumerated() {
            value |= Int(byte & 0x7F) << (7 * index)
            if byte & 0x80 == 0 {
                guard index == 0 || byte != 0, value <= maximumWords else { return nil }
                input = input.dropFirst(index + 1)
                return value
            }
        }
        return nil
    }
}
