package import LinuxABI

/// A change that an event made to something other than registers. Applied in order, in the address space of the
/// frame's thread.
package enum Effect: Hashable, Sendable {
    /// Memory got these bytes.
    case write(GuestAddress, bytes: [UInt8])
    /// The same in the address space of another thread (process_vm_writev(2), or its view of a file that was written).
    case writeElsewhere(ThreadID, GuestAddress, bytes: [UInt8])
    /// A `map` or an `advise` in the address space of another thread.
    indirect case elsewhere(ThreadID, Effect)
    /// A mapping appeared, replacing what was there (mmap(2) with MAP_FIXED).
    case map(Mapping)
    /// munmap(2).
    case unmap(GuestAddress, length: UInt64)
    /// mprotect(2); `protection` are the PROT_ bits in force.
    case protect(GuestAddress, length: UInt64, protection: UInt32)
    /// mremap(2) that had this result; `dontUnmap` is MREMAP_DONTUNMAP.
    case remap(from: GuestAddress, oldLength: UInt64, to: GuestAddress, newLength: UInt64, dontUnmap: Bool)
    /// madvise(2) with an advice that changes contents (MADV_DONTNEED, MADV_REMOVE) or inheritance.
    case advise(GuestAddress, length: UInt64, advice: UInt32)
    /// The process's stack may grow to this many bytes: the soft RLIMIT_STACK (getrlimit(2)).
    case limitStack(UInt64)
    /// A region that several mappings or processes share came into being, zero-filled or with a file's contents.
    case createShared(SharedRegionID, length: UInt64, contents: FileDigest?)
    /// A shared region was given another length (ftruncate(2) and the like).
    case resizeShared(SharedRegionID, length: UInt64)
    /// Part of a shared region became zeros that take no memory (fallocate(2) with FALLOC_FL_PUNCH_HOLE).
    case clearShared(SharedRegionID, offset: UInt64, length: UInt64)
    /// Nothing maps a shared region any more, and no later effect names it.
    case releaseShared(SharedRegionID)
    /// A shared region got these bytes by other means than a store of the tracee (write(2) to the file).
    case writeShared(SharedRegionID, offset: UInt64, bytes: [UInt8])
    /// The tracee wrote to a descriptor that stands for the recorder's own standard output or error; the bytes are in
    /// its memory, and `check` tells what they were. nil: nobody knows (recordings before version 1.2).
    case output(OutputStream, GuestAddress, length: UInt64, check: OutputCheck? = nil)
    /// The same for bytes that never were in the tracee's memory (sendfile(2), splice(2)).
    case outputBytes(OutputStream, bytes: [UInt8])
    /// Nothing changed, but this is what memory was, after the effects before.
    case verifyMemory(MemoryDigest)
}

/// A mapping of the tracee: where, how and of what.
package struct Mapping: Hashable, Sendable {
    package var address: GuestAddress
    /// In bytes, a multiple of the page size.
    package var length: UInt64
    /// PROT_ bits.
    package var protection: UInt32
    /// MAP_ bits that matter to a replay: MAP_SHARED or MAP_PRIVATE, MAP_GROWSDOWN, MAP_NORESERVE, MAP_STACK.
    package var flags: UInt32
    package var backing: Backing

    package init(address: GuestAddress, length: UInt64, protection: UInt32, flags: UInt32, backing: Backing) {
        self.address = address
        self.length = length
        self.protection = protection
        self.flags = flags
        self.backing = backing
    }
}

/// What stands behind a mapping.
package enum Backing: Hashable, Sendable {
    case anonymous
    /// A stored copy of a file, mapped private from `offset`. `path` is what the tracee's kernel called it.
    case file(FileDigest, offset: UInt64, path: String)
    /// A region of `createShared`, mapped shared or private from `offset`.
    case shared(SharedRegionID, offset: UInt64, path: String)
}

/// A region shared by several mappings, numbered in order of appearance.
package struct SharedRegionID: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// The SHA-256 of a mapped file's contents: its name in the store.
package struct FileDigest: Hashable, Sendable, CustomStringConvertible {
    package static let size = 32
    package var bytes: [UInt8]
    /// - Precondition: `bytes` has exactly `size` elements.
    package init(bytes: [UInt8]) {
        precondition(bytes.count == Self.size)
        self.bytes = bytes
    }
    /// The inverse of `description`; nil for anything but 64 hexadecimal digits.
    package init?(hexadecimal digits: some Collection<UInt8>) {
        guard digits.count == 2 * Self.size else { return nil }
        bytes = []
        var rest = digits[...]
        while !rest.isEmpty {
            guard let word = UInt64(hexadecimal: rest.prefix(16)) else { return nil }
            for shift in stride(from: UInt64(56), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
            rest = rest.dropFirst(16)
        }
    }
    package var description: String {
        var text = ""
        for byte in bytes { text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return text
    }
}

/// The recorder's own standard streams. Raw values are descriptor numbers and part of the format.
package enum OutputStream: UInt8, Hashable, Sendable {
    case standardOutput = 1
    case standardError = 2
}
