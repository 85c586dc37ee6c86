internal import CPtrace

/// What this machine can do, found by trying each facility once (`xrr doctor`).
///
/// Some probes fork a child to try in: call them while the process has one thread.
package enum HostProbe: CaseIterable, Sendable {
    /// PTRACE_SEIZE and PTRACE_INTERRUPT on a child: ptrace(2).
    case seize
    /// Writing a child's read-only memory through /proc/PID/mem: proc(5).
    case writeMemory
    /// Reading a child's memory: process_vm_readv(2).
    case readMemory
    /// A filter with SECCOMP_RET_TRACE: seccomp(2).
    case seccompTrace
    /// Trapping rdtsc: PR_SET_TSC of prctl(2).
    case timeStampTrap
    /// Trapping cpuid: ARCH_SET_CPUID of arch_prctl(2).
    case cpuidFault
    /// XCR0 per thread: ARCH_SET_XCR0 of kernel-patch/. EINVAL: the kernel has no such code; ENODEV: it uses no XSAVE.
    case xcr0Control
    /// Asynchronous write protection: UFFD_FEATURE_WP_ASYNC of userfaultfd(2).
    case asynchronousWriteProtection
    /// The PAGEMAP_SCAN ioctl: the kernel's Documentation/admin-guide/mm/pagemap.rst.
    case pagemapScan
    /// kcmp(2).
    case compareResources

    /// 0 if the facility works here, otherwise the errno that it failed with.
    package func failure() -> Int32 {
        let result =
            switch self {
            case .seize: cptrace_probe_seize()
            case .writeMemory: cptrace_probe_write_memory()
            case .readMemory: cptrace_probe_read_memory()
            case .seccompTrace: cptrace_probe_seccomp_trace()
            case .timeStampTrap: cptrace_probe_tsc_trap()
            case .cpuidFault: cptrace_probe_cpuid_fault()
            case .xcr0Control: cptrace_probe_xcr0_prctl()
            case .asynchronousWriteProtection: cptrace_probe_uffd_wp_async()
            case .pagemapScan: cptrace_probe_pagemap_scan()
            case .compareResources: cptrace_probe_kcmp()
            }
        return result < 0 ? -result : 0
    }

    /// The extended state of this CPU as the operating system enabled it.
    package struct ExtendedState: Hashable, Sendable {
        package var xcr0: UInt64
        /// The standard-format area for all of `xcr0`, in bytes (CPUID leaf 0xd).
        package var size: UInt32
    }

    /// nil without XSAVE.
    package static func extendedState() -> ExtendedState? {
        var state = ExtendedState(xcr0: 0, size: 0)
        let result = unsafe cptrace_probe_xsave(&state.xcr0, &state.size)
        return result == 0 ? state : nil
    }

    /// uname(2)'s release, for example "6.12.0-amd64".
    package static func kernelRelease() -> String? {
        var text = [CChar](repeating: 0, count: 65)
        let length = unsafe cptrace_probe_release(&text, UInt32(text.count))
        guard length >= 0 else { return nil }
        return String(decoding: text[..<Int(length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
