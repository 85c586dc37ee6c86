internal import CPtrace

/// This machine and this process.
package enum Host {
    /// Binds the calling thread, and what it starts, to a core: sched_setaffinity(2).
    @discardableResult
    package static func bind(toCore core: Int32) -> Bool { cptrace_bind_to_core(core) == 0 }

    /// Gives the calling thread back the cores that it had.
    package static func bind(toMask mask: [UInt8]) {
        _ = unsafe mask.withUnsafeBytes { unsafe cptrace_set_affinity_mask($0.baseAddress, $0.count) }
    }

    /// The affinity mask of the calling thread as sched_getaffinity(2) delivers it.
    package static func affinityMask() -> [UInt8] {
        var size: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1024) { buffer, initialized in
            size = unsafe cptrace_affinity_mask(buffer.baseAddress, 1024)
            initialized = max(0, Int(size))
        }
        return bytes
    }

    /// Whether this process may do what root may.
    package static var isPrivileged: Bool { cptrace_is_privileged() }

    /// The real user id and the process id of this process.
    package static var userID: UInt32 { cptrace_user_id() }
    package static var processID: Int32 { cptrace_process_id() }

    /// The argument vector of this process as bytes: `CommandLine.arguments` repairs what is no UTF-8.
    package static func arguments() -> [[UInt8]] {
        (0..<Int(CommandLine.argc)).compactMap { index in
            unsafe CommandLine.unsafeArgv[index].map { unsafe bytes(of: $0) }
        }
    }

    /// The environment of this process, `NAME=VALUE` by element.
    package static func environment() -> [[UInt8]] {
        var variables: [[UInt8]] = []
        var position = unsafe cptrace_environment()
        while let current = unsafe position, let variable = unsafe current.pointee {
            unsafe variables.append(bytes(of: variable))
            unsafe position = current + 1
        }
        return variables
    }

    /// The bytes of a C string without its zero.
    @unsafe private static func bytes(of string: UnsafePointer<CChar>) -> [UInt8] {
        var bytes: [UInt8] = []
        while unsafe string[bytes.count] != 0 { unsafe bytes.append(UInt8(bitPattern: string[bytes.count])) }
        return bytes
    }

    /// What execve(2) could do with a path.
    package enum Executability: Sendable { case executable, forbidden, missing }

    package static func executability(of path: [UInt8]) -> Executability {
        let result = unsafe (path + [0]).withUnsafeBytes {
            unsafe cptrace_executability($0.baseAddress!.assumingMemoryBound(to: CChar.self))
        }
        return result == 0 ? .executable : result == -2 ? .missing : .forbidden
    }

    package static var currentCore: Int32 { cptrace_current_core() }

    /// RDTSC.
    package static func readTimeStampCounter() -> UInt64 { cptrace_read_tsc() }

    /// RDTSCP: the counter and IA32_TSC_AUX.
    package static func readTimeStampCounterAndProcessor() -> (counter: UInt64, auxiliary: UInt32) {
        var auxiliary: UInt32 = 0
        let counter = unsafe cptrace_read_tscp(&auxiliary)
        return (counter, auxiliary)
    }

    /// CPUID on the core this runs on.
    package static func cpuid(leaf: UInt32, subleaf: UInt32) -> (eax: UInt32, ebx: UInt32, ecx: UInt32, edx: UInt32) {
        var words: (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
        unsafe withUnsafeMutableBytes(of: &words) {
            unsafe cptrace_cpuid(leaf, subleaf, $0.baseAddress!.assumingMemoryBound(to: UInt32.self))
        }
        return (words.0, words.1, words.2, words.3)
    }

    /// XGETBV(0), 0 where the CPU or the kernel has no XSAVE.
    package static func readXCR0() -> UInt64 { cptrace_read_xcr0() }

    /// Whether the kernel pins XCR0 of threads: arch_prctl(2) ARCH_SET_XCR0 of kernel-patch/.
    package static var pinsXCR0: Bool { cptrace_probe_xcr0_prctl() == 0 }

    /// Executes xrr anew without the pin of XCR0 that it has inherited. Returns where `full` is not what the kernel enables.
    package static func restart(withXCR0 full: UInt64) {
        _ = unsafe cptrace_restart_with_xcr0(full, CommandLine.unsafeArgv)
    }

    /// The bits that MXCSR may have: FXSAVE's MXCSR_MASK.
    package static func readMXCSRMask() -> UInt32 { cptrace_mxcsr_mask() }

    /// CLOCK_MONOTONIC and CLOCK_REALTIME in nanoseconds.
    package static func monotonicTime() -> Int64 { cptrace_monotonic_ns() }
    package static func realTime() -> Int64 { cptrace_realtime_ns() }

    /// The soft RLIMIT_STACK in bytes (RLIM_INFINITY: all ones).
    package static func stackLimit() -> UInt64 { cptrace_stack_limit(0) }

    /// uname(2) release.
    package static func kernelRelease() -> String {
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 65) { buffer, initialized in
            unsafe buffer.withMemoryRebound(to: CChar.self) {
                unsafe cptrace_kernel_release($0.baseAddress, 65)
            }
            initialized = unsafe buffer.prefix(65).firstIndex(of: 0) ?? 0
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Sets the recorder's own signals up; returns what the tracee is to inherit instead of them.
    package static func prepareSignals() -> (ignored: UInt64, mask: UInt64) {
        var ignored: UInt64 = 0
        var mask: UInt64 = 0
        _ = unsafe cptrace_prepare_signals(&ignored, &mask)
        return (ignored, mask)
    }

    /// Whether the ticker rang since the last call (see `Tracer.setTicker`).
    package static func takeTick() -> Bool { cptrace_take_tick() }

    /// Keeps the descriptors 0 to 2 from being given to files of xrr's own where they are closed.
    package static func reserveStandardStreams() { cptrace_reserve_standard_streams() }

    /// Raises the soft RLIMIT_NOFILE of this process to the hard limit; recorded programs do not inherit that.
    package static func raiseDescriptorLimit() { cptrace_raise_descriptor_limit() }

    /// Lets small files be read even where no descriptor is left (`HostFiles.contents`, `HostThreads.state`).
    package static func keepSpareDescriptor() { cptrace_keep_spare_descriptor() }

    /// Makes this process, and what it starts, the first that the kernel ends when memory is short: it can be repeated,
    /// unlike what else runs here.
    package static func offerToMemoryKiller() { cptrace_offer_to_oom_killer() }

    /// Whether another process traces this one, and may trace its children before xrr can.
    package static var isTraced: Bool { cptrace_tracer() != 0 }

    /// getcpu(2).
    package static func processorAndNode() -> (processor: UInt32, node: UInt32) {
        var processor: UInt32 = 0
        var node: UInt32 = 0
        unsafe cptrace_cpu_and_node(&processor, &node)
        return (processor, node)
    }

    /// `struct timezone` of gettimeofday(2): minutes west of Greenwich, type of daylight saving time.
    package static func timeZone() -> (Int32, Int32) {
        var zone: [Int32] = [0, 0]
        unsafe cptrace_time_zone(&zone)
        return (zone[0], zone[1])
    }

    /// How often SIGTERM arrived since the last call.
    package static func takeTerminationRequests() -> Int32 { cptrace_take_termination_requests() }
}
