/// PROT_ bits of mmap(2) and mprotect(2).
package struct Protection: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// PROT_READ.
    package static let read = Self(rawValue: 1)
    /// PROT_WRITE.
    package static let write = Self(rawValue: 2)
    /// PROT_EXEC.
    package static let execute = Self(rawValue: 4)
    /// PROT_SEM.
    package static let atomic = Self(rawValue: 8)
    /// PROT_GROWSDOWN: mprotect(2) extends the change to the start of a mapping that grows down.
    package static let growsDown = Self(rawValue: 0x0100_0000)
    /// PROT_GROWSUP.
    package static let growsUp = Self(rawValue: 0x0200_0000)
}

/// MAP_ bits of mmap(2), x86-64 values.
package struct MappingFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// MAP_TYPE: the bits that hold one of the types `shared`, `private`, `sharedValidate`, `droppable`.
    package static let typeMask: UInt32 = 0x0f
    /// MAP_SHARED.
    package static let shared = Self(rawValue: 1)
    /// MAP_PRIVATE.
    package static let `private` = Self(rawValue: 2)
    /// MAP_SHARED_VALIDATE: the bits of `shared` and `private` together.
    package static let sharedValidate = Self(rawValue: 3)
    /// MAP_DROPPABLE: the kernel may drop the pages under memory pressure.
    package static let droppable = Self(rawValue: 8)
    /// MAP_FIXED.
    package static let fixed = Self(rawValue: 0x10)
    /// MAP_ANONYMOUS.
    package static let anonymous = Self(rawValue: 0x20)
    /// MAP_32BIT.
    package static let low2GB = Self(rawValue: 0x40)
    /// MAP_ABOVE4G.
    package static let above4GB = Self(rawValue: 0x80)
    /// MAP_GROWSDOWN.
    package static let growsDown = Self(rawValue: 0x100)
    /// MAP_DENYWRITE, ignored.
    package static let denyWrite = Self(rawValue: 0x800)
    /// MAP_EXECUTABLE, ignored.
    package static let executable = Self(rawValue: 0x1000)
    /// MAP_LOCKED.
    package static let locked = Self(rawValue: 0x2000)
    /// MAP_NORESERVE.
    package static let noReserve = Self(rawValue: 0x4000)
    /// MAP_POPULATE.
    package static let populate = Self(rawValue: 0x8000)
    /// MAP_NONBLOCK.
    package static let nonBlocking = Self(rawValue: 0x1_0000)
    /// MAP_STACK.
    package static let stack = Self(rawValue: 0x2_0000)
    /// MAP_HUGETLB.
    package static let hugePages = Self(rawValue: 0x4_0000)
    /// MAP_SYNC.
    package static let synchronous = Self(rawValue: 0x8_0000)
    /// MAP_FIXED_NOREPLACE.
    package static let fixedNoReplace = Self(rawValue: 0x10_0000)

    /// Whether stores are seen by other mappings of the same object: MAP_SHARED or MAP_SHARED_VALIDATE.
    package var isShared: Bool { rawValue & Self.typeMask & 1 != 0 }
}

/// MREMAP_ bits of mremap(2).
package struct RemapFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// MREMAP_MAYMOVE.
    package static let mayMove = Self(rawValue: 1)
    /// MREMAP_FIXED.
    package static let fixed = Self(rawValue: 2)
    /// MREMAP_DONTUNMAP.
    package static let dontUnmap = Self(rawValue: 4)
}

/// An advice of madvise(2).
package struct MemoryAdvice: RawRepresentable, Hashable, Sendable {
    package var rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }
    private init(_ rawValue: UInt32) { self.rawValue = rawValue }

    /// MADV_NORMAL.
    package static let normal = Self(0)
    /// MADV_RANDOM.
    package static let random = Self(1)
    /// MADV_SEQUENTIAL.
    package static let sequential = Self(2)
    /// MADV_WILLNEED.
    package static let willNeed = Self(3)
    /// MADV_DONTNEED: private pages read as zero, or as the file, from now on.
    package static let dontNeed = Self(4)
    /// MADV_FREE: the kernel drops the pages whenever it likes; refused by the recorder.
    package static let free = Self(8)
    /// MADV_REMOVE: punches a hole into the object behind a shared mapping.
    package static let remove = Self(9)
    /// MADV_DONTFORK.
    package static let dontFork = Self(10)
    /// MADV_DOFORK.
    package static let doFork = Self(11)
    /// MADV_MERGEABLE.
    package static let mergeable = Self(12)
    /// MADV_UNMERGEABLE.
    package static let unmergeable = Self(13)
    /// MADV_HUGEPAGE.
    package static let hugePage = Self(14)
    /// MADV_NOHUGEPAGE.
    package static let noHugePage = Self(15)
    /// MADV_DONTDUMP.
    package static let dontDump = Self(16)
    /// MADV_DODUMP.
    package static let doDump = Self(17)
    /// MADV_WIPEONFORK: a child of fork(2) finds zeros.
    package static let wipeOnFork = Self(18)
    /// MADV_KEEPONFORK.
    package static let keepOnFork = Self(19)
    /// MADV_COLD.
    package static let cold = Self(20)
    /// MADV_PAGEOUT.
    package static let pageOut = Self(21)
    /// MADV_POPULATE_READ.
    package static let populateRead = Self(22)
    /// MADV_POPULATE_WRITE.
    package static let populateWrite = Self(23)
    /// MADV_DONTNEED_LOCKED: MADV_DONTNEED that takes locked pages too.
    package static let dontNeedLocked = Self(24)
    /// MADV_COLLAPSE.
    package static let collapse = Self(25)
    /// MADV_GUARD_INSTALL: from now on an access is a fault, whatever the protection.
    package static let guardInstall = Self(102)
    /// MADV_GUARD_REMOVE.
    package static let guardRemove = Self(103)
    /// MADV_HWPOISON.
    package static let hardwarePoison = Self(100)
    /// MADV_SOFT_OFFLINE.
    package static let softOffline = Self(101)

    /// Advice that changes contents, access or what a fork inherits; the rest is about speed.
    package var hasEffect: Bool {
        switch self {
        case .dontNeed, .remove, .dontFork, .doFork, .wipeOnFork, .keepOnFork, .dontNeedLocked, .guardInstall,
            .guardRemove:
            true
        default: false
        }
    }

    /// Whether it is known what the advice does: that of a later kernel may be anything.
    package var isKnown: Bool {
        switch rawValue {
        case 0...4, 8...25, 100...103: true
        default: false
        }
    }

    /// Whether process_madvise(2) may give it: about speed only, as for other processes.
    package var isForProcesses: Bool { [.willNeed, .cold, .pageOut, .collapse].contains(self) }
}
