internal import LinuxABI
internal import Ptrace

/// Memory in pages larger than usual: mmap(2) with MAP_HUGETLB.
enum HugePages {
    /// The length of a mapping of so many bytes: the kernel rounds it up to whole pages.
    static func length(_ length: UInt64, flags: UInt32) -> UInt64 {
        guard MappingFlags(rawValue: flags).isSuperset(of: [.hugePages, .anonymous]) else { return length }
        // The size's logarithm stands in the flags; 0 means the usual one.
        let shift = flags >> 26 & 0x3f
        let size = shift == 0 ? usualSize : 1 << UInt64(shift)
        return (length + size - 1) & ~(size - 1)
    }

    /// "Hugepagesize:       2048 kB" in /proc/meminfo.
    private static let usualSize: UInt64 = {
        let text = HostFiles.contents(of: "/proc/meminfo") ?? []
        let line = text.split(separator: UInt8(ascii: "\n")).first { $0.starts(with: Array("Hugepagesize:".utf8)) }
        let digits = line?.filter { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? []
        return (UInt64(String(decoding: digits, as: UTF8.self)) ?? 2048) << 10
    }()
}
