package import XState

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
    package var cpuid: CPUIDTable
    /// What XGETBV(0) answered the tracee.
    package var xcr0: XFeatureMask
    /// The layout of XSAVE areas in the tracee.
    package var xstateLayout: XStateLayout
    /// The level that the tracee's CPU was pinned to; nil for a profile's CPU, for a level without some components
    /// (`--xcr0`), and in recordings from before there were levels.
    package var cpuLevel: CPULevel?
    /// How `cpuid` and `xcr0` were kept apart from the machine's.
    package var pin = CPUPin.none
    /// What ran and was not covered by the pin; then the recording replays on the same CPU only.
    package var pinLimits: [PinLimit] = []
    /// XCR0, the x87 pointers and MXCSR_MASK of the machine itself; nil where they are not known.
    package var hostXCR0: XFeatureMask?
    package var hostX87: X87PointerClass?
    package var hostMXCSRMask: UInt32?

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

    /// What the program was refused since it was recorded.
    package var refusals: [RefusalNote] = []

    /// The seed of chaotic scheduling; nil where it was fair.
    package var chaosSeed: UInt64?
    /// The events between two digests of memory; nil if there are none.
    package var verifyInterval: UInt64?

    /// When recording started, in nanoseconds of Unix time.
    package var startTime: UInt64
    /// When it ended; nil if the recording is unfinished.
    package var endTime: UInt64?
    /// How the first process ended; nil if the recording is unfinished.
    package var exitStatus: ExitStatus?

    package init(
        producer: String, commandLine: [[UInt8]], environment: [[UInt8]], workingDirectory: [UInt8], userID: UInt32,
        cpu: CPUIdentity, cpuid: CPUIDTable, xcr0: XFeatureMask, xstateLayout: XStateLayout,
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
        self.xstateLayout = xstateLayout
        self.kernelRelease = kernelRelease
        self.pageSize = pageSize
        self.pinnedCore = pinnedCore
        self.stackLimit = stackLimit
        self.interceptorVersion = interceptorVersion
        self.startTime = startTime
    }

    /// Whether the recorder said that it came to the end.
    package var isFinished: Bool { endTime != nil && exitStatus != nil }
}
