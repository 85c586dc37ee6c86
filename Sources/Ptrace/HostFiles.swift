internal import CPtrace
package import LinuxABI

/// Small files of /proc and descriptors of other processes.
package enum HostFiles {
    /// The whole of a file of unknown size, such as /proc/PID/maps.
    package static func contents(of path: String, limit: Int = 16 << 20) -> [UInt8]? {
        var capacity = 16 << 10
        while capacity <= limit {
            var size: Int64 = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                size = unsafe cptrace_read_file(path, buffer.baseAddress, capacity)
                initialized = max(0, Int(size))
            }
            if size >= 0 { return bytes }
            if Int64(size) != ErrorNumber.E2BIG.syscallResult { return nil }
            capacity *= 4
        }
        return nil
    }

    /// What a symbolic link says: readlink(2).
    package static func link(_ path: String) -> String? {
        var size: Int64 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, initialized in
            size = unsafe cptrace_read_link(path, buffer.baseAddress, 4096)
            initialized = max(0, Int(size))
        }
        return size < 0 ? nil : String(decoding: bytes, as: UTF8.self)
    }

    /// What identifies a file and a version of its contents: fields of stat(2).
    package struct Identity: Hashable, Sendable {
        package var device: UInt64
        package var inode: UInt64
        package var size: UInt64
        package var modified: Int64
        package var changed: Int64
        package var mode: UInt32
        /// st_rdev.
        package var specialDevice: UInt64
        package var userID: UInt32
        package var groupID: UInt32

        /// Whether both are one file, whatever its contents were when.
        package func isSameFile(as other: Self) -> Bool { device == other.device && inode == other.inode }

        /// S_ISREG.
        package var isRegular: Bool { mode & 0o170000 == 0o100000 }
        /// Whether this is /dev/zero, a character device (1, 5), whose shared mappings are anonymous memory.
        package var isZeroDevice: Bool { mode & 0o170000 == 0o020000 && specialDevice == 0x105 }
    }

    /// The file behind a descriptor of a tracee.
    package static func identity(ofDescriptor descriptor: Int32, in thread: ThreadID) -> Identity? {
        var native = cptrace_file_identity()
        guard unsafe cptrace_descriptor_identity(thread.rawValue, descriptor, &native) == 0 else { return nil }
        return Identity(native)
    }

    /// The file behind a descriptor of this process.
    package static func identity(of descriptor: Int32) -> Identity? {
        var native = cptrace_file_identity()
        guard unsafe cptrace_file_identity_of(descriptor, &native) == 0 else { return nil }
        return Identity(native)
    }

    /// Opens for reading what a tracee's descriptor refers to. The caller closes it.
    package static func open(descriptor: Int32, of thread: ThreadID) throws(PtraceError) -> Int32 {
        try check(cptrace_open_descriptor(thread.rawValue, descriptor), "opening a mapped file", thread)
    }

    /// Opens a file for reading. The caller closes it.
    package static func open(path: String) throws(PtraceError) -> Int32 {
        try check(unsafe cptrace_open_read_only(path), "opening a file")
    }

    /// pread(2): up to `count` bytes, fewer at the end of the file or on an error.
    package static func read(_ descriptor: Int32, at offset: UInt64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = max(0, Int(unsafe cptrace_read_memory(descriptor, offset, buffer.baseAddress, count)))
        }
    }

    /// What /proc/TID/fdinfo (proc(5)) tells of a descriptor.
    package struct DescriptorState: Hashable, Sendable {
        package var position: UInt64
        /// The flags of open(2) in force.
        package var flags: UInt64
        /// O_APPEND.
        package var appends: Bool { flags & 0o2000 != 0 }

        package init(position: UInt64, flags: UInt64) {
            self.position = position
            self.flags = flags
        }
    }

    /// Position and flags of a descriptor of a tracee.
    package static func state(ofDescriptor descriptor: Int32, in thread: ThreadID) -> DescriptorState? {
        guard let text = contents(of: "/proc/\(thread)/fdinfo/\(descriptor)") else { return nil }
        func field(_ name: String, radix: Int) -> UInt64? {
            let lines = text.split(separator: UInt8(ascii: "\n"))
            guard let line = lines.first(where: { $0.starts(with: Array(name.utf8)) }) else { return nil }
            let digits = line.dropFirst(name.utf8.count).drop { $0 == 9 || $0 == 32 }
            return UInt64(String(decoding: digits, as: UTF8.self), radix: radix)
        }
        guard let position = field("pos:", radix: 10), let flags = field("flags:", radix: 8) else { return nil }
        return DescriptorState(position: position, flags: flags)
    }

    /// The position of a descriptor of a tracee.
    package static func position(ofDescriptor descriptor: Int32, in thread: ThreadID) -> UInt64? {
        state(ofDescriptor: descriptor, in: thread)?.position
    }

    /// A path of a tracee as one of this process. Symbolic links to absolute paths lead where they lead here, which is
    /// elsewhere for a tracee with another root only.
    package static func path(_ path: String, as thread: ThreadID) -> String {
        for (own, others) in [
            ("/proc/self/", "/proc/\(thread)/"), ("/proc/thread-self/", "/proc/\(thread)/"),
            ("/dev/fd/", "/proc/\(thread)/fd/"),
        ] where path.hasPrefix(own) {
            return others + path.dropFirst(own.utf8.count)
        }
        return path.hasPrefix("/") ? "/proc/\(thread)/root\(path)" : "/proc/\(thread)/cwd/\(path)"
    }

    /// The file at a path of this process.
    package static func identity(ofPath path: String) -> Identity? {
        var native = cptrace_file_identity()
        guard unsafe cptrace_path_identity(path, &native) == 0 else { return nil }
        return Identity(native)
    }

    /// Whether stores to a mapping of the file change its times: not on file systems that live in memory (tmpfs and with
    /// it memfd_create(2), ramfs, hugetlbfs), which have no page_mkwrite.
    package static func hasReliableTimes(_ descriptor: Int32) -> Bool { cptrace_lives_in_memory(descriptor) == 0 }

    /// The first stretch of data of a file that does not end before an offset (lseek(2), SEEK_DATA); nil if there is
    /// none. A file system that cannot tell has no holes.
    package static func nextData(_ descriptor: Int32, from offset: UInt64) -> Range<UInt64>? {
        var (start, end): (UInt64, UInt64) = (0, 0)
        switch unsafe cptrace_next_data(descriptor, offset, &start, &end) {
        case 0: return nil
        case 1: return max(start, offset)..<max(start, offset, end)
        default: return offset..<max(offset, UInt64(Int64.max))
        }
    }

    package static func close(_ descriptor: Int32) { _ = cptrace_close(descriptor) }

    /// Whether a tracee's descriptor and one of ours are the same open file description: kcmp(2) KCMP_FILE, or, where
    /// the kernel has no kcmp, the same file.
    package static func isSameOpenFile(_ descriptor: Int32, of thread: ThreadID, as own: Int32) -> Bool {
        let result = cptrace_same_open_file(thread.rawValue, descriptor, own)
        if result >= 0 { return result == 1 }
        guard let a = identity(ofDescriptor: descriptor, in: thread), let b = identity(of: own) else { return false }
        return a.device == b.device && a.inode == b.inode
    }
}

extension HostFiles.Identity {
    init(_ native: cptrace_file_identity) {
        self.init(
            device: native.device, inode: native.inode, size: native.size, modified: native.modified_ns,
            changed: native.changed_ns, mode: native.mode, specialDevice: native.special_device,
            userID: native.user_id, groupID: native.group_id)
    }
}
