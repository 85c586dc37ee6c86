/// The bounds that every writer keeps and every reader checks before it allocates. They are part of the format.
package enum FormatLimits {
    /// The raw bytes of a chunk, and so of a record.
    package static let chunkLength = 4 << 20
    /// The bytes of the memory stream that one frame may refer to: above MAX_RW_COUNT, the most that one read(2) or
    /// write(2) transfers.
    package static let frameContents = 1 << 31
    /// The effects of one frame.
    package static let effectCount = 1 << 18
    /// The page digests of one marker, in a chunk together with everything else of its frame.
    package static let digestCount = 1 << 18
    /// The pages of one marker that are stored whole.
    package static let markerPageCount = 64
    /// The stack ends of one marker: there cannot be more threads (FUTEX_TID_MASK and PID_MAX_LIMIT of the kernel).
    package static let stackEndCount = 1 << 22
    /// The mappings of one address space: above what vm.max_map_count usually is.
    package static let mappingCount = 1 << 18
    /// The page number behind the last page of user space.
    package static let pageNumber: UInt64 = 1 << 35
    /// The bytes of a path in a record.
    package static let pathLength = 1 << 16
    /// The arguments of one exec: the kernel allows less than a quarter of the stack limit, 8 bytes for each.
    package static let argumentCount = 1 << 20
    /// The rows of the CPUID table; real CPUs have some hundred.
    package static let cpuidRowCount = 1 << 14
    /// The manifest: the environment and the command line together have at most 6 MiB (execve(2)), before escaping.
    package static let manifestLength = 64 << 20
    /// The raw bytes of the files stream, which a reader keeps whole.
    package static let filesLength = 64 << 20
}
