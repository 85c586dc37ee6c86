import CDwarf
import Glibc

/// Functions that are chosen when a program or library is loaded, most often by what the CPU has.
package enum IndirectFunctions {
    /// STT_GNU_IFUNC of the ELF gABI's GNU extensions.
    private static let functionType: UInt8 = 10
    /// R_X86_64_IRELATIVE of the x86-64 psABI.
    private static let relocationType: UInt64 = 37

    /// Whether an ELF file has any: among its dynamic symbols, or as relocations of its own.
    ///
    /// - Returns: false, too, if the file cannot be read or is no ELF file.
    package static func exist(inFile path: String) -> Bool {
        guard let descriptor = StoredFile(path: path)?.duplicate() else { return false }
        defer { close(descriptor) }
        guard elf_version(UInt32(EV_CURRENT)) != 0, let elf = unsafe elf_begin(descriptor, ELF_C_READ, nil) else {
            return false
        }
        defer { _ = unsafe elf_end(elf) }
        var section = unsafe elf_nextscn(elf, nil)
        while unsafe section != nil {
            var header = GElf_Shdr()
            if unsafe gelf_getshdr(section, &header) != nil, header.sh_entsize > 0,
                let data = unsafe elf_getdata(section, nil)
            {
                let count = Int32(clamping: header.sh_size / header.sh_entsize)
                switch Int32(clamping: header.sh_type) {
                case SHT_DYNSYM: if unsafe hasFunction(data, count) { return true }
                case SHT_RELA: if unsafe hasRelocation(data, count) { return true }
                default: break
                }
            }
            unsafe section = elf_nextscn(elf, section)
        }
        return false
    }

    private static func hasFunction(_ data: UnsafeMutablePointer<Elf_Data>, _ count: Int32) -> Bool {
        for index in 0..<count {
            var symbol = GElf_Sym()
            guard unsafe gelf_getsym(data, index, &symbol) != nil else { return false }
            if symbol.st_info & 0xf == functionType { return true }
        }
        return false
    }

    private static func hasRelocation(_ data: UnsafeMutablePointer<Elf_Data>, _ count: Int32) -> Bool {
        for index in 0..<count {
            var relocation = GElf_Rela()
            guard unsafe gelf_getrela(data, index, &relocation) != nil else { return false }
            if relocation.r_info & 0xffff_ffff == relocationType { return true }
        }
        return false
    }
}
