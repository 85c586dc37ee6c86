/// What has been written, at the exit of a system call.
extension OutputRange {
    /// Appends to `written` what a call with this result has written, or may have, of the ranges found at its entry.
    ///
    /// - Parameters:
    ///   - ranges: all ranges that one rule gave at the entry, in their order.
    ///   - result: the call's result at its exit stop.
    ///   - read: reads the tracee's memory as it is after the call. If a range has been moved elsewhere, it must have
    ///     been brought back, for some ranges hold the length of others.
    package static func appendWritten(
        of ranges: [OutputRange], result: Int64, to written: inout [GuestRange], read: GuestMemoryReader
    ) {
        var remaining: UInt64 = 0
        for range in ranges {
            guard range.isWritten(result) else {
                remaining = 0
                continue
            }
            let length: UInt64
            if result < 0 {
                length = min(range.length, mostAfterFailure)
            } else {
                length = min(range.length, range.extent(result, &remaining, read))
            }
            if length > 0 { written.append(GuestRange(start: range.start, length: length)) }
        }
    }

    /// What a call with this result has written, or may have.
    package static func writtenRanges(
        of ranges: [OutputRange], result: Int64, read: GuestMemoryReader
    ) -> [GuestRange] {
        var written: [GuestRange] = []
        appendWritten(of: ranges, result: result, to: &written, read: read)
        return written
    }

    /// A call that fails writes structures of limited size; lengths that made it fail may be nonsense. A poll(2) of a
    /// million descriptors has 8 MiB of them.
    static let mostAfterFailure: UInt64 = 8 << 20

    /// Whether a call with this result may have written the range. One that fails with EFAULT found out while it was
    /// copying: what came before the bad page is written.
    private func isWritten(_ result: Int64) -> Bool {
        if result == ErrorNumber.EFAULT.syscallResult { return true }
        switch condition {
        case .success: return result >= 0
        case .failure: return result < 0
        case .always: return true
        case .atLeast(let least): return result >= least
        case .successOr(let error): return result >= 0 || result == error.syscallResult
        }
    }

    /// How many bytes the range can have got by a call that did not fail; `remaining` is what a stream has left.
    private func extent(_ result: Int64, _ remaining: inout UInt64, _ read: GuestMemoryReader) -> UInt64 {
        switch extent {
        case .whole:
            return length
        case .result(let unit):
            return unit.bytes(UInt64(result))
        case .updated(let address, let unit):
            return Output.number(at: address, width: unit.width, read).map(unit.bytes) ?? length
        case .stream(let isFirst):
            if isFirst { remaining = UInt64(result) }
        case .messageStream(let address, let isFirst):
            if isFirst { remaining = Output.number(at: address, width: 4, read) ?? Output.largest }
        }
        let share = min(length, remaining)
        remaining -= share
        return share
    }
}
