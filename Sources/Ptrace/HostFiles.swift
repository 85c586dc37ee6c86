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

    /// The text behind `NAME:` in a file like /proc/PID/status.
    static func statusField(_ name: String, of path: String) -> String? {
        guard let text = contents(of: path) else { return nil }
        let prefix = Array("\(name):".utf8)
        guard let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: prefix) }) else {
            return nil
        }
        let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        return String(decoding: line.dropFirst(prefix.count).drop { blanks.contains($0) }, as: UTF8.self)
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

    /// The position of a descriptor of a tracee, from /proc/TID/fdinfo.
    package static func position(ofDescriptor descriptor: Int32, in thread: ThreadID) -> UInt64? {
        guard let text = contents(of: "/proc/\(thread)/fdinfo/\(descriptor)"),
            let line = text.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: Array("pos:".utf8)) })
        else { return nil }
        let digits = line.dropFirst(4).drop { $0 == 9 || $0 == 32 }
        return UInt64(String(decoding: digits, as: UTF8.self))
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
