internal import LinuxABI

extension FrameDecoder {
    static func effect(
        _ cursor: inout RecordCursor, base: inout UInt64, _ contents: inout ContentsBudget
    ) throws(RecordingError) -> Effect {
        let code = try cursor.byte()
        guard let kind = EffectKind(rawValue: code) else { throw cursor.madeByNewer("unknown effect \(code)") }
        switch kind {
        case .write:
            let (address, length) = try range(&cursor, &base)
            return .write(address, bytes: try contents.take(length, cursor))
        case .writeElsewhere:
            let thread = ThreadID(Int32(bitPattern: try cursor.varint32()))
            let (address, length) = try range(&cursor, &base)
            return .writeElsewhere(thread, address, bytes: try contents.take(length, cursor))
        case .elsewhere:
            let thread = ThreadID(Int32(bitPattern: try cursor.varint32()))
            return .elsewhere(thread, try elsewhere(&cursor, &base))
        case .mapAnonymous, .mapFile, .mapShared: return .map(try mapping(kind, &cursor, &base))
        case .unmap:
            let (address, length) = try range(&cursor, &base)
            return .unmap(address, length: length)
        case .protect:
            let (address, length) = try range(&cursor, &base)
            return .protect(address, length: length, protection: try cursor.varint32())
        case .remap, .remapKeepingSource:
            let (source, oldLength) = try range(&cursor, &base)
            let (target, newLength) = try range(&cursor, &base)
            return .remap(
                from: source, oldLength: oldLength, to: target, newLength: newLength,
                dontUnmap: kind == .remapKeepingSource)
        case .advise: return try advice(&cursor, &base)
        case .limitStack: return .limitStack(try cursor.varint())
        case .createShared, .createSharedFromFile:
            let region = try region(&cursor)
            let length = try cursor.varint()
            return .createShared(
                region, length: length, contents: kind == .createSharedFromFile ? try digest(&cursor) : nil)
        case .resizeShared: return .resizeShared(try region(&cursor), length: try cursor.varint())
        case .clearShared:
            let region = try region(&cursor)
            let offset = try cursor.varint()
            return .clearShared(region, offset: offset, length: try cursor.varint())
        case .releaseShared: return .releaseShared(try region(&cursor))
        case .writeShared:
            let region = try region(&cursor)
            let offset = try cursor.varint()
            return .writeShared(region, offset: offset, bytes: try contents.take(try cursor.varint(), cursor))
        case .output, .outputWithBytes, .outputWithHashes:
            let stream = try outputStream(&cursor)
            let (address, length) = try range(&cursor, &base)
            return .output(
                stream, address, length: length, check: try check(kind, ofLength: length, &cursor, &contents))
        case .outputBytes:
            let stream = try outputStream(&cursor)
            return .outputBytes(stream, bytes: try contents.take(try cursor.varint(), cursor))
        case .verifyMemory: return .verifyMemory(try memoryDigest(&cursor, &contents))
        }
    }

    /// What may happen in the address space of another thread.
    private static func elsewhere(
        _ cursor: inout RecordCursor, _ base: inout UInt64
    ) throws(RecordingError) -> Effect {
        let code = try cursor.byte()
        switch EffectKind(rawValue: code) {
        case .mapAnonymous?, .mapFile?, .mapShared?:
            return .map(try mapping(EffectKind(rawValue: code) ?? .mapAnonymous, &cursor, &base))
        case .advise?: return try advice(&cursor, &base)
        default: throw cursor.madeByNewer("unknown effect \(code) elsewhere")
        }
    }

    private static func advice(_ cursor: inout RecordCursor, _ base: inout UInt64) throws(RecordingError) -> Effect {
        let (address, length) = try range(&cursor, &base)
        return .advise(address, length: length, advice: try cursor.varint32())
    }

    private static func check(
        _ kind: EffectKind, ofLength length: UInt64, _ cursor: inout RecordCursor, _ contents: inout ContentsBudget
    ) throws(RecordingError) -> OutputCheck? {
        switch kind {
        case .outputWithBytes:
            guard length <= UInt64(OutputCheck.blockLength) else {
                throw cursor.damaged("an output has too many bytes")
            }
            return .bytes(try contents.take(length, cursor))
        case .outputWithHashes: return .hashes(try contents.take(OutputCheck.hashesLength(for: length), cursor))
        default: return nil
        }
    }

    private static func memoryDigest(
        _ cursor: inout RecordCursor, _ contents: inout ContentsBudget
    ) throws(RecordingError) -> MemoryDigest {
        var digest = MemoryDigest(runs: [])
        var end: UInt64 = 0
        for _ in 0..<(try cursor.count(limit: FormatLimits.digestCount, "runs of pages")) {
            let first = end &+ (try cursor.varint())
            let count = try cursor.varint()
            guard count > 0, count <= FormatLimits.pageNumber, first <= FormatLimits.pageNumber - count else {
                throw cursor.damaged("a run of pages is in no memory")
            }
            let hashes = try contents.take(count * UInt64(MemoryDigest.hashLength), cursor)
            digest.runs.append(.init(start: GuestAddress(first * GuestAddress.pageSize), hashes: hashes))
            end = first + count
        }
        for _ in 0..<(try cursor.count(limit: FormatLimits.stackEndCount, "ends of stacks")) {
            digest.stackEnds.append(GuestAddress(try cursor.varint()))
        }
        switch try cursor.byte() {
        case 0: break
        case 1: digest.mappings = try mappings(&cursor)
        default: throw cursor.damaged("a truth value is neither 0 nor 1")
        }
        return digest
    }

    private static func mappings(_ cursor: inout RecordCursor) throws(RecordingError) -> [MappedRange] {
        var mappings: [MappedRange] = []
        var end: UInt64 = 0
        for _ in 0..<(try cursor.count(limit: FormatLimits.mappingCount, "mappings")) {
            let first = end &+ (try cursor.varint())
            let count = try cursor.varint()
            guard count > 0, count <= FormatLimits.pageNumber, first <= FormatLimits.pageNumber - count else {
                throw cursor.damaged("a mapping is in no memory")
            }
            let flags = try cursor.byte()
            guard flags & ~(MappedRange.protectionMask | MappedRange.stackBit) == 0 else {
                throw cursor.madeByNewer("unknown protection of a mapping")
            }
            mappings.append(
                MappedRange(
                    start: GuestAddress(first * GuestAddress.pageSize), pageCount: count,
                    protection: flags & MappedRange.protectionMask, isStack: flags & MappedRange.stackBit != 0))
            end = first + count
        }
        return mappings
    }

    private static func mapping(
        _ kind: EffectKind, _ cursor: inout RecordCursor, _ base: inout UInt64
    ) throws(RecordingError) -> Mapping {
        let (address, length) = try range(&cursor, &base)
        let protection = try cursor.varint32()
        let flags = try cursor.varint32()
        let backing: Backing
        switch kind {
        case .mapFile:
            let digest = try digest(&cursor)
            let offset = try cursor.varint()
            backing = .file(digest, offset: offset, path: try cursor.string("path"))
        case .mapShared:
            let region = try region(&cursor)
            let offset = try cursor.varint()
            backing = .shared(region, offset: offset, path: try cursor.string("path"))
        default: backing = .anonymous
        }
        return Mapping(address: address, length: length, protection: protection, flags: flags, backing: backing)
    }

    private static func range(
        _ cursor: inout RecordCursor, _ base: inout UInt64
    ) throws(RecordingError) -> (GuestAddress, length: UInt64) {
        let address = try cursor.delta(from: base)
        let length = try cursor.varint()
        base = address &+ length
        return (GuestAddress(address), length)
    }

    private static func region(_ cursor: inout RecordCursor) throws(RecordingError) -> SharedRegionID {
        SharedRegionID(rawValue: try cursor.varint32())
    }

    private static func digest(_ cursor: inout RecordCursor) throws(RecordingError) -> FileDigest {
        FileDigest(bytes: try cursor.bytes(FileDigest.size))
    }

    private static func outputStream(_ cursor: inout RecordCursor) throws(RecordingError) -> OutputStream {
        guard let stream = OutputStream(rawValue: try cursor.byte()) else {
            throw cursor.madeByNewer("unknown output stream")
        }
        return stream
    }
}
