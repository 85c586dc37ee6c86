import LinuxABI
import Replayer
import TraceFormat
import XState

/// A thread's state at one event, in the form in which states are dumped and compared: names and values as text.
///
/// As a line of a register dump: `INDEX THREAD EVENT NAME=VALUE...` separated by spaces. THREAD counts threads from 0 in
/// the order in which they appear, since thread ids differ from run to run; EVENT has no spaces. Registers that a
/// replay does not compare at the event are left out, and so are extended registers that are 0. Nothing but the event
/// stands in the lines of events at which a replay compares nothing (`Event.isCompared`).
struct StateRecord: Hashable {
    var index: UInt64
    var thread: Int
    var event: String
    private var state: State

    /// Text is made of a frame's state only where it is asked for: most states of a comparison are equal.
    private enum State: Hashable {
        case machine(Registers, XStateImage, Event)
        case text([Value])
        case unknown

        var isKnown: Bool { self != .unknown }
    }

    var values: [Value] {
        switch state {
        case .text(let values): return values
        case .unknown: return []
        case .machine(let registers, let xstate, let event):
            let general = (0..<Registers.count).compactMap { index in
                RegisterComparison.exact.comparable(registers, index, at: event).map {
                    Value(name: Registers.names[index], text: TextFormat.hexadecimal($0))
                }
            }
            let extended = xstate.fields.filter { field in
                !Self.x87Pointers.contains(field.name) && field.bytes.contains { $0 != 0 }
            }
            return general + extended.map { Value(name: $0.name, text: $0.hex) }
        }
    }

    /// Other in every class of CPU, and not compared by a replay (`XStateImage.Ignored.x87Pointers`).
    private static let x87Pointers: Set = ["fop", "fip", "fdp"]

    struct Value: Hashable {
        var name: String
        var text: String
    }

    struct Difference: Hashable {
        /// "thread", "event", "registers" or "xstate".
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
        var values: [Value] = []
        for word in words.dropFirst(3) {
            let sides = word.split(separator: "=", maxSplits: 1)
            guard sides.count == 2 else { return nil }
            values.append(Value(name: String(sides[0]), text: String(sides[1])))
        }
        state = values.isEmpty ? .unknown : .text(values)
    }

    /// One line of a register dump, without the newline.
    var line: String { "\(index) \(thread) \(event)" + values.map { " \($0.name)=\($0.text)" }.joined() }

    func differences(to other: StateRecord) -> [Difference] {
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
        let right = Dictionary(other.values.map { ($0.name, $0.text) }) { first, _ in first }
        let left = Set(values.map(\.name))
        // Extended registers that are left out are 0, general ones are not compared at the event.
        for value in values {
            guard let text = right[value.name] ?? zero(value.name) else { continue }
            note(component(value.name), value.name, value.text, text)
        }
        for value in other.values where !left.contains(value.name) {
            guard let text = zero(value.name) else { continue }
            note(component(value.name), value.name, text, value.text)
        }
        return result
    }

    private func component(_ name: String) -> String { Self.registerNames.contains(name) ? "registers" : "xstate" }

    private func zero(_ name: String) -> String? { Self.registerNames.contains(name) ? nil : "0" }

    private static func word(_ event: Event) -> String {
        switch event {
        case .syscall(let number): FrameText.name(number)
        case .syscallEntry(let number): FrameText.name(number) + ":entry"
        case .syscallExit(let number): FrameText.name(number) + ":exit"
        case .threadStart: "thread-start"
        case .exec: "exec"
        case .signal(let info, _, _): FrameText.signalName(info.number)
        case .trap(let kind): FrameText.words(kind)
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
