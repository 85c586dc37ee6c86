import CUnwind
import LinuxABI

/// One address space and one thread's registers as libunwind sees them: the callbacks of `unw_accessors_t`.
///
/// libunwind calls back only during `frames(limit:)`.
final class UnwindSpace {
    private let registers: Registers
    /// In ascending order.
    private let modules: [GuestModule]
    private let readMemory: (GuestAddress, Int) -> [UInt8]?
    /// Pages read so far. The search in .eh_frame_hdr and the decoding of CFI ask for word after word.
    private var pages: [GuestAddress: [UInt8]] = [:]
    /// Unwind tables by the first mapping of their module; nil where there is none.
    private var tables: [GuestAddress: UnwindTable?] = [:]

    init(registers: Registers, modules: [GuestModule], readMemory: @escaping (GuestAddress, Int) -> [UInt8]?) {
        self.registers = registers
        self.modules = modules.sorted { $0.start < $1.start }
        self.readMemory = readMemory
    }

    func frames(limit: Int) -> [StackFrame] {
        var frames = [
            StackFrame(
                instructionPointer: registers.instructionPointer, stackPointer: registers.stackPointer,
                lookupAddress: registers.instructionPointer)
        ]
        var accessors = UnwindSpace.accessors
        guard let space = unsafe _Ux86_64_create_addr_space(&accessors, 0) else { return frames }
        defer { unsafe _Ux86_64_destroy_addr_space(space) }
        let cursor = UnsafeMutablePointer<unw_cursor_t>.allocate(capacity: 1)
        defer { unsafe cursor.deallocate() }
        withExtendedLifetime(self) {
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            guard unsafe _Ux86_64_init_remote(cursor, space, context) == 0 else { return }
            // A frame that a signal interrupted is at an instruction of its own, not behind a call.
            var interrupted = unsafe _Ux86_64_is_signal_frame(cursor) > 0
            while frames.count < limit, unsafe _Ux86_64_step(cursor) > 0 {
                var ip: unw_word_t = 0
                var sp: unw_word_t = 0
                guard unsafe _Ux86_64_get_reg(cursor, Int32(UNW_X86_64_RIP.rawValue), &ip) == 0,
                    unsafe _Ux86_64_get_reg(cursor, Int32(UNW_X86_64_RSP.rawValue), &sp) == 0, ip != 0
                else { return }
                let isSignalFrame = unsafe _Ux86_64_is_signal_frame(cursor) > 0
                let exact = interrupted || isSignalFrame
                frames.append(
                    StackFrame(
                        instructionPointer: GuestAddress(ip), stackPointer: GuestAddress(sp),
                        lookupAddress: GuestAddress(exact ? ip : ip &- 1)))
                interrupted = isSignalFrame
            }
        }
        return frames
    }

    /// The code range of the FDE that covers an address.
    func function(around address: GuestAddress) -> Range<GuestAddress>? {
        var accessors = UnwindSpace.accessors
        guard let space = unsafe _Ux86_64_create_addr_space(&accessors, 0) else { return nil }
        defer { unsafe _Ux86_64_destroy_addr_space(space) }
        return withExtendedLifetime(self) {
            let context = unsafe Unmanaged.passUnretained(self).toOpaque()
            var info = unsafe unw_proc_info_t()
            guard unsafe accessors.find_proc_info(space, address.rawValue, &info, 0, context) == 0 else { return nil }
            let (start, end) = unsafe (GuestAddress(info.start_ip), GuestAddress(info.end_ip))
            return start <= address && address < end ? start..<end : nil
        }
    }

    // MARK: Memory

    /// The word at any address, or nil.
    fileprivate func word(at address: GuestAddress) -> UInt64? {
        bytes(at: address, count: 8)?.integer(at: 0, as: UInt64.self)
    }

    private func bytes(at address: GuestAddress, count: Int) -> [UInt8]? {
        let offset = Int(address - address.pageStart)
        guard offset + count <= Int(GuestAddress.pageSize), let page = page(at: address.pageStart) else {
            guard let bytes = readMemory(address, count), bytes.count == count else { return nil }
            return bytes
        }
        return Array(page[offset..<offset + count])
    }

    private func page(at address: GuestAddress) -> [UInt8]? {
        if let page = pages[address] { return page }
        guard let page = readMemory(address, Int(GuestAddress.pageSize)), page.count == Int(GuestAddress.pageSize)
        else {
            return nil
        }
        pages[address] = page
        return page
    }

    // MARK: Unwind information

    func hasTable(around address: GuestAddress) -> Bool { table(for: address) != nil }

    /// The code ranges of all FDEs of the module around an address, in ascending order: those in the form that linkers
    /// write, whose addresses are 32-bit distances.
    func functions(around address: GuestAddress) -> [Range<GuestAddress>] {
        guard let table = table(for: address), let entries = readMemory(table.entries, Int(table.wordCount) * 8),
            entries.count == Int(table.wordCount) * 8
        else { return [] }
        var functions: [Range<GuestAddress>] = []
        for entry in stride(from: 0, to: entries.count, by: 8) {
            let start = table.header.moved(by: entries.integer(at: entry, as: UInt32.self))
            let description = table.header.moved(by: entries.integer(at: entry + 4, as: UInt32.self))
            // Length, distance of the CIE, start of the code, its length.
            guard let bytes = bytes(at: description, count: 16),
                (description + 8).moved(by: bytes.integer(at: 8, as: UInt32.self)) == start
            else { continue }
            let length = bytes.integer(at: 12, as: UInt32.self)
            if length > 0 { functions.append(start..<start + UInt64(length)) }
        }
        return functions
    }

    fileprivate func table(for address: GuestAddress) -> UnwindTable? {
        guard let module = modules.last(upTo: address), module.contains(address) else { return nil }
        if let known = tables[module.start] { return known }
        let found = headers(of: module).flatMap { headers in
            headers.bias(ofMappingAt: module.start, fileOffset: module.fileOffset).flatMap { bias in
                headers.unwindHeader.flatMap { segment in
                    UnwindTable(headerAt: GuestAddress(segment.address &+ bias), covering: module) {
                        bytes(at: $0, count: $1)
                    }
                }
            }
        }
        tables[module.start] = .some(found)
        return found
    }

    /// From the stored file, or else from the mapping of the file's start.
    private func headers(of module: GuestModule) -> ELFHeaders? {
        if let path = module.storedPath, let file = StoredFile(path: path),
            let headers = ELFHeaders(fetch: { file.fetch($0, $1) })
        {
            return headers
        }
        let head = modules.last {
            $0.displayPath == module.displayPath && $0.fileOffset == 0 && $0.start <= module.start
        }
        guard let head else { return nil }
        return ELFHeaders { offset, count in
            guard offset &+ UInt64(count) <= head.end - head.start, offset < head.end - head.start else { return nil }
            return readMemory(head.start + offset, count)
        }
    }

    fileprivate func register(_ number: Int32) -> UInt64? {
        // The numbering of the psABI's DWARF mapping, figure 3.36.
        switch number {
        case 0: registers.rax
        case 1: registers.rdx
        case 2: registers.rcx
        case 3: registers.rbx
        case 4: registers.rsi
        case 5: registers.rdi
        case 6: registers.rbp
        case 7: registers.rsp
        case 8: registers.r8
        case 9: registers.r9
        case 10: registers.r10
        case 11: registers.r11
        case 12: registers.r12
        case 13: registers.r13
        case 14: registers.r14
        case 15: registers.r15
        case 16: registers.rip
        default: nil
        }
    }
}

extension UnwindSpace {
    private static func of(_ context: UnsafeMutableRawPointer?) -> UnwindSpace? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<UnwindSpace>.fromOpaque(context).takeUnretainedValue()
    }

    private static func failure(_ error: unw_error_t) -> Int32 { -Int32(error.rawValue) }

    fileprivate static var accessors: unw_accessors_t {
        unsafe unw_accessors_t(
            find_proc_info: { space, ip, info, needsUnwindInfo, context in
                guard let own = unsafe UnwindSpace.of(context), let table = own.table(for: GuestAddress(ip)) else {
                    return UnwindSpace.failure(UNW_ENOINFO)
                }
                var description = unsafe unw_dyn_info_t()
                unsafe description.format = Int32(UNW_INFO_FORMAT_REMOTE_TABLE.rawValue)
                unsafe description.start_ip = table.start.rawValue
                unsafe description.end_ip = table.end.rawValue
                unsafe description.u.rti = unw_dyn_remote_table_info_t(
                    name_ptr: 0, segbase: table.header.rawValue, table_len: table.wordCount,
                    table_data: table.entries.rawValue)
                return unsafe _Ux86_64_dwarf_search_unwind_table(
                    space, ip, &description, info, needsUnwindInfo, context)
            },
            // libunwind frees what its own search allocated.
            put_unwind_info: { _, _, _ in },
            get_dyn_info_list_addr: { _, _, _ in UnwindSpace.failure(UNW_ENOINFO) },
            access_mem: { _, address, value, isWrite, context in
                guard isWrite == 0, let own = unsafe UnwindSpace.of(context), let value = unsafe value,
                    let word = own.word(at: GuestAddress(address))
                else { return UnwindSpace.failure(UNW_EINVAL) }
                unsafe value.pointee = word
                return 0
            },
            access_reg: { _, number, value, isWrite, context in
                guard isWrite == 0 else { return UnwindSpace.failure(UNW_EREADONLYREG) }
                guard let own = unsafe UnwindSpace.of(context), let value = unsafe value,
                    let word = own.register(number)
                else { return UnwindSpace.failure(UNW_EBADREG) }
                unsafe value.pointee = word
                return 0
            },
            access_fpreg: { _, _, _, _, _ in UnwindSpace.failure(UNW_EBADREG) },
            resume: { _, _, _ in UnwindSpace.failure(UNW_EINVAL) },
            get_proc_name: { _, _, _, _, _, _ in UnwindSpace.failure(UNW_ENOINFO) })
    }
}

extension [GuestModule] {
    /// Of modules in ascending order the last one that begins at an address or before it.
    fileprivate func last(upTo address: GuestAddress) -> GuestModule? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle].start <= address { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? self[low - 1] : nil
    }
}

extension GuestAddress {
    /// The address at a signed distance.
    fileprivate func moved(by distance: UInt32) -> GuestAddress {
        GuestAddress(rawValue &+ UInt64(bitPattern: Int64(Int32(bitPattern: distance))))
    }
}
