import LinuxABI
import SystemPackage
import TraceFormat
import XState

#if canImport(FoundationEssentials)
import FoundationEssentials
#endif

/// A directory for one test that is removed with the value.
final class Scratch {
    let path: FilePath

    init() throws {
        path = FilePath("/tmp/xrr-trace-\(RecordingID.random())")
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    var recording: FilePath { path.appending("recording") }

    static func contents(_ path: FilePath) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path.string)))
    }

    static func entries(_ path: FilePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path.string)
    }

    static func append(_ path: FilePath, _ bytes: [UInt8]) throws {
        try replace(path, try contents(path) + bytes)
    }

    static func replace(_ path: FilePath, _ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path.string))
    }
}

extension RecordingManifest {
    static func example() throws -> RecordingManifest {
        RecordingManifest(
            producer: "xrr test", commandLine: [Array("echo".utf8), [0xff, 0xfe, 0x00], Array("\"a/b\\\u{fc}".utf8)],
            environment: [Array("A=1".utf8), Array("B=".utf8) + [0x80]], workingDirectory: Array("/tmp".utf8),
            userID: 1000,
            cpu: CPUIdentity(vendor: "AuthenticAMD", family: 26, model: 2, stepping: 1, brand: "a CPU"),
            cpuid: CPUIDTable(entries: [
                .init(leaf: 0x8000_0000, words: .init(eax: .max, ebx: 1, ecx: 2, edx: 3)),
                .init(leaf: 7, subleaf: 1, words: .init(eax: 4)),
            ]), xcr0: [.x87, .sse, .avx],
            xstateLayout: try XStateLayout(
                mask: [.x87, .sse, .avx], locations: [.init(type: 2, size: 256, offset: 576)]),
            kernelRelease: "6.18.0", pageSize: 4096, pinnedCore: 1, stackLimit: .max, interceptorVersion: 3,
            startTime: 1_800_000_000_123_456_789)
    }
}

extension FileRecord {
    static func example(_ number: UInt8) -> FileRecord {
        FileRecord(
            digest: FileDigest(bytes: .init(repeating: number, count: FileDigest.size)), path: [0x2f, 0xff, number],
            size: 1 << 40, mode: 0o100755, userID: 0, groupID: .max, device: 0xfe01, inode: .max,
            modificationTime: -1)
    }
}

extension RecordingReader {
    /// All frames from the current place on.
    func rest() throws(RecordingError) -> [Frame] {
        var frames: [Frame] = []
        while let frame = try next() { frames.append(frame) }
        return frames
    }
}
