import LinuxABI
import Ptrace
import Replayer
import Symbols
import TraceFormat
import XState

/// A divergence in words: what was to happen, what did, both states side by side, and what can be done about it.
struct DivergenceReport {
    let divergence: Divergence
    /// How the recording was named on the command line, nil for the latest.
    let recording: String?

    /// Effects of one event of the history: an exec has hundreds.
    private static let effectLimit = 4

    private var frame: Frame { divergence.frame }

    var text: String {
        let states = divergence.difference == nil ? registers + [""] + xstate : []
        let sections = [headline, events, contents, places, states, backtrace, history, advice]
        return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    // MARK: What happened

    private var headline: [String] {
        let command = divergence.arguments.isEmpty ? "" : ": " + TextFormat.commandLine(divergence.arguments)
        return [
            divergence.isGivenUp
                ? "the replay gave up: the program did not come to event \(divergence.index) in the time for it"
                : "the replay diverged from the recording at event \(divergence.index)",
            "thread \(frame.thread) of process \(divergence.process)\(command)",
        ]
    }

    private var events: [String] {
        ["expected  \(expectedEvent)", "actual    \(actualEvent)"]
    }

    private var expectedEvent: String { FrameText.event(frame) }

    private var actualEvent: String {
        switch divergence.difference {
        case .output(let output): return "the same, with other output: \(ContentsText.summary(of: output))"
        case .memory(let memory): return "the same, with other memory: \(ContentsText.summary(of: memory))"
        case .mappings: return "the same, with other mappings"
        case nil: break
        }
        guard let stop = divergence.unexpectedStop else {
            guard frame.event.isSystemCallEntry, let registers = divergence.registers else {
                return "the same, with other registers"
            }
            let isSameCall = registers.origRax == frame.before.origRax
            return actualCall(registers) + (isSameCall ? ", with other registers" : "")
        }
        switch stop {
        case .syscall: return divergence.registers.map(actualCall) ?? "a system call"
        case .signal(let number): return signal(number)
        case .exited(let code): return "the thread is gone: it exited with \(code)"
        case .killed(let number): return "the thread is gone: it was killed by \(FrameText.signalName(number))"
        case .event(let event): return "a stop of ptrace: \(event)"
        case .groupStop(let number): return "stopped by \(FrameText.signalName(number))"
        }
    }

    private func actualCall(_ registers: Registers) -> String {
        FrameText.call(SyscallNumber(rawValue: UInt32(truncatingIfNeeded: registers.origRax)), registers)
    }

    /// A signal with the address that it is about, for those that an instruction raised.
    private func signal(_ number: Int32) -> String {
        let name = FrameText.signalName(number)
        let faults: [SignalNumber] = [.segmentationFault, .bus, .illegalInstruction, .floatingPoint]
        guard let info = divergence.signal, faults.contains(SignalNumber(number)), Self.hasAddress(info) else {
            return name
        }
        let place = divergence.faultPlace.map { ", " + Self.words($0) } ?? ""
        return "\(name) at address \(TextFormat.word(info.faultAddress.rawValue))\(place)"
    }

    /// si_code: the kernel sets si_addr for its positive codes but SI_KERNEL (sigaction(2)).
    private static func hasAddress(_ info: SignalInfo) -> Bool { info.code > 0 && info.code != 0x80 }

    private var contents: [String] {
        switch divergence.difference {
        case .output(let output): ContentsText.lines(of: output)
        case .memory(let memory): ContentsText.lines(of: memory)
        case .mappings(let mappings): ContentsText.lines(of: mappings)
        case nil: []
        }
    }

    // MARK: Where

    private var places: [String] {
        let recorded = place(frame.before.instructionPointer, divergence.recordedPlace)
        let actual = divergence.registers.map { place($0.instructionPointer, divergence.actualPlace) }
        let gone = "unknown: the thread is gone"
        return ["recorded at  \(recorded)", "now at       \(actual ?? gone)"]
    }

    private func place(_ address: GuestAddress, _ symbol: SymbolicAddress?) -> String {
        "\(TextFormat.word(address.rawValue))  \(symbol.map(Self.words) ?? "outside of all mapped files")"
    }

    /// Names come from a stranger's files: nothing of them may reach the terminal as a command.
    private static func words(_ symbol: SymbolicAddress) -> String { TextFormat.printable(symbol.description) }

    private var backtrace: [String] {
        guard !divergence.backtrace.isEmpty else { return [] }
        let calls = divergence.backtrace.enumerated().map { number, call in
            "  #\(TextFormat.aligned(String(number), 2)) \(place(call.address, call.symbol))"
        }
        return ["backtrace of the replayed thread"] + calls
    }

    // MARK: States

    /// In the order in which people look for them; storage order is the kernel's.
    private static let registerOrder: [Int] = {
        let names = [
            "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
            "r15", "rip", "eflags", "orig_rax", "fs_base", "gs_base", "cs", "ss", "ds", "es", "fs", "gs",
        ]
        return names.compactMap { Registers.names.firstIndex(of: $0) }
    }()

    private var registers: [String] {
        guard let actual = divergence.registers else { return [] }
        let differing = Set(divergence.differingRegisters)
        var lines = [row("  register", "recorded", "replayed")]
        for index in Self.registerOrder {
            let expected = frame.before[index]
            let isDifferent = differing.contains(index)
            let mark = isDifferent ? "* " : expected == actual[index] ? "  " : "~ "
            lines.append(
                row(mark + Registers.names[index], TextFormat.word(expected), TextFormat.word(actual[index])))
        }
        if lines.contains(where: { $0.hasPrefix("~") }) {
            lines.append("(~ differs, but means nothing at this event and is not compared)")
        }
        return lines
    }

    private func row(_ name: String, _ recorded: String, _ replayed: String) -> String {
        "\(TextFormat.aligned(name, 10))  \(TextFormat.aligned(recorded, 18))  \(replayed)"
    }

    private var xstate: [String] {
        let foreign = divergence.foreignComponents
        guard foreign.isEmpty else {
            return ["the replayed thread has values in \(foreign), of which the recorded one had none to see"]
                + xstateRows
        }
        return xstateRows
    }

    private var xstateRows: [String] {
        guard divergence.xstate != nil else { return [] }
        let differences = divergence.differingXState
        guard !differences.isEmpty else { return ["the extended registers are the same"] }
        let rows = differences.map { (name: "* " + $0.field, values: Self.shortened($0.expected, $0.actual)) }
        let width = max(18, rows.map(\.values.0.count).max() ?? 0)
        func row(_ name: String, _ recorded: String, _ replayed: String) -> String {
            "\(TextFormat.aligned(name, 10))  \(TextFormat.aligned(recorded, width))  \(replayed)"
        }
        // Three words, of a vector register of 256 bits say, are all that fits side by side.
        guard width > 2 + 3 * Self.digitsPerWord else {
            return [row("  extended", "recorded", "replayed")] + rows.map { row($0.name, $0.values.0, $0.values.1) }
        }
        return ["  extended    recorded, and below it replayed"]
            + rows.flatMap { name, values in
                ["\(TextFormat.aligned(name, 10))  \(values.0)", "            \(values.1)"]
            }
    }

    private static let digitsPerWord = 16

    /// Two hexadecimal values of the same length without the words that are 0 at the head of both.
    static func shortened(_ first: String, _ second: String) -> (String, String) {
        guard first.count == second.count, first.hasPrefix("0x"), second.hasPrefix("0x") else { return (first, second) }
        var rest = (first.dropFirst(2), second.dropFirst(2))
        let zero = String(repeating: "0", count: digitsPerWord)
        while rest.0.count > digitsPerWord, rest.0.hasPrefix(zero), rest.1.hasPrefix(zero) {
            rest = (rest.0.dropFirst(digitsPerWord), rest.1.dropFirst(digitsPerWord))
        }
        return ("0x" + rest.0, "0x" + rest.1)
    }

    // MARK: Before and after

    private var history: [String] {
        guard !divergence.history.isEmpty else { return [] }
        return ["the events before it"]
            + divergence.history.map { index, frame in
                "  " + FrameText.line(frame, at: index, effectLimit: Self.effectLimit)
            }
    }

    private var advice: [String] {
        let name = recording.map { " " + TextFormat.commandLine([Array($0.utf8)]) } ?? ""
        let first = divergence.index.rawValue - min(divergence.index.rawValue, 20)
        return [
            "what can be done",
            "  xrr dump --event \(first)..\(divergence.index) --registers --xstate\(name)   what was recorded up to here",
            "  xrr replay -a --quiet --dump-registers FILE\(name)   what the replay sees up to here; two such",
            "      files show with 'xrr compare' whether it always diverges in the same way",
            "  xrr replay -a --quiet --log trace\(name)   what the replayer does",
            "This is an error of xrr, or of the machine: please report it with this text.",
        ]
    }
}
