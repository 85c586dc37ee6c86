import SystemPackage

/// The lines of a text file, without reading it as a whole.
final class LineReader {
    private static let longestLine = 1 << 20
    private let path: String
    private let file: FileDescriptor
    private var buffer: [UInt8] = []
    private var position = 0
    /// A line that was read too early.
    private var returned: String?
    /// How many lines `next` has returned.
    private(set) var count = 0

    init(_ path: String) throws(CommandError) {
        self.path = path
        do { file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec) } catch {
            throw CommandError("cannot open \(TextFormat.printable(path)): \(error)")
        }
    }

    deinit { try? file.close() }

    /// The lines at the file's head that start with `#`.
    func comments() throws(CommandError) -> [String] {
        var lines: [String] = []
        while let line = try next() {
            guard line.hasPrefix("#") else {
                returned = line
                count -= 1
                break
            }
            lines.append(line)
        }
        return lines
    }

    func next() throws(CommandError) -> String? {
        if let line = returned.take() {
            count += 1
            return line
        }
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                count += 1
                return String(decoding: buffer[position..<end], as: UTF8.self)
            }
            buffer.removeFirst(position)
            position = 0
            guard buffer.count < Self.longestLine else {
                throw CommandError("\(TextFormat.printable(path)): line \(count + 1) is too long")
            }
            let start = buffer.count
            let piece = 1 << 16
            buffer.append(contentsOf: repeatElement(0, count: piece))
            let read: Int
            do {
                read = try unsafe buffer.withUnsafeMutableBytes { bytes in
                    try unsafe file.read(into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
                }
            } catch { throw CommandError("cannot read \(TextFormat.printable(path)): \(error)") }
            buffer.removeLast(piece - read)
            if read == 0 {
                // The last line may lack its newline.
                guard !buffer.isEmpty else { return nil }
                defer { buffer = [] }
                count += 1
                return String(decoding: buffer, as: UTF8.self)
            }
        }
    }
}
