import ArgumentParser
import Ptrace
import SystemPackage

/// `xrr doctor`: docs/man/xrr-doctor.md.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Show what this machine can do for xrr, and what follows.",
        discussion: """
            Each facility is tried, not guessed from version numbers.

              xrr doctor
              xrr doctor --json

            Exit status: 0 if recording works here, 1 if not.
            """)

    @Flag(help: "Write one JSON object per finding.")
    var json = false

    func run() throws {
        let findings = Finding.all()
        for finding in findings {
            if json {
                try StandardOutput.shared.write(line: finding.json.text)
            } else {
                for line in finding.lines { try StandardOutput.shared.write(line: line) }
            }
        }
        let works = findings.allSatisfy { $0.state != .missing || !$0.isNeeded }
        if !json {
            try StandardOutput.shared.write(line: works ? "recording works here" : "recording does not work here")
        }
        if !works { throw Finished(status: .failure) }
    }
}

/// One line of the doctor: a facility, whether it is there, and what follows.
struct Finding {
    enum State: String { case ok, missing, info }

    var name: String
    var state: State
    /// Recording needs it.
    var isNeeded = false
    var detail = ""
    /// What follows from its absence, and what to do about it.
    var advice = ""

    var lines: [String] {
        let mark = state.rawValue + String(repeating: " ", count: 8 - state.rawValue.utf8.count)
        var lines = [mark + name + (detail.isEmpty ? "" : ": " + detail)]
        if state == .missing { lines.append("        " + advice) }
        return lines
    }

    var json: JSONText {
        .object([
            ("name", .string(name)), ("state", .string(state.rawValue)), ("needed", .bool(isNeeded)),
            ("detail", .string(detail)), ("advice", .string(state == .missing ? advice : "")),
        ])
    }

    static func all() -> [Finding] {
        var findings = [Finding(name: "kernel", state: .info, detail: HostProbe.kernelRelease() ?? "unknown")]
        if let scope = smallFile("/proc/sys/kernel/yama/ptrace_scope") {
            findings.append(
                Finding(
                    name: "ptrace scope", state: .info,
                    detail: "\(scope), children \(scope == "3" ? "forbidden" : "allowed")"))
        }
        findings += HostProbe.allCases.map(finding)
        findings.append(outerFilter())
        if let state = HostProbe.extendedState() {
            findings.append(
                Finding(
                    name: "extended state", state: .ok, isNeeded: true,
                    detail: "XCR0 \(TextFormat.hexadecimal(state.xcr0)), \(state.size) bytes"))
        } else {
            // Nothing is missing: the CPU, or its hypervisor, has no more registers to save.
            findings.append(
                Finding(name: "extended state", state: .ok, isNeeded: true, detail: "x87 and SSE only: no XSAVE"))
        }
        findings.append(disk())
        return findings
    }

    private static func finding(_ probe: HostProbe) -> Finding {
        let failure = probe.failure()
        var finding = describe(probe)
        finding.state = failure == 0 ? .ok : .missing
        if failure != 0 { finding.detail = "\(Errno(rawValue: failure))" }
        if probe == .xcr0Control { describeXCR0Control(failure, in: &finding) }
        return finding
    }

    /// What the kernel has to say about ARCH_GET_XCR0: EINVAL without the patch, ENODEV without XSAVE.
    private static func describeXCR0Control(_ failure: Int32, in finding: inout Finding) {
        switch Errno(rawValue: failure) {
        case Errno(rawValue: 0): finding.detail = "the kernel pins XCR0 of recorded and replayed programs"
        case Errno(rawValue: 19):
            finding.state = .info
            finding.detail = "the kernel has it, but uses no XSAVE: there is no XCR0 to pin"
        default: break
        }
    }

    private static func describe(_ probe: HostProbe) -> Finding {
        func needed(_ name: String, _ advice: String) -> Finding {
            Finding(name: name, state: .ok, isNeeded: true, advice: advice)
        }
        func useful(_ name: String, _ advice: String) -> Finding { Finding(name: name, state: .ok, advice: advice) }
        return switch probe {
        case .seize:
            needed(
                "ptrace",
                "no recording without it: in a container run with --cap-add=SYS_PTRACE or a seccomp profile that allows "
                    + "ptrace; else set kernel.yama.ptrace_scope below 3")
        case .writeMemory:
            needed(
                "/proc/PID/mem writable",
                "no recording without it: mount /proc read-write, boot without proc_mem.force_override=never")
        case .readMemory:
            useful(
                "process_vm_readv", "memory is read through /proc/PID/mem, more slowly; containers block it with ptrace"
            )
        case .seccompTrace:
            needed(
                "seccomp RET_TRACE",
                "no recording without it: the kernel needs CONFIG_SECCOMP_FILTER, and a container a profile that allows "
                    + "seccomp")
        case .timeStampTrap:
            needed(
                "rdtsc trap", "no recording without it: programs would see the time in a way that cannot be replayed")
        case .cpuidFault:
            useful("CPUID faulting", "cpuid instructions are patched where they are found, which JITed code can evade")
        case .xcr0Control:
            useful(
                "ARCH_SET_XCR0",
                "XCR0 is pinned by traps in code, which generated code can evade: recordings with such code replay on the "
                    + "same CPU only. A kernel that pins it is built as kernel-patch/README.md says (kernel-patch/build); "
                    + "boot it and run this again")
        case .asynchronousWriteProtection:
            useful(
                "userfaultfd WP_ASYNC",
                "finding written pages falls back to slower ways; needs Linux 6.7 and a profile that allows userfaultfd"
            )
        case .pagemapScan:
            useful("PAGEMAP_SCAN", "finding written pages falls back to slower ways; needs Linux 6.7")
        case .compareResources:
            useful("kcmp", "descriptors that are the same open file are told apart less surely")
        }
    }

    /// A container has one, and it may answer a call before xrr's own filter stops it.
    private static func outerFilter() -> Finding {
        Finding(
            name: "seccomp around xrr", state: .info,
            detail: HostConfinement.current.isFiltered
                ? "yes; what it answers is recorded too, by PTRACE_SYSCALL: each call costs a stop more"
                : "none")
    }

    private static func disk() -> Finding {
        let recordings = RecordingsHome.current
        let home = TextFormat.printable(recordings.path)
        do throws(Errno) { try FileSystem.createDirectories(recordings.store) } catch {
            return Finding(
                name: "recordings", state: .missing, isNeeded: true, detail: "cannot make \(home): \(error)",
                advice: "set XRR_DIR to a directory that you can write to")
        }
        do throws(CommandError) { try recordings.refuseUnsafe() } catch {
            return Finding(
                name: "recordings", state: .missing, isNeeded: true, detail: error.message,
                advice: "set XRR_DIR to a directory of your own")
        }
        let free = FileSystem.freeSpace(recordings.path)
        let isFull = free.map { $0 < 64 << 20 } ?? false
        return Finding(
            name: "recordings", state: isFull ? .missing : .ok, isNeeded: true,
            detail: "\(home), \(free.map(TextFormat.size) ?? "unknown space") free",
            advice: "nearly full: free some space or set XRR_DIR to another disk; 'xrr rm' removes recordings")
    }

    /// The first line of a small file of /proc.
    private static func smallFile(_ path: String) -> String? {
        guard let lines = try? LineReader(path) else { return nil }
        return try? lines.next()
    }
}
