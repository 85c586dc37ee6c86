import LinuxABI
import TraceFormat
import XState

/// Frames in words, for people; `FrameText+JSON` is for programs.
enum FrameText {
    /// One line, like strace(1) where the event is a system call.
    ///
    /// - Parameter effectLimit: how many effects are told before they are only counted.
    static func line(_ frame: Frame, at index: FrameIndex, effectLimit: Int = .max) -> String {
        var effects = frame.effects.prefix(effectLimit).map(summary)
        if frame.effects.count > effectLimit { effects.append("and \(frame.effects.count - effectLimit) more") }
        let text = effects.isEmpty ? "" : "  {" + effects.joined(separator: ", ") + "}"
        return "\(index) [\(frame.thread)] \(event(frame))\(text)"
    }

    /// The event without its effects.
    static func event(_ frame: Frame) -> String {
        switch frame.event {
        case .syscall(let number): "\(call(number, frame.before)) = \(result(frame.after))"
        case .syscallEntry(let number): "\(call(number, frame.before)) ..."
        case .syscallExit(let number): "... \(name(number)) = \(result(frame.after))"
        case .threadStart(let start): threadStart(start)
        case .exec(let image):
            "exec \(TextFormat.printable(image.path)): \(TextFormat.commandLine(image.arguments))"
        case .signal(let info, let action, _): "signal \(signalName(info.number)) \(words(action))"
        case .trap(let kind): "\(words(kind)) at \(frame.before.instructionPointer)"
        case .interruption(let marker):
            "interrupted at \(frame.before.instructionPointer), \(marker.pageCount) pages compared"
        case .threadExit(let status): exitWords(status)
        }
    }

    /// What a thread's or process's end was, as strace puts it.
    static func exitWords(_ status: ExitStatus) -> String {
        status.signal.map { "killed by \(signalName($0))" } ?? "exited with \(status.code)"
    }

    static func words(_ action: SignalAction) -> String {
        switch action {
        case .handler: "handler"
        case .none: "without effect"
        case .fatal: "fatal"
        }
    }

    static func words(_ kind: TrapKind) -> String {
        switch kind {
        case .rdtsc: "rdtsc"
        case .rdtscp: "rdtscp"
        case .cpuid: "cpuid"
        case .xgetbv: "xgetbv"
        case .xsave: "xsave"
        case .xrstor: "xrstor"
        case .rdrand: "rdrand"
        case .rdseed: "rdseed"
        case .rdpid: "rdpid"
        case .xbegin: "xbegin"
        case .watchedCode: "watched code"
        }
    }

    /// The registers that the event was reached with, four to a line, and where the event changed them, after it.
    static func registers(_ frame: Frame) -> [String] {
        var lines: [String] = []
        for start in stride(from: 0, to: Registers.count, by: 4) {
            let row = (start..<min(start + 4, Registers.count)).map { index in
                let value = frame.before[index]
                let change = frame.after[index] == value ? "" : "->" + TextFormat.hexadecimal(frame.after[index])
                return "\(Registers.names[index])=\(TextFormat.hexadecimal(value))\(change)"
            }
            lines.append("    " + row.joined(separator: " "))
        }
        return lines
    }

    /// The extended registers that are not zero.
    static func xstate(_ frame: Frame) -> [String] {
        var lines = frame.xstate.fields.filter { $0.bytes.contains { $0 != 0 } }.map { "    \($0.name)=\($0.hex)" }
        if let after = frame.xstateAfter {
            let before = Dictionary(frame.xstate.fields.map { ($0.name, $0.hex) }) { first, _ in first }
            lines += after.fields.filter { before[$0.name] != $0.hex }.map { "    after: \($0.name)=\($0.hex)" }
        }
        return lines
    }

    /// A system call with its arguments, as the registers at its entry have them.
    static func call(_ number: SyscallNumber, _ registers: Registers) -> String {
        let arguments = (0..<6).map { TextFormat.hexadecimal(registers.argument($0)) }
        return "\(name(number))(\(arguments.joined(separator: ", ")))"
    }

    private static func result(_ registers: Registers) -> String {
        guard registers.syscallFailed else { return TextFormat.hexadecimal(registers.rax) }
        return "-1 \(errorName(Int32(-registers.syscallResult)))"
    }

    private static func threadStart(_ start: ThreadStart) -> String {
        let what = start.sharesMemory && start.parent != nil ? "thread" : "process"
        return "new \(what) of process \(start.process)" + (start.parent.map { " by \($0)" } ?? "")
    }

    private static func summary(_ effect: Effect) -> String {
        switch effect {
        case .write(let address, let bytes): "write \(address) \(bytes.count) B"
        case .writeElsewhere(let thread, let address, let bytes):
            "write \(address) of \(thread) \(bytes.count) B"
        case .elsewhere(let thread, let effect): "of \(thread): \(summary(effect))"
        case .map(let mapping):
            "map \(mapping.address)+\(TextFormat.hexadecimal(mapping.length)) \(backing(mapping.backing))"
        case .unmap(let address, let length): "unmap \(address)+\(TextFormat.hexadecimal(length))"
        case .protect(let address, let length, let protection):
            "protect \(address)+\(TextFormat.hexadecimal(length)) \(protectionWords(protection))"
        case .remap(let from, let oldLength, let to, let newLength, _):
            "remap \(from)+\(TextFormat.hexadecimal(oldLength)) to \(to)+\(TextFormat.hexadecimal(newLength))"
        case .advise(let address, let length, let advice):
            "advise \(address)+\(TextFormat.hexadecimal(length)) \(advice)"
        case .limitStack(let bytes): "stack limit \(bytes) B"
        case .createShared(let region, let length, _): "shared #\(region.rawValue) \(length) B"
        case .resizeShared(let region, let length): "shared #\(region.rawValue) now \(length) B"
        case .clearShared(let region, let offset, let length):
            "shared #\(region.rawValue)[\(offset)] cleared \(length) B"
        case .releaseShared(let region): "shared #\(region.rawValue) gone"
        case .writeShared(let region, let offset, let bytes):
            "shared #\(region.rawValue)[\(offset)] \(bytes.count) B"
        case .output(let stream, _, let length, _): "output \(stream.rawValue) \(length) B"
        case .outputBytes(let stream, let bytes): "output \(stream.rawValue) \(bytes.count) B"
        case .verifyMemory(let digest):
            "verify \(digest.pageCount) pages" + (digest.mappings.map { " and \($0.count) mappings" } ?? "")
        }
    }

    private static func backing(_ backing: Backing) -> String {
        switch backing {
        case .anonymous: "anonymous"
        case .file(_, let offset, let path):
            TextFormat.printable(path) + (offset == 0 ? "" : "[\(TextFormat.hexadecimal(offset))]")
        case .shared(let region, let offset, let path):
            "shared #\(region.rawValue)[\(offset)]" + (path.isEmpty ? "" : " \(TextFormat.printable(path))")
        }
    }

    static func protectionWords(_ bits: UInt32) -> String {
        (bits & 1 != 0 ? "r" : "-") + (bits & 2 != 0 ? "w" : "-") + (bits & 4 != 0 ? "x" : "-")
    }
}
