import CDwarf
import Glibc

/// The symbols and line information of one ELF file, through libdwfl: the file's own .symtab or .dynsym and DWARF, and
/// those of the separate debug file that its build id names under /usr/lib/debug.
///
/// Addresses are the file's own. Not for use from several threads at a time.
@safe final class DebugFile {
    private let session: OpaquePointer
    private let module: OpaquePointer
    private let callbacks: UnsafeMutablePointer<Dwfl_Callbacks>
    /// dwfl keeps the address of this pointer: a list of directories for debug files, nil for the usual ones.
    private let searchPath: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

    /// nil if libdwfl finds nothing to work with in the file.
    ///
    /// - Parameter lowestAddress: the lowest address of a PT_LOAD: where dwfl must put the module so that its addresses
    ///   are the file's.
    init?(file: borrowing StoredFile, name: String, lowestAddress: UInt64) {
        guard let descriptor = file.duplicate() else { return nil }
        unsafe searchPath = .allocate(capacity: 1)
        unsafe searchPath.initialize(to: nil)
        unsafe callbacks = .allocate(capacity: 1)
        // Only by build id: the standard search would also follow .gnu_debuglink next to the store's objects and ask
        // debuginfod servers, which no replay should do behind one's back.
        unsafe callbacks.initialize(
            to: Dwfl_Callbacks(
                find_elf: nil, find_debuginfo: dwfl_build_id_find_debuginfo,
                section_address: dwfl_offline_section_address, debuginfo_path: searchPath))
        guard let session = unsafe dwfl_begin(callbacks) else {
            close(descriptor)
            unsafe Self.release(callbacks, searchPath)
            return nil
        }
        let reported = unsafe dwfl_report_elf(session, name, name, descriptor, lowestAddress, false)
        guard let module = unsafe reported, unsafe dwfl_report_end(session, nil, nil) == 0 else {
            if unsafe reported == nil { close(descriptor) }
            unsafe dwfl_end(session)
            unsafe Self.release(callbacks, searchPath)
            return nil
        }
        unsafe self.session = session
        unsafe self.module = module
    }

    deinit {
        unsafe dwfl_end(session)
        unsafe Self.release(callbacks, searchPath)
    }

    private static func release(
        _ callbacks: UnsafeMutablePointer<Dwfl_Callbacks>,
        _ searchPath: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    ) {
        unsafe callbacks.deallocate()
        unsafe searchPath.deallocate()
    }

    /// The symbol at or before an address, and the distance from it.
    func symbol(at address: UInt64) -> (name: String, offset: UInt64)? {
        var offset: GElf_Off = 0
        var symbol = GElf_Sym()
        guard let name = unsafe dwfl_module_addrinfo(module, address, &offset, &symbol, nil, nil, nil) else {
            return nil
        }
        let text = unsafe String(cString: name)
        return text.isEmpty ? nil : (text, offset)
    }

    /// The extent of the function symbol that covers an address.
    func function(around address: UInt64) -> Range<UInt64>? {
        var offset: GElf_Off = 0
        var symbol = GElf_Sym()
        guard unsafe dwfl_module_addrinfo(module, address, &offset, &symbol, nil, nil, nil) != nil,
            // STT_FUNC of elf(5).
            symbol.st_info & 0xf == 2, offset < symbol.st_size, offset <= address
        else { return nil }
        let start = address - offset
        let (end, overflow) = start.addingReportingOverflow(symbol.st_size)
        return overflow ? nil : start..<end
    }

    /// The extents of all function symbols, in no order; some may be given more than once.
    func functions() -> [Range<UInt64>] {
        let count = unsafe dwfl_module_getsymtab(module)
        var functions: [Range<UInt64>] = []
        for index in 0..<max(0, count) {
            var symbol = GElf_Sym()
            guard unsafe dwfl_module_getsym(module, index, &symbol, nil) != nil, symbol.st_info & 0xf == 2,
                symbol.st_size > 0
            else { continue }
            let (end, overflow) = symbol.st_value.addingReportingOverflow(symbol.st_size)
            if !overflow { functions.append(symbol.st_value..<end) }
        }
        return functions
    }

    /// The line whose code an address is in.
    func line(at address: UInt64) -> SymbolicAddress.SourceLine? {
        guard let found = unsafe dwfl_module_getsrc(module, address) else { return nil }
        var number: Int32 = 0
        guard let file = unsafe dwfl_lineinfo(found, nil, &number, nil, nil, nil), number > 0 else { return nil }
        return unsafe SymbolicAddress.SourceLine(file: String(cString: file), line: Int(number))
    }
}

/// The readable form of a mangled C++ name; every other name as it is.
func demangled(_ symbol: String) -> String {
    // The demangler recurses over the name; a recording's names are a stranger's, so absurd ones stay as they are.
    guard symbol.hasPrefix("_Z"), symbol.utf8.count <= 4096 else { return symbol }
    var status: Int32 = 0
    guard let text = unsafe __cxa_demangle(symbol, nil, nil, &status) else { return symbol }
    defer { unsafe free(text) }
    return unsafe status == 0 ? String(cString: text) : symbol
}
