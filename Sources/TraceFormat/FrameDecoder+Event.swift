internal import LinuxABI

extension FrameDecoder {
    static func event(
        _ cursor: inout RecordCursor, _ contents: inout ContentsBudget
    ) throws(RecordingError) -> Event {
        let code = try cursor.byte()
        switch EventKind(rawValue: code) {
        case .syscall: return .syscall(SyscallNumber(try cursor.varint32()))
        case .syscallEntry: return .syscallEntry(SyscallNumber(try cursor.varint32()))
        case .syscallExit: return .syscallExit(SyscallNumber(try cursor.varint32()))
        case .threadStart:
            let parent = Int32(bitPattern: try cursor.varint32())
            let process = Int32(bitPattern: try cursor.varint32())
            return .threadStart(
                ThreadStart(
                    parent: parent == 0 ? nil : ThreadID(parent), process: ProcessID(process),
                    sharesMemory: try bool(&cursor)))
        case .exec: return .exec(try execImage(&cursor, &contents))
        case .signal:
            let code = try cursor.byte()
            guard let action = SignalAction(rawValue: code & ~EventKind.synchronousBit) else {
                throw cursor.madeByNewer("unknown signal action")
            }
            return .signal(
                SignalInfo(bytes: try cursor.bytes(SignalInfo.size)), action,
                isSynchronous: code & EventKind.synchronousBit != 0)
        case .trap:
            guard let kind = TrapKind(rawValue: try cursor.byte()) else { throw cursor.madeByNewer("unknown trap") }
            return .trap(kind)
        case .interruption: return .interruption(try marker(&cursor, &contents))
        case .threadExit: return .threadExit(ExitStatus(waitStatus: Int32(bitPattern: try cursor.varint32())))
        case nil: throw cursor.madeByNewer("unknown event \(code)")
        }
    }

    private static func marker(
        _ cursor: inout RecordCursor, _ contents: inout ContentsBudget
    ) throws(RecordingError) -> Marker {
        var marker = Marker(processorTime: try cursor.varint())
        let functionStart = try cursor.varint()
        let functionLength = try cursor.varint()
        if functionLength > 0 {
            let (end, overflow) = functionStart.addingReportingOverflow(functionLength)
            guard !overflow else { throw cursor.damaged("a function has no end") }
            marker.function = GuestAddress(functionStart)..<GuestAddress(end)
        }
        var end: UInt64 = 0
        for _ in 0..<(try cursor.count(limit: FormatLimits.digestCount, "page digests")) {
            let first = end &+ (try cursor.varint())
            let count = try cursor.varint()
            guard count > 0, count <= FormatLimits.pageNumber, first <= FormatLimits.pageNumber - count else {
                throw cursor.damaged("a page digest is for no memory")
            }
            var hash: UInt64 = 0
            for shift in 0..<8 { hash |= UInt64(try cursor.byte()) << UInt64(shift * 8) }
            marker.digests.append(
                .init(start: GuestAddress(first * GuestAddress.pageSize), pageCount: count, hash: hash))
            end = first + count
        }
        for _ in 0..<(try cursor.count(limit: FormatLimits.markerPageCount, "pages of a marker")) {
            let start = GuestAddress(try cursor.varint())
            let bytes = try contents.take(try cursor.varint(), cursor)
            guard start.pageStart == start, UInt64(bytes.count) == GuestAddress.pageSize else {
                throw cursor.damaged("a page of a marker is no page")
            }
            marker.pages.append(.init(start: start, bytes: bytes))
        }
        for _ in 0..<(try cursor.count(limit: FormatLimits.stackEndCount, "ends of stacks")) {
            marker.stackEnds.append(GuestAddress(try cursor.varint()))
        }
        return marker
    }

    private static func execImage(
        _ cursor: inout RecordCursor, _ contents: inout ContentsBudget
    ) throws(RecordingError) -> ExecImage {
        let path = try cursor.string("path")
        let count = try cursor.count(limit: FormatLimits.argumentCount, "arguments")
        var arguments: [[UInt8]] = []
        for _ in 0..<count { arguments.append(try contents.take(try cursor.varint(), cursor)) }
        return ExecImage(path: path, arguments: arguments)
    }

    private static func bool(_ cursor: inout RecordCursor) throws(RecordingError) -> Bool {
        switch try cursor.byte() {
        case 0: return false
        case 1: return true
        default: throw cursor.damaged("a truth value is neither 0 nor 1")
        }
    }
}
