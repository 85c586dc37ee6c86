import SystemPackage
import TraceFormat
import Tracee
import XState

/// A machine that a command of `xrr cpu` is given, with what it is called in the output.
struct NamedMachine {
    var name: String
    var profile: CPUProfile
    /// The recording that it was read from.
    var recording: RecordingManifest?

    /// The word for the machine that xrr runs on.
    static let hostWord = "host"

    static func host() throws -> NamedMachine {
        NamedMachine(name: "this machine", profile: try HostMachine.current().profile)
    }

    /// What an argument names, recognised by its content: a profile, a text of `cpuid -r`, a recording, or `host`.
    init(_ argument: String) throws {
        let kind = FileSystem.kind(argument).flatMap { kind in
            kind == .link ? FileSystem.kind(FileSystem.absolute(argument)) : kind
        }
        if kind == nil, argument == Self.hostWord {
            self = try Self.host()
        } else if kind == .file || kind == .other {
            try self.init(name: argument, text: Self.contents(of: argument), path: argument)
        } else {
            let directory: RecordingDirectory
            do throws(CommandError) { directory = try RecordingDirectory.resolve(argument) } catch {
                if kind == .directory { throw error }
                throw CommandError(
                    "\(TextFormat.printable(argument)) is neither a file (a CPU profile, or what 'cpuid -r' prints) "
                        + "nor a recording that 'xrr ls' shows", status: .unreadable)
            }
            let manifest = try directory.reader().manifest
            self.init(name: directory.name, profile: manifest.cpuProfile, recording: manifest)
        }
    }

    private init(name: String, profile: CPUProfile, recording: RecordingManifest? = nil) {
        self.name = name
        self.profile = profile
        self.recording = recording
    }

    private init(name: String, text: [UInt8], path: String) throws(CommandError) {
        let shown = TextFormat.printable(path)
        let isJSON = text.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == UInt8(ascii: "{")
        if isJSON {
            do throws(CPUProfileError) { self.init(name: name, profile: try CPUProfile(decoding: text)) } catch {
                throw CommandError("\(shown): \(TextFormat.printable(error.description))", status: .unreadable)
            }
            return
        }
        guard let table = CPUIDTable(dump: String(decoding: text, as: UTF8.self)) else {
            throw CommandError(
                "\(shown) is neither a CPU profile ('xrr cpu dump' writes one) nor what 'cpuid -r' prints",
                status: .unreadable)
        }
        do throws(XStateError) {
            self.init(name: name, profile: try CPUProfile(cpuid: table, xcr0: nil, mxcsrMask: nil))
        } catch { throw CommandError("\(shown): \(error.description)", status: .unreadable) }
    }

    /// No profile or dump is larger; a dump of 500 cores has 10 MB.
    private static let limit = 64 << 20

    private static func contents(of path: String) throws(CommandError) -> [UInt8] {
        do throws(Errno) { return try FileSystem.contents(of: path, limit: limit) } catch {
            throw CommandError("\(TextFormat.printable(path)): \(error)", status: .unreadable)
        }
    }

    /// The name and what CPU it is.
    var title: String {
        let brand = TextFormat.printable(profile.identity.brand)
        return TextFormat.printable(name) + (brand.isEmpty ? "" : " (\(brand))")
    }
}
