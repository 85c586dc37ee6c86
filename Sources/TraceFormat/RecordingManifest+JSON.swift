internal import Codec
internal import FoundationEssentials
internal import SystemPackage
internal import XState

/// The text of `manifest.json`: one JSON object with the members `checksum` and `manifest`.
///
/// The checksum is the XXH3 of the whole text with zeros in the place of its 16 digits. That rule holds for all
/// versions of the format, so that damage and a newer version can be told apart.
extension RecordingManifest {
    private static let checksumMember = Array(#""checksum":""#.utf8)

    /// The bytes of the file.
    func encoded() throws(RecordingWriteError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let file = ManifestFile(checksum: UInt64(0).hexadecimal, manifest: ManifestBody(self))
        let data: Data
        do { data = try encoder.encode(file) } catch { preconditionFailure("a manifest is always JSON: \(error)") }
        var text = [UInt8](data) + [UInt8(ascii: "\n")]
        guard text.count <= FormatLimits.manifestLength, let place = Self.checksumPlace(in: text) else {
            throw .file(path: Self.fileName, nil, .fileTooLarge)
        }
        text.replaceSubrange(place, with: XXH3.hash(text).hexadecimal.utf8)
        return text
    }

    /// Reads the bytes of the file: first the checksum, then the version, then the rest.
    init(decoding text: [UInt8]) throws(RecordingError) {
        guard let place = Self.checksumPlace(in: text), let checksum = UInt64(hexadecimal: text[place]) else {
            throw .manifest("it has no checksum")
        }
        var cleared = text
        cleared.replaceSubrange(place, with: UInt64(0).hexadecimal.utf8)
        guard XXH3.hash(cleared) == checksum else { throw .manifest("its checksum is wrong") }

        let decoder = JSONDecoder()
        let data = Data(text)
        do {
            let version = try decoder.decode(ManifestVersionFile.self, from: data).manifest
            let formatVersion = FormatVersion(major: version.formatMajor, minor: version.formatMinor)
            guard formatVersion.major <= FormatVersion.current.major else {
                throw RecordingError.newerVersion(formatVersion, producer: version.producer)
            }
            self = try decoder.decode(ManifestFile.self, from: data).manifest.value()
        } catch let error as RecordingError {
            throw error
        } catch {
            throw .manifest("\(error)")
        }
    }

    static let fileName = "manifest.json"

    /// Where the 16 digits stand. The member is the first of the object, because keys are sorted; what follows cannot
    /// come before it.
    private static func checksumPlace(in text: [UInt8]) -> Range<Int>? {
        let start = 1 + checksumMember.count
        guard text.count > start + 16, text[0] == UInt8(ascii: "{"), Array(text[1..<start]) == checksumMember else {
            return nil
        }
        return start..<start + 16
    }
}

private struct ManifestFile: Codable {
    var checksum: String
    var manifest: ManifestBody
}

/// As much as every version of the format has.
private struct ManifestVersionFile: Decodable {
    struct Body: Decodable {
        var formatMajor: UInt16
        var formatMinor: UInt16
        var producer: String
    }
    var manifest: Body
}

/// Bytes that are mostly text: a JSON string if they are UTF-8, else an array of numbers.
private struct LosslessText: Codable {
    var bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            bytes = Array(text.utf8)
        } else {
            bytes = try container.decode([UInt8].self)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let text = String(validating: bytes, as: UTF8.self) {
            try container.encode(text)
        } else {
            try container.encode(bytes)
        }
    }
}

/// The member `manifest`. Its property names are the keys and part of the format.
private struct ManifestBody: Codable {
    var formatMajor: UInt16
    var formatMinor: UInt16
    var producer: String
    var recordingID: String
    var commandLine: [LosslessText]
    var environment: [LosslessText]
    var workingDirectory: LosslessText
    var userID: UInt32
    var cpuVendor: String
    var cpuBrand: String
    var cpuFamily: UInt32
    var cpuModel: UInt32
    var cpuStepping: UInt32
    /// Rows of leaf, subleaf, eax, ebx, ecx, edx.
    var cpuid: [[UInt32]]
    var xcr0: UInt64
    var xstateMask: UInt64
    var xstateSize: UInt32
    /// Rows of type, size, offset, flags.
    var xstateLayout: [[UInt32]]
    var cpuLevel: String?
    var cpuidPin: String?
    var xcr0Pin: String?
    /// Rows of kind and name.
    var pinLimits: [[String]]?
    var hostXCR0: UInt64?
    var hostX87: String?
    var hostMXCSRMask: UInt32?
    var kernelRelease: String
    var pageSize: UInt64
    var pinnedCore: UInt32?
    var stackLimit: UInt64
    var interceptorVersion: UInt32
    var chaosSeed: UInt64?
    var refusals: [[String]]?
    var verifyInterval: UInt64?
    var startTime: UInt64
    var endTime: UInt64?
    var waitStatus: Int32?

    init(_ manifest: RecordingManifest) {
        formatMajor = manifest.formatVersion.major
        formatMinor = manifest.formatVersion.minor
        producer = manifest.producer
        recordingID = manifest.recordingID.description
        commandLine = manifest.commandLine.map(LosslessText.init)
        environment = manifest.environment.map(LosslessText.init)
        workingDirectory = LosslessText(manifest.workingDirectory)
        userID = manifest.userID
        cpuVendor = manifest.cpu.vendor
        cpuBrand = manifest.cpu.brand
        cpuFamily = manifest.cpu.family
        cpuModel = manifest.cpu.model
        cpuStepping = manifest.cpu.stepping
        cpuid = manifest.cpuid.entries.map {
            [$0.leaf, $0.subleaf, $0.words.eax, $0.words.ebx, $0.words.ecx, $0.words.edx]
        }
        xcr0 = manifest.xcr0.rawValue
        xstateSize = UInt32(manifest.xstateLayout.size)
        xstateMask = manifest.xstateLayout.mask.rawValue
        xstateLayout = manifest.xstateLayout.locations.map { [$0.type, $0.size, $0.offset, $0.flags] }
        cpuLevel = manifest.cpuLevel?.rawValue
        if manifest.pin != .none {
            cpuidPin = manifest.pin.cpuid.rawValue
            xcr0Pin = manifest.pin.xcr0.rawValue
        }
        if !manifest.pinLimits.isEmpty { pinLimits = manifest.pinLimits.map { [$0.kind.rawValue, $0.name] } }
        hostXCR0 = manifest.hostXCR0?.rawValue
        hostX87 = manifest.hostX87?.rawValue
        hostMXCSRMask = manifest.hostMXCSRMask
        kernelRelease = manifest.kernelRelease
        pageSize = manifest.pageSize
        pinnedCore = manifest.pinnedCore
        stackLimit = manifest.stackLimit
        interceptorVersion = manifest.interceptorVersion
        chaosSeed = manifest.chaosSeed
        if !manifest.refusals.isEmpty { refusals = manifest.refusals.map { [$0.kind, $0.program] } }
        verifyInterval = manifest.verifyInterval
        startTime = manifest.startTime
        endTime = manifest.endTime
        waitStatus = manifest.exitStatus?.waitStatus
    }

    func value() throws(RecordingError) -> RecordingManifest {
        guard let recordingID = RecordingID(recordingID) else { throw .manifest("the recording id is malformed") }
        guard cpuid.count <= FormatLimits.cpuidRowCount, cpuid.allSatisfy({ $0.count == 6 }) else {
            throw .manifest("the CPUID rows are too many, or one has not 6 numbers")
        }
        guard xstateLayout.allSatisfy({ $0.count == 4 }) else { throw .manifest("a layout row has not 4 numbers") }
        guard pageSize > 0, pageSize & (pageSize - 1) == 0 else { throw .manifest("the page size is no power of 2") }
        guard (endTime == nil) == (waitStatus == nil) else {
            throw .manifest("there is an end time without an exit status or the other way round")
        }
        let layout: XStateLayout
        do {
            layout = try XStateLayout(
                mask: XFeatureMask(rawValue: xstateMask),
                locations: xstateLayout.map { .init(type: $0[0], size: $0[1], offset: $0[2], flags: $0[3]) })
        } catch { throw .manifest("\(error)") }
        guard layout.size == xstateSize else { throw .manifest("the extended state has another size than its layout") }
        var manifest = RecordingManifest(
            producer: producer, commandLine: commandLine.map(\.bytes), environment: environment.map(\.bytes),
            workingDirectory: workingDirectory.bytes, userID: userID,
            cpu: .init(
                vendor: cpuVendor, family: cpuFamily, model: cpuModel, stepping: cpuStepping, brand: cpuBrand),
            cpuid: CPUIDTable(
                entries: cpuid.map {
                    .init(leaf: $0[0], subleaf: $0[1], words: .init(eax: $0[2], ebx: $0[3], ecx: $0[4], edx: $0[5]))
                }),
            xcr0: XFeatureMask(rawValue: xcr0), xstateLayout: layout,
            kernelRelease: kernelRelease, pageSize: pageSize, pinnedCore: pinnedCore, stackLimit: stackLimit,
            interceptorVersion: interceptorVersion, startTime: startTime)
        manifest.formatVersion = FormatVersion(major: formatMajor, minor: formatMinor)
        manifest.recordingID = recordingID
        try readPin(into: &manifest)
        manifest.chaosSeed = chaosSeed
        guard (refusals ?? []).allSatisfy({ $0.count == 2 }) else { throw .manifest("a refusal has not 2 strings") }
        manifest.refusals = (refusals ?? []).map { RefusalNote(kind: $0[0], program: $0[1]) }
        manifest.verifyInterval = verifyInterval
        manifest.endTime = endTime
        manifest.exitStatus = waitStatus.map(ExitStatus.init(waitStatus:))
        return manifest
    }

    /// The members that say what the CPU was pinned to. Recordings of older versions do not have them.
    private func readPin(into manifest: inout RecordingManifest) throws(RecordingError) {
        func known<T: RawRepresentable<String>>(_ text: String?, _ what: String) throws(RecordingError) -> T? {
            guard let text else { return nil }
            guard let value = T(rawValue: text) else { throw .manifest("\(what) is none that this version knows") }
            return value
        }
        manifest.cpuLevel = try known(cpuLevel, "the CPU level")
        manifest.pin = CPUPin(
            xcr0: try known(xcr0Pin, "the pin of XCR0") ?? .none,
            cpuid: try known(cpuidPin, "the pin of CPUID") ?? .none)
        let limits = pinLimits ?? []
        guard limits.allSatisfy({ $0.count == 2 }) else { throw .manifest("a limit of the pin has not 2 strings") }
        manifest.pinLimits = limits.map { PinLimit(.init(rawValue: $0[0]), $0[1]) }
        manifest.hostXCR0 = hostXCR0.map(XFeatureMask.init(rawValue:))
        manifest.hostX87 = try known(hostX87, "the class of x87 pointers")
        manifest.hostMXCSRMask = hostMXCSRMask
    }
}
