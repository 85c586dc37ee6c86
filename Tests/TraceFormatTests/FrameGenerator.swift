import LinuxABI
import TraceFormat
import XState

/// Makes frames that use every kind of event and effect, with the extreme values of every field.
struct FrameGenerator {
    private var random: SeededGenerator
    private var registers: [ThreadID: Registers] = [:]
    private var xstates: [ThreadID: XStateImage] = [:]
    private var count = 0
    /// The largest piece of memory in an effect.
    var longestBytes = 300

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func frames(_ count: Int) throws -> [Frame] {
        try (0..<count).map { _ in try frame() }
    }

    mutating func frame() throws -> Frame {
        let thread = ThreadID([1, 77, 4_194_303, Int32.max].randomElement(using: &random) ?? 1)
        var before = registers[thread] ?? someRegisters()
        change(&before)
        var after = before
        change(&after)
        registers[thread] = after
        if xstates[thread] == nil || chance(3) { xstates[thread] = try someXState(like: xstates[thread]) }
        let xstate = try xstates[thread] ?? someXState(like: nil)
        let xstateAfter = chance(8) ? try someXState(like: xstate) : nil
        if let xstateAfter { xstates[thread] = xstateAfter }
        let effects = chance(2) ? (0..<Int.random(in: 1...5, using: &random)).map { _ in someEffect() } : []
        return Frame(
            thread: thread, event: someEvent(), before: before, after: after, xstate: xstate,
            xstateAfter: xstateAfter, effects: effects)
    }

    private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

    private mutating func word() -> UInt64 {
        switch Int.random(in: 0..<5, using: &random) {
        case 0: 0
        case 1: .max
        case 2: 1 << 63
        case 3: UInt64.random(in: 0..<300, using: &random)
        default: random.next()
        }
    }

    private mutating func word32() -> UInt32 { UInt32(truncatingIfNeeded: word()) }
    private mutating func address() -> GuestAddress { GuestAddress(word()) }
    private mutating func region() -> SharedRegionID { SharedRegionID(rawValue: word32()) }
    private mutating func digest() -> FileDigest { FileDigest(bytes: bytes(exactly: FileDigest.size)) }

    private mutating func bytes(exactly count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private mutating func bytes() -> [UInt8] {
        bytes(exactly: chance(4) ? 0 : Int.random(in: 0...longestBytes, using: &random))
    }

    private mutating func path() -> String {
        ["", "/usr/lib/x86_64-linux-gnu/libc.so.6", "/tmp/\u{fc}mlaut", "[heap]", String(repeating: "x", count: 4095)]
            .randomElement(using: &random) ?? ""
    }

    private mutating func someRegisters() -> Registers {
        var registers = Registers()
        for index in 0..<Registers.count { registers[index] = word() }
        return registers
    }

    private mutating func change(_ registers: inout Registers) {
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            registers[Int.random(in: 0..<Registers.count, using: &random)] = word()
        }
    }

    private mutating func someXState(like old: XStateImage?) throws -> XStateImage {
        let masks: [XFeatureMask] = [.legacy, [.legacy, .avx], [.legacy, .avx, .avx512, .pkru]]
        let mask = chance(10) ? masks.randomElement(using: &random) : old?.mask
        var image = try XStateImage.initial(mask: mask ?? [.legacy, .avx])
        if let old, old.mask == image.mask { image = old }
        var stored = image.bytes
        for _ in 0..<Int.random(in: 1..<40, using: &random) {
            // XMM and what follows it but PKRU: all bytes have a meaning there.
            let end = stored.count - (image.mask.contains(.pkru) ? 8 : 0)
            stored[Int.random(in: 160..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        return try XStateImage(mask: image.mask, stored: stored)
    }

    private mutating func someEvent() -> Event {
        defer { count += 1 }
        let number = SyscallNumber(word32())
        switch count % 9 {
        case 0: return .syscall(number)
        case 1: return .syscallEntry(number)
        case 2: return .syscallExit(number)
        case 3:
            return .threadStart(
                ThreadStart(
                    parent: chance(2) ? nil : ThreadID(Int32.max), process: ProcessID(Int32(bitPattern: word32())),
                    sharesMemory: chance(2)))
        case 4:
            return .exec(
                ExecImage(path: path(), arguments: (0..<Int.random(in: 0..<4, using: &random)).map { _ in bytes() }))
        case 5:
            let action = [SignalAction.handler, .none, .fatal].randomElement(using: &random) ?? .none
            return .signal(SignalInfo(bytes: bytes(exactly: SignalInfo.size)), action, isSynchronous: chance(2))
        case 7: return .interruption(marker())
        case 6: return .trap([TrapKind.rdtsc, .rdtscp, .cpuid].randomElement(using: &random) ?? .rdtsc)
        default: return .threadExit(ExitStatus(waitStatus: Int32(bitPattern: word32())))
        }
    }

    private mutating func marker() -> Marker {
        var marker = Marker(processorTime: word())
        if chance(2) { marker.function = GuestAddress(0x40_1000)..<GuestAddress(0x40_1000 + UInt64(word32()) + 1) }
        var page: UInt64 = 0
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            page += UInt64.random(in: 0..<1 << 20, using: &random)
            let count = UInt64.random(in: 1..<1000, using: &random)
            marker.digests.append(
                .init(start: GuestAddress(page * GuestAddress.pageSize), pageCount: count, hash: word()))
            page += count
        }
        for _ in 0..<Int.random(in: 0..<3, using: &random) {
            marker.pages.append(
                .init(
                    start: GuestAddress(UInt64.random(in: 0..<1 << 35, using: &random) * GuestAddress.pageSize),
                    bytes: bytes(exactly: Int(GuestAddress.pageSize))))
        }
        return marker
    }

    private mutating func mapping(_ backing: Backing) -> Effect {
        .map(
            Mapping(address: address(), length: word(), protection: word32(), flags: word32(), backing: backing))
    }

    private func checkedOutput(_ stream: OutputStream, bytes: [UInt8]) -> Effect {
        let length = UInt64(bytes.count)
        return .output(
            stream, GuestAddress(1 << 40), length: length, check: OutputCheck(length: length) { add in add(bytes) })
    }

    private mutating func memoryDigest() -> Effect {
        var runs: [MemoryDigest.Run] = []
        var page = UInt64.random(in: 0..<1000, using: &random)
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let hashes = (0..<Int.random(in: 1...5, using: &random)).map { _ in random.next() }
            runs.append(.init(start: GuestAddress(page * GuestAddress.pageSize), pageHashes: hashes))
            page += UInt64(hashes.count) + UInt64.random(in: 0..<(1 << 20), using: &random)
        }
        var mappings: [MappedRange] = []
        for number in 0..<UInt64.random(in: 0...3, using: &random) {
            mappings.append(
                MappedRange(
                    start: GuestAddress((number * 100 + 1) * GuestAddress.pageSize),
                    pageCount: UInt64.random(in: 1...99, using: &random), protection: UInt8(number), isStack: chance(2))
            )
        }
        return .verifyMemory(
            MemoryDigest(
                runs: runs, stackEnds: chance(2) ? [] : [address(), address()], mappings: chance(2) ? nil : mappings))
    }

    private mutating func someEffect() -> Effect {
        let stream = chance(2) ? OutputStream.standardOutput : .standardError
        return switch Int.random(in: 0..<21, using: &random) {
        case 0: .write(address(), bytes: bytes())
        case 15:
            .elsewhere(ThreadID(Int32(bitPattern: word32())), mapping(.shared(region(), offset: word(), path: path())))
        case 16: .releaseShared(region())
        case 17: .clearShared(region(), offset: word(), length: word())
        case 14: .limitStack(word())
        case 13: .writeElsewhere(ThreadID(Int32(bitPattern: word32())), address(), bytes: bytes())
        case 1: mapping(.anonymous)
        case 2: mapping(.file(digest(), offset: word(), path: path()))
        case 3: mapping(.shared(region(), offset: word(), path: path()))
        case 4: .unmap(address(), length: word())
        case 5: .protect(address(), length: word(), protection: word32())
        case 6:
            .remap(from: address(), oldLength: word(), to: address(), newLength: word(), dontUnmap: chance(2))
        case 7: .advise(address(), length: word(), advice: word32())
        case 8: .createShared(region(), length: word(), contents: chance(2) ? digest() : nil)
        case 9: .resizeShared(region(), length: word())
        case 10: .writeShared(region(), offset: word(), bytes: bytes())
        case 11: .output(stream, address(), length: word())
        case 18: checkedOutput(stream, bytes: bytes())
        case 19: checkedOutput(stream, bytes: bytes(exactly: Int.random(in: 513...2000, using: &random)))
        case 20: memoryDigest()
        default: .outputBytes(stream, bytes: bytes())
        }
    }
}
