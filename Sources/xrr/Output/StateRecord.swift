import LinuxABI
import Replayer
import TraceFormat
import XState

/// A thread's state at one event, in the form in which states are dumped and compared: names and values as text.
///
/// As a line of a register dump: `INDEX THREAD EVENT NAME=VALUE...` separated by spaces. THREAD counts threads from 0 in
/// the order in which they appear, since thread ids differ from run to run; EVENT has no spaces. Registers that a
/// replay does not compare at the event are left out, and so are extended registers that are 0, but PKRU: what a CPU
/// without it leaves out is Linux's initial value. Nothing but the event stands in the lines of events at which a replay
/// compares nothing (`Event.isCompared`).
struct StateRecord: Hashable {
    var index: UInt64
    var thread: Int
    var event: String
    private var state: State

    /// Text is made of a frame's state only where it is asked for: most states of a comparison are equal.
    private enum State: Hashable {
        case machine(Registers, XStateImage, Event)
        case text([RegisterValue])
        case unknown

        var isKnown: Bool { self != .unknown }
    }

    var values: [RegisterValue] {
        switch state {
        case .text(let values): return values
        case .unknown: return []
        case .machine(let registers, let xstate, let event):
            let general = (0..<Registers.count).compactMap { index in
                RegisterComparison.exact.comparable(registers, index, at: event).map {
                    RegisterValue(name: Registers.names[index], text: TextFormat.hexadecimal($0))
                }
            }
            let extended = xstate.fields.filter { field in
                !Self.x87Pointers.contains(field.name) && (field.name == "pkru" || field.bytes.contains { $0 != 0 })
            }
            return general + extended.map { RegisterValue(name: $0.name, text: $0.hex) }
        }
    }

    /// Other in every class of CPU, and not compared by a replay (`XStateImage.Ignored.x87Pointers`).
    private static let x87Pointers: Set = ["fop", "fip", "fdp"]

    struct Difference: Hashable {
        /// "thread", "event", "registers", or the names of state components joined by bars ("SSE|AVX").
        var component: String
        var name: String
        var first: String
        var second: String
    }

    private static let registerNames = Set(Registers.names)

    /// The state that a frame was reached with when it was recorded.
    init(_ frame: Frame, at index: FrameIndex, thread: Int) {
        self.init(frame, at: index, thread: thread, state: .machine(frame.before, frame.xstate, frame.event))
    }

    /// The state that a replay reached a frame with.
    init(_ frame: Frame, at index: FrameIndex, thread: Int, observation: Observation?) {
        let state = observation.map { State.machine($0.registers, $0.xstate, frame.event) }
        self.init(frame, at: index, thread: thread, state: state ?? .unknown)
    }

    private init(_ frame: Frame, at index: FrameIndex, thread: Int, state: State) {
        self.index = index.rawValue
        self.thread = thread
        event = Self.word(frame.event)
        self.state = state
    }

    /// nil if the line is not one that `line` writes.
    init?(parsing line: Substring) {
        let words = line.split(separator: " ")
        guard words.count >= 3, let index = UInt64(words[0]), let thread = Int(words[1]) else { return nil }
        self.index = index
        self.thread = thread
        event = String(words[2])
        var values: [RegisterValue] = []
        for word in words.dropFirst(3) {
            guard let value = RegisterValue(parsing: word) else { return nil }
            values.append(value)
        }
        state = values.isEmpty ? .unknown : .text(values)
    }

    /// One line of a register dump, without the newline.
    var line: String { "\(index) \(thread) \(event)" + values.map { " \($0.name)=\($0.text)" }.joined() }

    func differences(to other: StateRecord, by comparison: StateComparison) -> [Difference] {
        if self == other { return [] }
        var result: [Difference] = []
        func note(_ component: String, _ name: String, _ first: String, _ second: String) {
            guard first != second else { return }
            result.append(Difference(component: component, name: name, first: first, second: second))
        }
        note("event", "index", String(index), String(other.index))
        note("event", "event", event, other.event)
        note("thread", "thread", String(thread), String(other.thread))
        guard state.isKnown, other.state.isKnown else { return result }
        let values = values
        let others = other.values
        let right = Dictionary(others.map { ($0.key, $0) }) { first, _ in first }
        for value in values {
            guard let partner = right[value.key] ?? Self.implied(value) else { continue }
            if let difference = Self.difference(value, partner, comparison) { result.append(difference) }
        }
        let left = Set(values.map(\.key))
        for value in others where !left.contains(value.key) {
            guard let partner = Self.implied(value) else { continue }
            if let difference = Self.difference(partner, value, comparison) { result.append(difference) }
        }
        return result
    }

    private static func difference(
        _ first: RegisterValue, _ second: RegisterValue, _ comparison: StateComparison
    ) -> Difference? {
        guard !first.isEqual(second, by: comparison) else { return nil }
        let components = first.components(differingFrom: second)
        return Difference(
            component: components.isEmpty ? "registers" : components.description,
            // Of the names of a vector register, the one that says most.
            name: max(first.name, second.name), first: first.padded(like: second), second: second.padded(like: first))
    }

    /// What stands for a register that the other side leaves out: a general one is not compared at the event.
    private static func implied(_ value: RegisterValue) -> RegisterValue? {
        registerNames.contains(value.name) ? nil : value.initial
    }

    private static func word(_ event: Event) -> String {
        switch event {
        case .syscall(let number): FrameText.name(number)
        case .syscallEntry(let number): FrameText.name(number) + ":entry"
        case .syscallExit(let number): FrameText.name(number) + ":exit"
        case .threadStart: "thread-start"
        case .exec: "exec"
        case .signal(let info, _, _): FrameText.signalName(info.number)
        case .trap(let kind): String(FrameText.words(kind).map { $0 == " " ? "-" : $0 })
        case .interruption: "interruption"
        case .threadExit: "thread-exit"
        }
    }
}

/// Threads numbered by the order of their appearance.
struct ThreadNumbers {
    private var numbers: [ThreadID: Int] = [:]
    private var next = 0

    /// The number of a frame's thread; a `threadStart` begins a new one even if the kernel used the id before.
    mutating func number(of frame: Frame) -> Int {
        if case .threadStart = frame.event { numbers[frame.thread] = nil }
        if let known = numbers[frame.thread] { return known }
        defer { next += 1 }
        numbers[frame.thread] = next
        return next
    }
}
