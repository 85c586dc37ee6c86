internal import LinuxABI

extension FrameEncoder {
    /// - Parameter base: where the thread's last effect ended; addresses are written as distances from there.
    static func append(_ effect: Effect, base: inout UInt64, to output: inout [UInt8]) {
        func append(_ kind: EffectKind) { output.append(kind.rawValue) }
        func append(_ number: UInt64) { output.appendVarint(number) }
        func append(_ address: GuestAddress, length: UInt64) {
            output.appendDelta(address.rawValue, from: base)
            output.appendVarint(length)
            base = address.rawValue &+ length
        }

        switch effect {
        case .write(let address, let bytes):
            append(.write)
            append(address, length: UInt64(bytes.count))
        case .writeElsewhere(let thread, let address, let bytes):
            append(.writeElsewhere)
            append(UInt64(UInt32(bitPattern: thread.rawValue)))
            append(address, length: UInt64(bytes.count))
        case .elsewhere(let thread, let effect):
            append(.elsewhere)
            append(UInt64(UInt32(bitPattern: thread.rawValue)))
            Self.append(effect, base: &base, to: &output)
        case .map(let mapping):
            switch mapping.backing {
            case .anonymous: append(.mapAnonymous)
            case .file: append(.mapFile)
            case .shared: append(.mapShared)
            }
            append(mapping.address, length: mapping.length)
            append(UInt64(mapping.protection))
            append(UInt64(mapping.flags))
            switch mapping.backing {
            case .anonymous: break
            case .file(let digest, let offset, let path):
                output.append(contentsOf: digest.bytes)
                append(offset)
                Self.append(path, to: &output)
            case .shared(let region, let offset, let path):
                append(UInt64(region.rawValue))
                append(offset)
                Self.append(path, to: &output)
            }
        case .unmap(let address, let length):
            append(.unmap)
            append(address, length: length)
        case .protect(let address, let length, let protection):
            append(.protect)
            append(address, length: length)
            append(UInt64(protection))
        case .remap(let source, let oldLength, let target, let newLength, let dontUnmap):
            append(dontUnmap ? .remapKeepingSource : .remap)
            append(source, length: oldLength)
            append(target, length: newLength)
        case .advise(let address, let length, let advice):
            append(.advise)
            append(address, length: length)
            append(UInt64(advice))
        case .limitStack(let bytes):
            append(.limitStack)
            append(bytes)
        case .createShared(let region, let length, let contents):
            append(contents == nil ? .createShared : .createSharedFromFile)
            append(UInt64(region.rawValue))
            append(length)
            if let contents { output.append(contentsOf: contents.bytes) }
        case .resizeShared(let region, let length):
            append(.resizeShared)
            append(UInt64(region.rawValue))
            append(length)
        case .clearShared(let region, let offset, let length):
            append(.clearShared)
            append(UInt64(region.rawValue))
            append(offset)
            append(length)
        case .releaseShared(let region):
            append(.releaseShared)
            append(UInt64(region.rawValue))
        case .writeShared(let region, let offset, let bytes):
            append(.writeShared)
            append(UInt64(region.rawValue))
            append(offset)
            append(UInt64(bytes.count))
        case .output(let stream, let address, let length, let check):
            switch check {
            case nil: append(.output)
            case .bytes: append(.outputWithBytes)
            case .hashes: append(.outputWithHashes)
            }
            output.append(stream.rawValue)
            append(address, length: length)
        case .outputBytes(let stream, let bytes):
            append(.outputBytes)
            output.append(stream.rawValue)
            append(UInt64(bytes.count))
        case .verifyMemory(let digest):
            append(.verifyMemory)
            append(UInt64(digest.runs.count))
            var end: UInt64 = 0
            for run in digest.runs {
                append(run.start.pageNumber &- end)
                append(run.pageCount)
                end = run.start.pageNumber &+ run.pageCount
            }
            append(UInt64(digest.stackEnds.count))
            for end in digest.stackEnds { append(end.rawValue) }
            output.append(digest.mappings == nil ? 0 : 1)
            if let mappings = digest.mappings { Self.append(mappings, to: &output) }
        }
    }

    private static func append(_ mappings: [MappedRange], to output: inout [UInt8]) {
        output.appendVarint(UInt64(mappings.count))
        var end: UInt64 = 0
        for range in mappings {
            output.appendVarint(range.start.pageNumber &- end)
            output.appendVarint(range.pageCount)
            output.append(range.protection & MappedRange.protectionMask | (range.isStack ? MappedRange.stackBit : 0))
            end = range.start.pageNumber &+ range.pageCount
        }
    }
}
