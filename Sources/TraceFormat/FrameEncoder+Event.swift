internal import LinuxABI

extension FrameEncoder {
    @inline(__always)
    static func append(_ event: Event, to output: inout [UInt8]) {
        switch event {
        case .syscall(let number): append(.syscall, number, to: &output)
        case .syscallEntry(let number): append(.syscallEntry, number, to: &output)
        case .syscallExit(let number): append(.syscallExit, number, to: &output)
        case .threadStart(let start):
            output.append(EventKind.threadStart.rawValue)
            // 0 stands for "none": no thread has that id.
            output.appendVarint(UInt64(UInt32(bitPattern: start.parent?.rawValue ?? 0)))
            output.appendVarint(UInt64(UInt32(bitPattern: start.process.rawValue)))
            output.append(start.sharesMemory ? 1 : 0)
        case .exec(let image):
            output.append(EventKind.exec.rawValue)
            append(image.path, to: &output)
            output.appendVarint(UInt64(image.arguments.count))
            for argument in image.arguments { output.appendVarint(UInt64(argument.count)) }
        case .signal(let info, let action, let isSynchronous):
            output.append(EventKind.signal.rawValue)
            output.append(action.rawValue | (isSynchronous ? EventKind.synchronousBit : 0))
            output.append(contentsOf: info.bytes)
        case .trap(let kind):
            output.append(EventKind.trap.rawValue)
            output.append(kind.rawValue)
        case .interruption(let marker):
            output.append(EventKind.interruption.rawValue)
            append(marker, to: &output)
        case .threadExit(let status):
            output.append(EventKind.threadExit.rawValue)
            output.appendVarint(UInt64(UInt32(bitPattern: status.waitStatus)))
        }
    }

    private static func append(_ marker: Marker, to output: inout [UInt8]) {
        output.appendVarint(marker.processorTime)
        output.appendVarint(marker.function?.lowerBound.rawValue ?? 0)
        output.appendVarint(marker.function.map { $0.upperBound - $0.lowerBound } ?? 0)
        output.appendVarint(UInt64(marker.digests.count))
        var end: UInt64 = 0
        for digest in marker.digests {
            output.appendVarint(digest.start.pageNumber &- end)
            output.appendVarint(digest.pageCount)
            for shift in 0..<8 { output.append(UInt8(truncatingIfNeeded: digest.hash >> UInt64(shift * 8))) }
            end = digest.start.pageNumber &+ digest.pageCount
        }
        output.appendVarint(UInt64(marker.pages.count))
        for page in marker.pages {
            output.appendVarint(page.start.rawValue)
            output.appendVarint(UInt64(page.bytes.count))
        }
        output.appendVarint(UInt64(marker.stackEnds.count))
        for end in marker.stackEnds { output.appendVarint(end.rawValue) }
    }

    @inline(__always)
    private static func append(_ kind: EventKind, _ number: SyscallNumber, to output: inout [UInt8]) {
        output.append(kind.rawValue)
        output.appendVarint(UInt64(number.rawValue))
    }
}
