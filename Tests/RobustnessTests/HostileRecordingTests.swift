import FoundationEssentials
import Glibc
import LinuxABI
import TestSupport
import Testing
import TraceFormat
import Tracee
import XState

/// Recordings from strangers: a replay of one ends by itself or by Ctrl-C, and does nothing to the machine.
@Suite struct HostileRecordingTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// What `xrr replay` may end with.
        var statuses: [Int32] = [4]
        var code: [UInt8] = Machine.undefined
        var build: @Sendable (inout HostileRecording) -> Void
    }

    private static func effects(_ name: String, _ statuses: [Int32] = [4], _ effects: Effect...) -> Case {
        Case(testDescription: name, statuses: statuses) { $0.append(effects: effects) }
    }

    private static func registers(
        _ name: String, _ statuses: [Int32] = [4], _ change: @Sendable @escaping (inout Registers) -> Void
    )
        -> Case
    {
        Case(testDescription: name, statuses: statuses) {
            var registers = HostileRecording.registers
            change(&registers)
            $0.append(effects: [], after: registers)
            $0.append(.syscall(SyscallNumber(1)), registers, registers, [.unmap(HostileRecording.base, length: 4096)])
        }
    }

    private static let page = InterceptorLayout.base
    private static let base = HostileRecording.base
    private static let elsewhere = GuestAddress(0x20_0000)
    private static let nobody = ThreadID(999)
    private static let region = SharedRegionID(rawValue: 7)

    private static func mapping(
        _ address: GuestAddress, _ length: UInt64, flags: UInt32 = 2, protection: UInt32 = 7,
        _ backing: Backing = .anonymous
    ) -> Effect {
        .map(Mapping(address: address, length: length, protection: protection, flags: flags, backing: backing))
    }

    static let memory: [Case] = [
        effects("maps over xrr's page", [4], mapping(page, 4096)),
        effects("maps around xrr's page", [4], mapping(page - 4096, 0x300_0000)),
        effects("maps all there is", [4], mapping(GuestAddress(0), .max)),
        effects("maps beyond user space", [4, 5], mapping(GuestAddress(0x7fff_ffff_f000), 0x1_0000)),
        effects("maps kernel addresses", [4], mapping(GuestAddress(0xffff_8000_0000_0000), 4096)),
        effects("maps more than can be", [4, 5], mapping(elsewhere, 1 << 47)),
        effects("maps at an odd address", [4], mapping(GuestAddress(0x20_0001), 4096)),
        effects("maps nothing", [4], mapping(elsewhere, 0)),
        effects("maps huge pages", [4], mapping(elsewhere, 0x20_0000, flags: 0x40002)),
        effects("populates at once", [4], mapping(elsewhere, 1 << 40, flags: 0x8002)),
        effects("maps droppable", [4], mapping(elsewhere, 4096, flags: 8)),
        effects("maps with odd protection", [3, 4], mapping(elsewhere, 4096, protection: .max)),
        effects(
            "maps an unknown region", [4], mapping(elsewhere, 4096, flags: 1, .shared(region, offset: 0, path: ""))),
        effects(
            "maps a file that is not stored", [4],
            mapping(elsewhere, 4096, .file(FileDigest(bytes: .init(repeating: 1, count: 32)), offset: 0, path: "/etc"))),
        effects("unmaps xrr's page", [4], .unmap(page, length: 4096)),
        effects("unmaps all", [4], .unmap(GuestAddress(0), length: 1 << 48)),
        effects("unmaps with overflow", [4], .unmap(page + 0x100_0000, length: .max)),
        effects("protects xrr's page", [4], .protect(page, length: 1, protection: 0)),
        effects("protects what is not there", [4, 5], .protect(elsewhere, length: 4096, protection: 3)),
        effects(
            "moves xrr's page", [4],
            .remap(from: page, oldLength: 4096, to: elsewhere, newLength: 4096, dontUnmap: false)),
        effects(
            "moves onto xrr's page", [4],
            .remap(from: base, oldLength: 4096, to: page, newLength: 4096, dontUnmap: false)),
        effects(
            "copies xrr's page", [4], .remap(from: page, oldLength: 0, to: elsewhere, newLength: 4096, dontUnmap: false)
        ),
        effects(
            "grows into xrr's page", [4, 5],
            .remap(from: base, oldLength: 4096, to: base, newLength: 0x7000_0000, dontUnmap: false)),
        effects("poisons memory", [4], .advise(base, length: 4096, advice: 100)),
        effects("takes memory offline", [4], .advise(base, length: 4096, advice: 101)),
        effects("wipes xrr's page", [4], .advise(page, length: 4096, advice: 4)),
        effects("writes to xrr's page", [4], .write(page, bytes: [1, 2, 3])),
        effects("writes into xrr's page", [4], .write(page - 1, bytes: [1, 2, 3])),
        effects("writes to nowhere", [4], .write(elsewhere, bytes: [1])),
        effects("writes to the kernel", [4], .write(GuestAddress(0xffff_ffff_8100_0000), bytes: [1])),
        effects("writes at the end of the world", [4], .write(GuestAddress(.max), bytes: [1, 2])),
        effects("writes to the vsyscall page", [4], .write(GuestAddress(0xffff_ffff_ff60_0000), bytes: [1])),
        effects("writes to a thread that is not", [4], .writeElsewhere(nobody, base, bytes: [1])),
        effects("writes to the init process", [4], .writeElsewhere(ThreadID(1), base, bytes: [1])),
        effects("limits the stack to nothing", [3], .limitStack(0)),
        effects("lifts the stack's limit", [3], .limitStack(.max)),
        effects("prints what is not there", [4], .output(.standardOutput, elsewhere, length: 10)),
        effects(
            "prints something else", [3],
            .output(.standardOutput, base, length: 3, check: .bytes([1, 2, 3]))),
        effects(
            "prints what is not there, with hashes", [3],
            .output(.standardOutput, elsewhere, length: 1024, check: .hashes(.init(repeating: 0, count: 16)))),
        effects(
            "verifies what is not there", [3],
            .verifyMemory(MemoryDigest(runs: [.init(start: elsewhere, pageHashes: [1, 2])]))),
        effects(
            "verifies the end of memory", [4],
            .verifyMemory(MemoryDigest(runs: [.init(start: GuestAddress((1 << 47) - 4096), pageHashes: [1, 2, 3])]))),
        effects("prints without end", [4], .output(.standardOutput, base, length: .max)),
        effects("makes a negative region", [4], .createShared(region, length: .max, contents: nil)),
        effects(
            "makes a region of a file that is not stored", [4],
            .createShared(region, length: 4096, contents: FileDigest(bytes: .init(repeating: 0, count: 32)))),
        effects("resizes an unknown region", [4], .resizeShared(region, length: 1)),
        effects(
            "resizes to a negative length", [4], .createShared(region, length: 1, contents: nil),
            .resizeShared(region, length: .max)),
        effects("maps for a thread that is not", [4], .elsewhere(nobody, mapping(elsewhere, 4096))),
        effects("releases an unknown region", [4], .releaseShared(region)),
        effects(
            "uses a released region", [4], .createShared(region, length: 4096, contents: nil), .releaseShared(region),
            mapping(elsewhere, 4096, flags: 1, .shared(region, offset: 0, path: ""))),
        effects(
            "clears beyond a region", [4], .createShared(region, length: 1, contents: nil),
            .clearShared(region, offset: 0, length: 4096)),
        effects(
            "maps a region in both ways at once", [4], .createShared(region, length: 4096, contents: nil),
            mapping(elsewhere, 4096, flags: 3, .shared(region, offset: 0, path: ""))),
        effects("writes to an unknown region", [4], .writeShared(region, offset: 0, bytes: [1])),
        effects(
            "writes far beyond a region", [4], .createShared(region, length: 1, contents: nil),
            .writeShared(region, offset: .max, bytes: [1])),
        effects(
            "a huge region that nobody fills", [3], .createShared(region, length: 1 << 60, contents: nil),
            mapping(elsewhere, 1 << 30, flags: 1, .shared(region, offset: 1 << 50, path: ""))),
        effects(
            "maps beyond the end of a region", [3, 4], .createShared(region, length: 1, contents: nil),
            mapping(elsewhere, 1 << 30, flags: 1, .shared(region, offset: 1 << 62, path: ""))),
    ]

    static let threads: [Case] = [
        Case(testDescription: "an event of no thread") {
            $0.append(.syscall(SyscallNumber(1)), Registers(), Registers(), thread: nobody)
        },
        Case(testDescription: "the end of no thread") {
            $0.append(.threadExit(ExitStatus(waitStatus: 0)), Registers(), Registers(), thread: nobody)
        },
        Case(testDescription: "a thread starts twice") { $0.frames.append($0.frames[0]) },
        Case(testDescription: "a thread without parent") {
            let start = ThreadStart(parent: nobody, process: ProcessID(1), sharesMemory: true)
            $0.append(.threadStart(start), HostileRecording.registers, HostileRecording.registers, thread: nobody)
        },
        Case(testDescription: "its own parent") {
            let start = ThreadStart(parent: nobody, process: ProcessID(1), sharesMemory: true)
            $0.append(.threadStart(start), HostileRecording.registers, HostileRecording.registers, thread: nobody)
        },
        Case(testDescription: "an event after the end") {
            $0.append(.threadExit(ExitStatus(waitStatus: 0)), HostileRecording.registers, HostileRecording.registers)
            $0.append(effects: [])
        },
        Case(testDescription: "a parent that ended", statuses: [4]) {
            $0.append(.threadExit(ExitStatus(waitStatus: 9)), HostileRecording.registers, HostileRecording.registers)
            let start = ThreadStart(parent: HostileRecording.thread, process: ProcessID(1), sharesMemory: true)
            $0.append(.threadStart(start), HostileRecording.registers, HostileRecording.registers, thread: nobody)
        },
        Case(testDescription: "negative thread ids", statuses: [0]) {
            for id: Int32 in [-1, 0, .min, .max] {
                let start = ThreadStart(parent: HostileRecording.thread, process: ProcessID(id), sharesMemory: true)
                $0.append(
                    .threadStart(start), HostileRecording.registers, HostileRecording.registers, thread: ThreadID(id))
            }
        },
        Case(testDescription: "as many threads as one likes", statuses: [4, 5]) {
            for id: Int32 in 1000..<20000 {
                let start = ThreadStart(parent: HostileRecording.thread, process: ProcessID(id), sharesMemory: true)
                $0.append(
                    .threadStart(start), HostileRecording.registers, HostileRecording.registers, thread: ThreadID(id))
            }
        },
        Case(testDescription: "exec of a thread that never started", statuses: [0]) {
            $0.append(
                .exec(ExecImage(path: "", arguments: [])), HostileRecording.registers, HostileRecording.registers,
                thread: nobody)
        },
        Case(testDescription: "odd signals", statuses: [3, 4]) {
            for number: UInt64 in [0, 65, 0x7fff_ffff, 0xffff_ffff, 9, 19] {
                let info = SignalInfo(
                    bytes: Machine.word(number, 128 / 8) + .init(repeating: 0, count: SignalInfo.size - 16))
                $0.append(
                    .signal(info, .none, isSynchronous: false), HostileRecording.registers, HostileRecording.registers)
                $0.append(
                    .signal(info, .fatal, isSynchronous: true), HostileRecording.registers, HostileRecording.registers)
            }
        },
        Case(testDescription: "ends as no process does", statuses: [0]) {
            $0.append(.threadExit(ExitStatus(waitStatus: -1)), HostileRecording.registers, HostileRecording.registers)
        },
        Case(testDescription: "nothing at all", statuses: [0]) { $0.frames = [] },
        Case(testDescription: "no program", statuses: [3]) {
            $0.frames.removeLast()
            $0.append(.syscall(SyscallNumber(1)), HostileRecording.registers, HostileRecording.registers)
        },
    ]

    /// A loop that a marker is looked for in, which it is never at.
    private static func marker(
        _ name: String, _ statuses: [Int32], code: [UInt8] = [0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0xeb, 0xf8],
        at address: GuestAddress = base, _ marker: Marker, effects: [Effect] = []
    ) -> Case {
        Case(testDescription: name, statuses: statuses, code: code) {
            $0.append(effects: effects)
            var registers = HostileRecording.registers
            registers.rip = address.rawValue
            registers.rbx = marker.digests.isEmpty ? 1 : 0
            $0.append(.interruption(marker), registers, registers)
        }
    }

    private static func digests(_ start: GuestAddress, _ count: UInt64) -> Marker {
        Marker(processorTime: 1, digests: [.init(start: start, pageCount: count, hash: 5)])
    }

    private static let heap = GuestAddress(0x1000_0000_0000)

    /// What takes all time or all memory.
    static let excess: [Case] = [
        marker("a digest of more pages than there can be", [5], digests(base, 1 << 34)),
        marker(
            "a digest of terabytes", [5], digests(heap, 1 << 30),
            effects: [mapping(heap, 1 << 42, flags: 0x4002, protection: 3)]),
        marker(
            "a marker where nothing can be executed", [4], code: Machine.call(elsewhere.rawValue), at: elsewhere,
            Marker(),
            effects: [mapping(elsewhere, 0x2000, protection: 3)]),
        marker("a marker where nothing is mapped", [4], at: heap, Marker()),
        marker(
            "more ends of stacks than threads", [5],
            Marker(
                processorTime: 1, digests: [.init(start: base, pageCount: 0x8000, hash: 5)],
                stackEnds: Array(repeating: base + 0x1001, count: 300_000))),
        marker("a loop to itself", [5], code: Machine.loop, Marker()),
        Case(testDescription: "as many shared regions as one likes", statuses: [4, 5]) {
            $0.append(
                effects: (0..<200_000).map {
                    .createShared(SharedRegionID(rawValue: $0), length: 4096, contents: nil)
                })
        },
        Case(testDescription: "as many mappings as one likes", statuses: [4, 5]) {
            $0.append(effects: (0..<200_000).map { mapping(heap + UInt64($0) * 0x2000, 4096, protection: 3) })
        },
    ]

    static let state: [Case] = [
        registers("a 32-bit code segment") { $0.cs = 0x23 },
        registers("a kernel code segment") { $0.cs = 0x10 },
        registers("no code segment") { $0.cs = 0 },
        registers("a kernel stack segment") { $0.ss = 0x18 },
        registers("a kernel data segment") { $0.fs = 0x18 },
        registers("an FS base in the kernel") { $0.fsBase = 0xffff_8000_0000_0000 },
        registers("a GS base that is no address") { $0.gsBase = 0x8000_0000_0000_0000 },
        registers("an instruction pointer in the kernel", [3]) { $0.rip = 0xffff_8000_0000_0000 },
        registers("an instruction pointer that is no address", [3]) { $0.rip = 0x8000_0000_0000_0000 },
        registers("an instruction pointer in xrr's page", [3]) { $0.rip = page.rawValue },
        registers("all flags", [3, 4]) { $0.eflags = .max },
        registers("steps through itself", [3, 4]) { $0.eflags |= 0x100 },
        registers("a call to be restarted", [3]) {
            $0.origRax = 0
            $0.rax = UInt64(bitPattern: -512)
        },
        registers("a restart block", [3]) {
            $0.origRax = 219
            $0.rax = UInt64(bitPattern: -516)
        },
    ]

    @Test(arguments: memory + threads + state + excess)
    func endsWithAnswer(_ hostile: Case) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("hostile")
            defer { trial.remove() }
            var recording = try HostileRecording(code: hostile.code)
            hostile.build(&recording)
            recording.append(.syscall(SyscallNumber(60)), HostileRecording.registers, HostileRecording.registers)
            if hostile.statuses == [0] { recording.frames.removeLast() }
            let path = trial.sandbox.path("hostile")
            try recording.write(to: path)
            var group: pid_t = 0
            let replayed = try await trial.run([trial.tool, "replay", "-a", path], limit: .seconds(60)) { group = $0 }
            #expect(hostile.statuses.contains { replayed.ending == .exited($0) }, "\(replayed)")
            if replayed.ending == .exited(4) { #expect(replayed.notices.count == 1, "\(replayed)") }
            #expect(await Trial.leftovers(inGroup: group) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: trial.home) == [])
        }
    }

    // MARK: Code

    /// What code of a hostile recording tries, with what it wants in RAX and as arguments.
    struct Attempt: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var code: @Sendable (_ victim: UInt32) -> [UInt8]
        /// Whether the kernel sees a system call: then it is tried once more after an answer from the recording.
        var isCall = true
    }

    private static let path = UInt32(HostileRecording.data.rawValue)

    static let attempts: [Attempt] = [
        .init(testDescription: "creat") { _ in
            Machine.eax(85) + Machine.edi(path) + Machine.esi(0o644) + Machine.syscall
        },
        .init(testDescription: "creat by int 0x80") { _ in
            Machine.eax(8) + Machine.ebx(path) + Machine.ecx(0o644) + Machine.int80
        },
        .init(
            testDescription: "creat by sysenter",
            code: { _ in
                Machine.eax(8) + Machine.ebx(path) + Machine.ecx(0o644) + Machine.sysenter
            }, isCall: false),
        .init(testDescription: "creat with an x32 number") { _ in
            Machine.eax(0x4000_0055) + Machine.edi(path) + Machine.esi(0o644) + Machine.syscall
        },
        .init(testDescription: "write to standard output") { _ in
            Machine.eax(1) + Machine.edi(1) + Machine.esi(path) + Machine.edx(5) + Machine.syscall
        },
        .init(testDescription: "write to standard output by int 0x80") { _ in
            Machine.eax(4) + Machine.ebx(1) + Machine.ecx(path) + Machine.edx(5) + Machine.int80
        },
        .init(testDescription: "kill") { Machine.eax(62) + Machine.edi($0) + Machine.esi(9) + Machine.syscall },
        .init(testDescription: "kill by int 0x80") {
            Machine.eax(37) + Machine.ebx($0) + Machine.ecx(9) + Machine.int80
        },
        .init(testDescription: "fork") { _ in Machine.eax(57) + Machine.syscall },
        .init(testDescription: "fork by int 0x80") { _ in Machine.eax(2) + Machine.int80 },
        // Allowed to the replayer, and so to the filter: only the emulation of system calls stands between.
        .init(testDescription: "clone") { _ in Machine.eax(56) + Machine.edi(17) + Machine.esi(0) + Machine.syscall },
        .init(testDescription: "exit") { _ in Machine.eax(60) + Machine.edi(0) + Machine.syscall },
        .init(testDescription: "the vsyscall page", code: { _ in Machine.call(0xffff_ffff_ff60_0400) }, isCall: false),
    ]

    @Test(arguments: attempts)
    func codeDoesNotReachTheMachine(_ attempt: Attempt) async throws {
        try await Slots.guests.withSlot {
            let trial = try await Trial("code")
            defer { trial.remove() }
            let directory = try trial.sandbox.makeDirectory("target")
            let data = Array("\(directory)/file".utf8) + [0]
            // The victim: a process of the same user, which the test ends itself.
            let victim = try await trial.run(
                ["sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $!"])
            let id = try #require(pid_t(victim.output.dropLast()))
            defer { kill(id, SIGKILL) }

            let code = attempt.code(UInt32(id))
            var recording = try HostileRecording(code: code + code + Machine.undefined, data: data)
            if attempt.isCall {
                var before = try Self.stateAtCall(code)
                for _ in 0..<2 {
                    var after = before
                    after.rax = 0
                    let number = SyscallNumber(UInt32(truncatingIfNeeded: before.origRax))
                    recording.append(.syscall(number), before, after)
                    before.rip += UInt64(code.count)
                }
            } else {
                recording.append(.syscall(SyscallNumber(0)), HostileRecording.registers, HostileRecording.registers)
            }
            let path = trial.sandbox.path("hostile")
            try recording.write(to: path)
            var group: pid_t = 0
            let replayed = try await trial.run([trial.tool, "replay", "-a", path], limit: .seconds(20)) { group = $0 }
            // Both calls were made and answered by the recording, which then ends; or the code went astray.
            let wanted: Command.Ending = attempt.isCall ? .exited(0) : .exited(3)
            #expect(replayed.ending == wanted, "\(replayed)")
            #expect(replayed.output.isEmpty)
            #expect(await Trial.leftovers(inGroup: group) == [])
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [])
            #expect(kill(id, 0) == 0, "the victim lives")
        }
    }

    /// The registers at the stop of the call at the code's end, from the `mov`s before it.
    private static func stateAtCall(_ code: [UInt8]) throws -> Registers {
        var registers = HostileRecording.registers
        var rest = code[...]
        while let opcode = rest.first, (0xb8...0xbf).contains(opcode) {
            let value = rest.dropFirst().prefix(4).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            switch opcode {
            case 0xb8: registers.origRax = value
            case 0xb9: registers.rcx = value
            case 0xba: registers.rdx = value
            case 0xbb: registers.rbx = value
            case 0xbe: registers.rsi = value
            default: registers.rdi = value
            }
            rest = rest.dropFirst(5)
        }
        registers.rax = UInt64(bitPattern: -38)  // ENOSYS: what entry_64.S puts there
        registers.rip += UInt64(code.count)
        return registers
    }
}
