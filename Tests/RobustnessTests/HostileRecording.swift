import Glibc
import LinuxABI
import SystemPackage
import TraceFormat
import Tracee
import XState

/// Writes a recording that no recorder made, with checksums that fit: what a stranger may send.
///
/// It begins with a process whose code and data stand in one page at `base`, at whose start the thread stands.
struct HostileRecording {
    static let base = GuestAddress(0x10_0000)
    static let thread = ThreadID(100)
    /// Behind the code: for text that the code points to.
    static let data = base + 0x800

    var frames: [Frame] = []
    private let machine: HostMachine
    private let xstate: XStateImage

    /// - Parameter code: machine code; `data` is what stands at `HostileRecording.data`.
    init(code: [UInt8], data: [UInt8] = []) throws {
        machine = try HostMachine.current()
        var image = try XStateImage.initial(mask: machine.layout.mask)
        if image.pkru != nil { image.pkru = XStateImage.linuxInitialPKRU }
        xstate = image
        let registers = Self.registers
        let start = ThreadStart(parent: nil, process: ProcessID(Self.thread.rawValue), sharesMemory: false)
        append(.threadStart(start), registers, registers)
        append(
            .exec(ExecImage(path: "/hostile", arguments: [])), registers, registers,
            [
                .map(Self.anonymous(Self.base, 0x2000)), .write(Self.base, bytes: code),
                .write(Self.data, bytes: data),
            ])
    }

    /// What the thread starts with.
    static var registers: Registers {
        var registers = Registers()
        registers.rip = base.rawValue
        registers.rsp = base.rawValue + 0x1800
        registers.eflags = 0x202
        registers.cs = 0x33
        registers.ss = 0x2b
        registers.origRax = .max
        return registers
    }

    /// Readable, writable and executable memory of its own.
    static func anonymous(_ address: GuestAddress, _ length: UInt64) -> Mapping {
        Mapping(
            address: address, length: length, protection: 7, flags: MappingFlags.private.rawValue, backing: .anonymous)
    }

    mutating func append(
        _ event: Event, _ before: Registers, _ after: Registers, _ effects: [Effect] = [],
        thread: ThreadID = Self.thread, xstateAfter: XStateImage? = nil
    ) {
        frames.append(
            Frame(
                thread: thread, event: event, before: before, after: after, xstate: xstate, xstateAfter: xstateAfter,
                effects: effects))
    }

    /// An event at which the thread need not have run, with these effects.
    mutating func append(effects: [Effect], after: Registers = Self.registers, xstateAfter: XStateImage? = nil) {
        append(.syscallExit(SyscallNumber(0)), Self.registers, after, effects, xstateAfter: xstateAfter)
    }

    func write(to path: String) throws {
        let manifest = RecordingManifest(
            producer: "hostile", commandLine: [Array("hostile".utf8)], environment: [], workingDirectory: [], userID: 0,
            cpu: machine.cpu, cpuid: machine.cpuid, xcr0: machine.layout.mask, xstateLayout: machine.layout,
            kernelRelease: "0", pageSize: GuestAddress.pageSize, pinnedCore: 0, stackLimit: .max, interceptorVersion: 1,
            startTime: 0)
        let writer = try RecordingWriter(creating: FilePath(path), manifest: manifest)
        for frame in frames { try writer.append(frame) }
        try writer.finish(exitStatus: ExitStatus(waitStatus: 0), endTime: 1)
        // Readable by the ordinary user.
        unsafe chmod(path, 0o755)
        for name in ["commits", "files", "frames", "manifest.json", "memory"] { unsafe chmod("\(path)/\(name)", 0o644) }
    }
}

/// Just enough of an assembler.
enum Machine {
    static func word(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }

    static let syscall: [UInt8] = [0x0f, 0x05]
    static let int80: [UInt8] = [0xcd, 0x80]
    static let sysenter: [UInt8] = [0x0f, 0x34]
    /// jmp to itself.
    static let loop: [UInt8] = [0xeb, 0xfe]
    static let undefined: [UInt8] = [0x0f, 0x0b]
    /// mov eax / ecx / edx / ebx / esi / edi, imm32: the upper halves become 0.
    static func eax(_ value: UInt32) -> [UInt8] { [0xb8] + word(UInt64(value), 4) }
    static func ecx(_ value: UInt32) -> [UInt8] { [0xb9] + word(UInt64(value), 4) }
    static func edx(_ value: UInt32) -> [UInt8] { [0xba] + word(UInt64(value), 4) }
    static func ebx(_ value: UInt32) -> [UInt8] { [0xbb] + word(UInt64(value), 4) }
    static func esi(_ value: UInt32) -> [UInt8] { [0xbe] + word(UInt64(value), 4) }
    static func edi(_ value: UInt32) -> [UInt8] { [0xbf] + word(UInt64(value), 4) }
    /// mov rax, imm64; call rax.
    static func call(_ address: UInt64) -> [UInt8] { [0x48, 0xb8] + word(address, 8) + [0xff, 0xd0] }
}
