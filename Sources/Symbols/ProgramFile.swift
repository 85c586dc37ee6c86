package import LinuxABI

/// A program or shared object as it would lie in memory at the addresses that it was linked for.
package struct ProgramFile {
    /// Its PT_LOADs, at the file's own addresses.
    package let modules: [GuestModule]
    /// Those of `modules` that are executable.
    package let code: [GuestModule]
    private let reader: Reader

    /// Holds the file open for closures that read it.
    private final class Reader {
        let file: StoredFile
        init(_ file: consuming StoredFile) { self.file = file }
    }

    private static let loadType: UInt32 = 1
    private static let executable: UInt32 = 1

    /// nil if the file is none.
    ///
    /// - Parameters:
    ///   - path: where its bytes are.
    ///   - name: what people know it by.
    package init?(path: String, name: String) {
        guard let file = StoredFile(path: path), let headers = ELFHeaders(fetch: { file.fetch($0, $1) }) else {
            return nil
        }
        reader = Reader(file)
        var modules: [GuestModule] = []
        var code: [GuestModule] = []
        let mask = GuestAddress.pageSize - 1
        for segment in headers.segments where segment.type == Self.loadType && segment.fileSize > 0 {
            let (end, overflow) = segment.address.addingReportingOverflow(segment.fileSize)
            let start = segment.address & ~mask
            guard !overflow, segment.offset & mask == segment.address & mask else { continue }
            let module = GuestModule(
                start: GuestAddress(start), end: GuestAddress(end), fileOffset: segment.offset & ~mask,
                storedPath: path, displayPath: name)
            modules.append(module)
            if segment.flags & Self.executable != 0 { code.append(module) }
        }
        self.modules = modules
        self.code = code
    }

    /// The bytes at addresses of one PT_LOAD; nil where the file does not have all of them.
    package func read(_ address: GuestAddress, _ count: Int) -> [UInt8]? {
        guard count >= 0, let module = modules.containing(address), UInt64(count) <= module.end - address else {
            return nil
        }
        return reader.file.fetch(module.fileOffset + (address - module.start), count)
    }
}
