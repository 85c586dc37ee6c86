/// What is known of a recording as a whole: `manifest.json`.
package struct RecordingManifest: Hashable, Sendable {
    package var formatVersion = FormatVersion.current
    /// The program that made the recording and its version, for people.
    package var producer: String
    package var recordingID = RecordingID.random()

    /// The argument vector of the recorded command, as bytes: the kernel knows no encoding.
    package var commandLine: [[UInt8]]
    /// The environment strings.
    package var environment: [[UInt8]]
    package var workingDirectory: [UInt8]
    /// The real user id of the recorder.
    package var userID: UInt32

    /// The CPU that the recording was made on.
    package var cpu: CPUIdentity
    /// What CPUID answered the tracee.
    package var cpuid: [CPUIDRow]
    /// What XGETBV(0) answered the tracee.
    package var xcr0: UInt64
    /// The size of the standard-format XSAVE area in bytes.
    package var xstateSize: UInt32
    /// The layout of that area.
    package var xstateComponents: [XStateComponent]

    /// uname(2)'s release.
    package var kernelRelease: String
    /// In bytes.
    package var pageSize: UInt64
    /// The core that everything ran on; nil if it was not pinned.
    package var pinnedCore: UInt32?
    /// RLIMIT_STACK's soft limit in bytes (getrlimit(2)); it decides where mmap(2) puts things.
    package var stackLimit: UInt64
    /// The version of the code that runs inside the tracee, 0 if none did.
    package var interceptorVersion: UInt32

    /// When recording started, in nanoseconds of Unix time.
    package var startTime: UInt64
    /// When it ended; nil if the recording is unfinished.
    package var endTime: UInt64?
    /// How the first process ended; nil if the recording is unfinished.
    package var exitStatus: ExitStatus?

    package init(
        producer: String, commandLine: [[UInt8]], environment: [[UInt8]], workingDirectory: [UInt8], userID: UInt32,
        cpu: CPUIdentity, cpuid: [CPUIDRow], xcr0: UInt64, xstateSize: UInt32, xstateComponents: [XStateComponent],
        kernelRelease: String, pageSize: UInt64, pinnedCore: UInt32?, stackLimit: UInt64, interceptorVersion: UInt32,
        startTime: UInt64
    ) {
        self.producer = producer
        self.commandLine = commandLine
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.userID = userID
        self.cpu = cpu
        self.cpuid = cpuid
        self.xcr0 = xcr0
        self.xstateSize = xstateSize
        self.xstateComponents = xstateComponents
        self.kernelRelease = kernelRelease
        self.pageSize = pageSize
        self.pinnedCore = pinnedCore
        self.stackLimit = stackLimit
        self.interceptorVersion = interceptorVersion
        self.startTime = startTime
    }

    /// Whether the recorder said that it came to the end.
    package var isFinished: Bool { endTime != nil && exitStatus != nil }

    /// Which CPU it was, for people and for the check whether a replay is sound.
    package struct CPUIdentity: Hashable, Sendable {
        /// CPUID leaf 0, for example "GenuineIntel".
        package var vendor: String
        /// CPUID leaves 0x80000002 to 4.
        package var brand: String
        package var family: UInt32
        package var model: UInt32
        package var stepping: UInt32

        package init(vendor: String, brand: String, family: UInt32, model: UInt32, stepping: UInt32) {
            self.vendor = vendor
            self.brand = brand
            self.family = family
            self.model = model
            self.stepping = stepping
        }
    }

    /// One answer of the CPUID instruction.
    package struct CPUIDRow: Hashable, Sendable {
        package var leaf: UInt32
        package var subleaf: UInt32
        package var eax: UInt32
        package var ebx: UInt32
        package var ecx: UInt32
        package var edx: UInt32

        package init(leaf: UInt32, subleaf: UInt32, eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
            self.leaf = leaf
            self.subleaf = subleaf
            self.eax = eax
            self.ebx = ebx
            self.ecx = ecx
            self.edx = edx
        }
    }

    /// A component of the extended state, as in the kernel's core note NT_X86_XSAVE_LAYOUT: `type` is its bit in
    /// XCR0, `flags` is ECX of CPUID leaf 0xD.
    package struct XStateComponent: Hashable, Sendable {
        package var type: UInt32
        package var size: UInt32
        package var offset: UInt32
        package var flags: UInt32

        package init(type: UInt32, size: UInt32, offset: UInt32, flags: UInt32) {
            self.type = type
            self.size = size
            self.offset = offset
            self.flags = flags
        }
    }
}
