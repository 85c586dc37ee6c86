import LinuxABI
import TraceFormat
import XState

/// Frames for programs: one JSON object per line. Members are only ever added.
extension FrameText {
    struct Detail: Hashable {
        var registers = false
        var xstate = false
    }

    /// 64-bit values are hexadecimal strings: JSON readers make doubles of numbers.
    static func json(_ frame: Frame, at index: FrameIndex, detail: Detail) -> JSONText {
        var members: [(String, JSONText)] = [
            ("frame", .unsigned(index.rawValue)), ("thread", .integer(Int64(frame.thread.rawValue))),
        ]
        members += eventMembers(frame)
        members.append(("effects", .array(frame.effects.map(json))))
        if detail.registers {
            members.append(("registers", json(frame.before)))
            members.append(("registersAfter", json(frame.after)))
        }
        if detail.xstate {
            let fields = frame.xstate.fields.map { ($0.name, JSONText.string($0.hex)) }
            members.append(("xstate", .object(fields)))
            if let after = frame.xstateAfter {
                members.append(("xstateAfter", .object(after.fields.map { ($0.name, .string($0.hex)) })))
            }
        }
        return .object(members)
    }

    private static func json(_ registers: Registers) -> JSONText {
        .object((0..<Registers.count).map { (Registers.names[$0], hex(registers[$0])) })
    }

    private static func hex(_ value: UInt64) -> JSONText { .string(TextFormat.hexadecimal(value)) }
    private static func hex(_ address: GuestAddress) -> JSONText { hex(address.rawValue) }

    private static func eventMembers(_ frame: Frame) -> [(String, JSONText)] {
        func call(_ kind: String, _ number: SyscallNumber, hasResult: Bool) -> [(String, JSONText)] {
            var members: [(String, JSONText)] = [
                ("event", .string(kind)), ("number", .unsigned(UInt64(number.rawValue))),
                ("name", .string(name(number))),
                ("arguments", .array((0..<6).map { hex(frame.before.argument($0)) })),
            ]
            if hasResult { members.append(("result", .integer(frame.after.syscallResult))) }
            return members
        }
        switch frame.event {
        case .syscall(let number): return call("syscall", number, hasResult: true)
        case .syscallEntry(let number): return call("syscallEntry", number, hasResult: false)
        case .syscallExit(let number): return call("syscallExit", number, hasResult: true)
        case .threadStart(let start):
            return [
                ("event", .string("threadStart")), ("process", .integer(Int64(start.process.rawValue))),
                ("parent", start.parent.map { .integer(Int64($0.rawValue)) } ?? .null),
                ("sharesMemory", .bool(start.sharesMemory)),
            ]
        case .exec(let image):
            return [
                ("event", .string("exec")), ("path", .string(image.path)),
                ("arguments", .array(image.arguments.map(JSONText.bytes))),
            ]
        case .signal(let info, let action, let isSynchronous):
            return [
                ("event", .string("signal")), ("signal", .integer(Int64(info.number))),
                ("action", .string(words(action))), ("synchronous", .bool(isSynchronous)),
            ]
        case .trap(let kind): return [("event", .string("trap")), ("instruction", .string(words(kind)))]
        case .interruption(let marker):
            return [
                ("event", .string("interruption")), ("address", hex(frame.before.instructionPointer)),
                ("pages", .unsigned(marker.pageCount)), ("processorTime", .unsigned(marker.processorTime)),
            ]
        case .threadExit(let status):
            return [
                ("event", .string("threadExit")), ("code", status.signal == nil ? .integer(Int64(status.code)) : .null),
                ("signal", status.signal.map { .integer(Int64($0)) } ?? .null),
            ]
        }
    }

    private static func json(_ effect: Effect) -> JSONText {
        func object(_ kind: String, _ members: [(String, JSONText)]) -> JSONText {
            .object([("effect", .string(kind))] + members)
        }
        switch effect {
        case .write(let address, let bytes):
            return object("write", [("address", hex(address)), ("length", .unsigned(UInt64(bytes.count)))])
        case .writeElsewhere(let thread, let address, let bytes):
            return object(
                "writeElsewhere",
                [
                    ("thread", .integer(Int64(thread.rawValue))), ("address", hex(address)),
                    ("length", .unsigned(UInt64(bytes.count))),
                ])
        case .elsewhere(let thread, let effect):
            return object("elsewhere", [("thread", .integer(Int64(thread.rawValue))), ("what", json(effect))])
        case .map(let mapping):
            return object(
                "map",
                [
                    ("address", hex(mapping.address)), ("length", hex(mapping.length)),
                    ("protection", .unsigned(UInt64(mapping.protection))), ("flags", .unsigned(UInt64(mapping.flags))),
                ] + members(mapping.backing))
        case .unmap(let address, let length):
            return object("unmap", [("address", hex(address)), ("length", hex(length))])
        case .protect(let address, let length, let protection):
            return object(
                "protect",
                [("address", hex(address)), ("length", hex(length)), ("protection", .unsigned(UInt64(protection)))])
        case .remap(let from, let oldLength, let to, let newLength, let dontUnmap):
            return object(
                "remap",
                [
                    ("from", hex(from)), ("oldLength", hex(oldLength)), ("to", hex(to)), ("newLength", hex(newLength)),
                    ("dontUnmap", .bool(dontUnmap)),
                ])
        case .advise(let address, let length, let advice):
            return object(
                "advise", [("address", hex(address)), ("length", hex(length)), ("advice", .unsigned(UInt64(advice)))])
        case .limitStack(let bytes): return object("limitStack", [("bytes", .unsigned(bytes))])
        case .createShared(let region, let length, let contents):
            return object(
                "createShared",
                [
                    ("region", .unsigned(UInt64(region.rawValue))), ("length", .unsigned(length)),
                    ("contents", contents.map { .string($0.description) } ?? .null),
                ])
        case .resizeShared(let region, let length):
            return object(
                "resizeShared", [("region", .unsigned(UInt64(region.rawValue))), ("length", .unsigned(length))])
        case .clearShared(let region, let offset, let length):
            return object(
                "clearShared",
                [
                    ("region", .unsigned(UInt64(region.rawValue))), ("offset", .unsigned(offset)),
                    ("length", .unsigned(length)),
                ])
        case .releaseShared(let region):
            return object("releaseShared", [("region", .unsigned(UInt64(region.rawValue)))])
        case .writeShared(let region, let offset, let bytes):
            return object(
                "writeShared",
                [
                    ("region", .unsigned(UInt64(region.rawValue))), ("offset", .unsigned(offset)),
                    ("length", .unsigned(UInt64(bytes.count))),
                ])
        case .output(let stream, let address, let length, let check):
            return object(
                "output",
                [
                    ("descriptor", .unsigned(UInt64(stream.rawValue))), ("address", hex(address)),
                    ("length", .unsigned(length)), ("checked", .bool(check != nil)),
                ])
        case .outputBytes(let stream, let bytes):
            return object(
                "outputBytes",
                [("descriptor", .unsigned(UInt64(stream.rawValue))), ("length", .unsigned(UInt64(bytes.count)))])
        case .verifyMemory(let digest):
            return object(
                "verifyMemory",
                [
                    ("pages", .unsigned(digest.pageCount)),
                    ("mappings", digest.mappings.map { .unsigned(UInt64($0.count)) } ?? .null),
                    (
                        "runs",
                        .array(
                            digest.runs.map {
                                .object([("address", hex($0.start)), ("pages", .unsigned($0.pageCount))])
                            })
                    ),
                ])
        }
    }

    private static func members(_ backing: Backing) -> [(String, JSONText)] {
        switch backing {
        case .anonymous: [("backing", .string("anonymous"))]
        case .file(let digest, let offset, let path):
            [
                ("backing", .string("file")), ("digest", .string(digest.description)), ("offset", hex(offset)),
                ("path", .string(path)),
            ]
        case .shared(let region, let offset, let path):
            [
                ("backing", .string("shared")), ("region", .unsigned(UInt64(region.rawValue))), ("offset", hex(offset)),
                ("path", .string(path)),
            ]
        }
    }
}
