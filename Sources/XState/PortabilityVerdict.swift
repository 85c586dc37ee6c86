/// Whether a recording replays on a machine, and if not, why.
///
/// The rules are those of docs/portability.md. Rules 1 to 5 and 8 block. Rules 6 and 7 concern instructions that a
/// program may or may not execute, and warn.
package struct PortabilityVerdict: Hashable, Sendable {
    /// What forbids the replay, in the order of the rules; empty if it is sound.
    package private(set) var blockers: [PortabilityReason] = []
    /// What can make it diverge if the program executes certain instructions.
    package private(set) var warnings: [PortabilityReason] = []
    /// The richest level that both CPUs have, at which the program can be recorded for both; nil if the recording does
    /// replay, or if no level would have helped.
    package private(set) var remedy: CPULevel?

    package var isSound: Bool { blockers.isEmpty }

    /// What to say to `xrr record` next time: "--cpu avx2".
    package var flag: String? { remedy.map { "--cpu \($0.rawValue)" } }

    /// The blockers in words, one by line. A machine of another kind lacks many features and answers CPUID otherwise in
    /// a hundred places: of each sort the first few stand for all.
    package var blockerWords: [String] {
        var lines: [String] = []
        var rest = blockers[...]
        while let first = rest.first {
            let alike = rest.prefix { $0.sort == first.sort }
            lines += alike.prefix(Self.shownOfASort).map(\.description)
            if alike.count > Self.shownOfASort {
                lines.append("and \(alike.count - Self.shownOfASort) more of that sort")
            }
            rest = rest.dropFirst(alike.count)
        }
        return lines
    }

    private static let shownOfASort = 12

    package init(recording: RecordingCPU, machine: CPUProfile) {
        judgeMask(recording, machine)
        judgeFeatures(recording, machine)
        judgePlaces(recording, machine)
        judgeLimits(recording, machine)
        judgeInstructions(recording, machine)
        if !isSound { remedy = Self.remedy(recording, machine) }
    }

    private mutating func add(_ reason: PortabilityReason) {
        if reason.isBlocking { blockers.append(reason) } else { warnings.append(reason) }
    }

    /// Rules 1 and 2: the mask is one that can be, lies within the machine's, and is the one that a tracee sees there.
    /// Where the tracees saw the machine's, they had its XSAVE and FXSAVE, too, which are those of its model.
    private mutating func judgeMask(_ recording: RecordingCPU, _ machine: CPUProfile) {
        let mask = recording.xcr0
        guard mask.isLegal, mask == recording.layout.mask else { return add(.illegalMask(mask)) }
        if recording.seesHostXCR0, !recording.isMade(onModelOf: machine) {
            add(.otherModel(recorded: recording.identity, here: machine.identity))
        }
        for component in mask.subtracting(machine.xcr0).components { add(.missingComponent(component)) }
        guard recording.seesHostXCR0, !machine.pins(mask) else { return }
        for component in machine.xcr0.subtracting(mask).components { add(.extraComponent(component)) }
    }

    /// Rule 3: the machine has all features that the tracee was told of; or answers the same, if it answers itself.
    private mutating func judgeFeatures(_ recording: RecordingCPU, _ machine: CPUProfile) {
        for (index, word) in CPUFeatureWord.all.enumerated() {
            let missing =
                recording.cpuid.featureBits[index] & ~machine.cpuid.featureBits[index] & word.significantMask
            if missing == 0 { continue }
            for bit in CPUIDBit.bits(of: missing, in: word.place) where !isMaskBit(bit, recording, machine) {
                add(.missingFeature(bit))
            }
        }
        guard recording.pin.cpuid == .none else { return }
        for entry in recording.cpuid.entries {
            let here = machine.cpuid.words(leaf: entry.leaf, subleaf: entry.subleaf)
            if here == entry.words { continue }
            for register in CPUIDRegister.allCases {
                let place = CPUIDPlace(entry.leaf, entry.subleaf, register)
                let stable = ~Self.volatileMask(at: place)
                guard (here[register] ^ entry.words[register]) & stable != 0 else { continue }
                add(.otherAnswer(place, recorded: entry.words[register], here: here[register]))
            }
        }
    }

    /// OSXSAVE says no more than that the kernel enables what XCR0 has, and that is rule 2's.
    private func isMaskBit(_ bit: CPUIDBit, _ recording: RecordingCPU, _ machine: CPUProfile) -> Bool {
        bit == .osxsave && !recording.xcr0.isSubset(of: machine.xcr0) && machine.cpuid.has(.xsave)
    }

    /// The bits of an answer that differ from core to core, which no program may rely on.
    private static func volatileMask(at place: CPUIDPlace) -> UInt32 {
        switch (place.leaf, place.register) {
        case (1, .ebx): 0xFF00_0000
        case (0xB, .edx), (0x1F, .edx), (0x8000_001E, .eax), (0x8000_001E, .ebx), (0x8000_001E, .ecx),
            (0x8000_0026, .edx), (0x1A, .eax):
            .max
        default: 0
        }
    }

    /// Rules 4 and 5: each component of the mask has its place, and its size and alignment.
    private mutating func judgePlaces(_ recording: RecordingCPU, _ machine: CPUProfile) {
        let hasCompactForm = recording.cpuid.has(CPUIDBit(CPUIDPlace(0xD, 1, .eax), bit: 1))
        for recorded in recording.layout.locations {
            guard let component = recorded.component, let here = machine.layout[component] else { continue }
            if !recorded.hasPlace(of: here) { add(.otherPlace(recorded: recorded, here: here)) }
            let isOther = recorded.size != here.size || recorded.isAligned64 != here.isAligned64
            if hasCompactForm && isOther { add(.otherCompactForm(recorded: recorded, here: here)) }
        }
    }

    /// Rule 8: what the pin did not cover ran on the machine that recorded, and needs the same; but for what only the
    /// kernel's pin covered, which needs the same XCR0.
    private mutating func judgeLimits(_ recording: RecordingCPU, _ machine: CPUProfile) {
        let isSameCPU = recording.isMade(onModelOf: machine) && recording.hostXCR0 == machine.xcr0
        for limit in recording.limits {
            let isScanned = limit.kind != .unscanned && limit.kind != .unscannedPinned
            if recording.pin.xcr0 == .kernel, !isScanned, !machine.shows(recording.xcr0InForce) || recording.isMixed {
                add(.otherXCR0(limit, recorded: recording.xcr0))
            } else if !isSameCPU {
                add(limit.kind == .unscannedPinned ? .unscanned(limit) : .sameCPUOnly(limit))
            }
        }
    }

    /// Rules 6 and 7: instructions that do the same only on CPUs of one kind.
    private mutating func judgeInstructions(_ recording: RecordingCPU, _ machine: CPUProfile) {
        // A baseline is no machine and has neither vendor nor x87.
        if let x87 = recording.x87, x87 != machine.x87, machine.sources.x87 != .unknown {
            add(.otherX87(recorded: x87, here: machine.x87))
        }
        let vendors = (recording.identity.vendor, machine.identity.vendor)
        if vendors.0 != vendors.1, !vendors.1.isEmpty { add(.otherVendor(recorded: vendors.0, here: vendors.1)) }
    }

    /// The richest level that both have. The recording's CPU may be less than the machine that made it: that a level
    /// above the recording's would do as well is then not said.
    private static func remedy(_ recording: RecordingCPU, _ machine: CPUProfile) -> CPULevel? {
        // Code that evades a pin evades it at every level.
        guard recording.limits.isEmpty else { return nil }
        return CPULevel.portable.reversed().first { level in
            level != recording.level && machine.obstacle(to: level) == nil
                && level.obstacle(on: recording.cpuid, layout: recording.layout) == nil
        }
    }
}
