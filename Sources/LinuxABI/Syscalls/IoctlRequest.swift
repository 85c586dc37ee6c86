/// A request of ioctl(2), taken apart: include/uapi/asm-generic/ioctl.h.
///
/// Most drivers encode the direction and the size of the argument; requests from before that convention (0x54xx of
/// terminals, 0x89xx of sockets) encode neither.
package struct IoctlRequest: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    package init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// _IOC_NR.
    package var number: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
    /// _IOC_TYPE: the letter of the driver.
    package var type: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8) }
    /// _IOC_SIZE: bytes of the structure behind the argument, 0 to 16383.
    package var size: UInt64 { UInt64(rawValue >> 16) & 0x3fff }
    /// _IOC_WRITE: the kernel reads the structure.
    package var kernelReads: Bool { rawValue >> 30 & 1 != 0 }
    /// _IOC_READ: the kernel writes the structure.
    package var kernelWrites: Bool { rawValue >> 31 & 1 != 0 }

    /// The rule for a request that the table does not know.
    ///
    /// If the request encodes a size, the structure counts as written, even where only _IOC_WRITE is set (several
    /// drivers have the direction wrong). The number may lie about the size, or the argument be no pointer: it is left as it
    /// is, and the recorder compares what memory can be reached from it. Drivers that are known to share memory with the
    /// tracee or to write behind pointers in the structure are refused, and so is a request that says nothing: as if the
    /// descriptor did not know the request.
    package var inferredRule: SyscallRule {
        guard size > 0, kernelReads || kernelWrites, !Self.refusedTypes.contains(type), !isSPIMessage else {
            return SyscallRule([.refused(.ENOTTY), .said(.unknownRequest)])
        }
        return SyscallRule([
            .treatment(.guessed), .blocks,
            .output(Output(pointer: 2, size: .fixed(size), condition: .always, transfer: .inPlace)),
        ])
    }

    /// SPI_IOC_MESSAGE(n): `n` structures with pointers to what is received.
    private var isSPIMessage: Bool { type == 0x6b && number == 0 }

    /// Letters of drivers (Documentation/userspace-api/ioctl/ioctl-number.rst) whose requests have effects elsewhere
    /// than in the structure: maps, rings, pointers within the structure.
    static let refusedTypes: Set<UInt8> = [
        0x1b,  // InfiniBand
        0x22,  // SCSI generic
        0x3b,  // ';': VFIO and iommufd
        0x41,  // 'A': ALSA
        0x42,  // 'B': DMA heaps and others
        0x46,  // 'F': frame buffers and a vendor's GPU driver
        0x4d,  // 'M': flash memory (MTD)
        0x4e,  // 'N': NVMe pass-through
        0x53,  // 'S': SCSI and CD-ROM
        0x55,  // 'U': USB devices
        0x56,  // 'V': video capture (and virtual terminals, which the table knows)
        0x58,  // 'X': XFS, but for what the table knows
        0x61,  // 'a': ATM
        0x62,  // 'b': binder
        0x63,  // 'c': kcov
        0x64,  // 'd': GPUs (DRM)
        0x6d,  // 'm': RAID controllers
        0x7a,  // 'z': cryptographic cards
        0x94,  // btrfs, but for what the table knows
        0xa4,  // trusted execution environments
        0xaa,  // userfaultfd
        0xae,  // KVM
        0xaf,  // vhost
        0xb3,  // MMC
        0xfd,  // device mapper
    ]
}
