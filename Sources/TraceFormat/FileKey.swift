internal import Glibc
internal import SystemPackage

/// What tells from stat(2) that a file is still the same and unchanged.
struct FileKey: Hashable, CustomStringConvertible {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let modificationTime: Int64
    private let changeTime: Int64

    init(_ status: Stat) {
        device = UInt64(status.deviceID.rawValue)
        inode = UInt64(status.inode.rawValue)
        size = status.size
        modificationTime = status.st_mtim.nanoseconds
        changeTime = status.st_ctim.nanoseconds
    }

    /// A file name.
    var description: String {
        "\(String(device, radix: 16))-\(String(inode, radix: 16))-\(size)-\(modificationTime)-\(changeTime)"
    }
}

extension Stat {
    /// The later of mtime and ctime, in nanoseconds of Unix time.
    var latestChange: Int64 { max(st_mtim.nanoseconds, st_ctim.nanoseconds) }
}

extension timespec {
    /// Saturating: a file system may hold any time.
    var nanoseconds: Int64 {
        let (product, overflow) = Int64(tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return tv_sec < 0 ? .min : .max }
        let (sum, carry) = product.addingReportingOverflow(Int64(tv_nsec))
        return carry ? .max : sum
    }
}
