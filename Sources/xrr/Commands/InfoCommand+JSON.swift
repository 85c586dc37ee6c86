import TraceFormat
import XState

/// The same for programs, and in full: environment, CPUID answers and XSAVE layout.
extension InfoCommand.Facts {
    var json: JSONText { .object(recordingMembers + machineMembers) }

    private var recordingMembers: [(String, JSONText)] {
        let code: JSONText? = reader.exitStatus.flatMap { $0.signal == nil ? .integer(Int64($0.code)) : nil }
        let signal: JSONText? = reader.exitStatus?.signal.map { .integer(Int64($0)) }
        let end: JSONText? = manifest.endTime.map { .unsigned($0) }
        let files: [JSONText] = reader.files.map { file in
            .object([
                ("path", .bytes(file.path)), ("digest", .string(file.digest.description)),
                ("size", .unsigned(file.size)),
            ])
        }
        return [
            ("directory", .string(directory.path)), ("store", .string(directory.store)),
            ("id", .string(manifest.recordingID.description)),
            ("command", .array(manifest.commandLine.map(JSONText.bytes))),
            ("workingDirectory", .bytes(manifest.workingDirectory)),
            ("userID", .unsigned(UInt64(manifest.userID))),
            ("environment", .array(manifest.environment.map(JSONText.bytes))),
            ("finished", .bool(reader.isFinished)), ("exitCode", code ?? .null), ("signal", signal ?? .null),
            ("frames", .unsigned(reader.frameCount)), ("startTime", .unsigned(manifest.startTime)),
            ("endTime", end ?? .null), ("size", .unsigned(directory.diskUsage)),
            ("streams", .object(streamSizes.map { ($0.0, .unsigned($0.1)) })), ("mappedFiles", .array(files)),
        ]
    }

    private var machineMembers: [(String, JSONText)] {
        let cpu: [(String, JSONText)] = [
            ("vendor", .string(manifest.cpu.vendor)), ("brand", .string(manifest.cpu.brand)),
            ("family", .unsigned(UInt64(manifest.cpu.family))),
            ("model", .unsigned(UInt64(manifest.cpu.model))),
            ("stepping", .unsigned(UInt64(manifest.cpu.stepping))),
        ]
        return [
            ("cpu", .object(cpu)), ("cpuid", .array(manifest.cpuid.entries.map(Self.json))),
            ("cpuLevel", manifest.cpuLevel.map { .string($0.rawValue) } ?? .null),
            ("xcr0Pin", .string(manifest.pin.xcr0.rawValue)), ("cpuidPin", .string(manifest.pin.cpuid.rawValue)),
            ("sameModelOnly", .bool(manifest.recordingCPU.needsSameModel)),
            ("pinLimits", .array(manifest.pinLimits.map { .string($0.description) })),
            ("refusals", .array(refusals)),
            ("pinnedCore", manifest.pinnedCore.map { .unsigned(UInt64($0)) } ?? .null),
            ("xcr0", .string(TextFormat.hexadecimal(manifest.xcr0.rawValue))),
            ("xstateSize", .unsigned(UInt64(manifest.xstateLayout.size))),
            ("xstateLayout", .array(manifest.xstateLayout.locations.map(Self.json))),
            ("kernel", .string(manifest.kernelRelease)), ("pageSize", .unsigned(manifest.pageSize)),
            ("stackLimit", .unsigned(manifest.stackLimit)),
            ("interceptorVersion", .unsigned(UInt64(manifest.interceptorVersion))),
            ("verifyInterval", manifest.verifyInterval.map(JSONText.unsigned) ?? .null),
            ("producer", .string(manifest.producer)), ("formatVersion", .string("\(manifest.formatVersion)")),
        ]
    }

    private var refusals: [JSONText] {
        manifest.refusals.map { (note: RefusalNote) -> JSONText in
            .object([
                ("kind", .string(note.kind)), ("program", .string(note.program)),
                ("text", .string(RefusalText(note).line)),
            ])
        }
    }

    private static func json(_ entry: CPUIDTable.Entry) -> JSONText {
        let words = entry.words
        return .object([
            ("leaf", .string(TextFormat.hexadecimal(UInt64(entry.leaf)))),
            ("subleaf", .unsigned(UInt64(entry.subleaf))),
            ("eax", .string(TextFormat.hexadecimal(UInt64(words.eax)))),
            ("ebx", .string(TextFormat.hexadecimal(UInt64(words.ebx)))),
            ("ecx", .string(TextFormat.hexadecimal(UInt64(words.ecx)))),
            ("edx", .string(TextFormat.hexadecimal(UInt64(words.edx)))),
        ])
    }

    private static func json(_ location: XStateComponentLocation) -> JSONText {
        .object([
            ("component", .unsigned(UInt64(location.type))),
            ("offset", .unsigned(UInt64(location.offset))), ("size", .unsigned(UInt64(location.size))),
            ("flags", .unsigned(UInt64(location.flags))),
        ])
    }
}
