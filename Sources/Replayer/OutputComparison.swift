internal import LinuxABI
internal import Ptrace
internal import TraceFormat

/// Compares an output with what the recording says of it, before any of it is written.
struct OutputComparison {
    let stream: OutputStream
    let address: GuestAddress
    let length: UInt64
    let check: OutputCheck

    /// Pieces of memory that are read at once, in bytes: whole blocks.
    static let pieceLength: UInt64 = 1 << 20
    /// How much of an output a report shows, and how much of it before the difference, in bytes.
    private static let excerptLength: UInt64 = 48
    private static let excerptLead: UInt64 = 16

    /// - Parameter first: the output's first piece, which has been read already.
    func difference(in memory: GuestMemory, first: [UInt8]) -> OutputDifference? {
        var offset: UInt64 = 0
        var piece = first
        while offset < length {
            if let place = check.firstDifference(in: piece, at: offset) { return difference(at: place, in: memory) }
            let wanted = min(Self.pieceLength, length - offset)
            // The end of memory, in the middle of a block whose bytes agree so far as hashes can tell.
            if UInt64(piece.count) < wanted { return difference(at: offset + UInt64(piece.count), in: memory) }
            offset += wanted
            if offset < length {
                piece = memory.read(address + offset, count: Int(min(Self.pieceLength, length - offset)))
            }
        }
        return nil
    }

    private func difference(at offset: UInt64, in memory: GuestMemory) -> OutputDifference {
        let start: UInt64
        var recorded: [UInt8]?
        switch check {
        case .bytes(let bytes):
            start = offset - min(offset, Self.excerptLead)
            recorded = Array(bytes.dropFirst(Int(clamping: start)).prefix(Int(Self.excerptLength)))
        case .hashes: start = offset
        }
        let count = min(length - min(length, start), Self.excerptLength)
        return OutputDifference(
            stream: stream, length: length, address: address, offset: offset, recorded: recorded,
            replayed: memory.read(address + start, count: Int(count)), excerptStart: start)
    }
}
