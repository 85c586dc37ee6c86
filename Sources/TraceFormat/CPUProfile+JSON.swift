internal import FoundationEssentials
package import XState

/// Why the text of a profile cannot be used.
package enum CPUProfileError: Error, Hashable, Sendable {
    /// It is no JSON object with a member `xrrCPUProfile`.
    case noProfile
    /// A newer xrr wrote it.
    case newerVersion(Int)
    case damaged(String)
}

extension CPUProfileError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noProfile: "it is no CPU profile: it has no member 'xrrCPUProfile'"
        case .newerVersion(let version): "it is a CPU profile of version \(version), which a newer xrr wrote"
        case .damaged(let what): "it is no usable CPU profile: \(what)"
        }
    }
}

/// The text of a profile: docs/man/xrr-cpu.md describes it.
extension CPUProfile {
    package static let formatVersion = 1

    /// One JSON object, ending in a newline.
    package func encoded() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return [UInt8](try encoder.encode(ProfileBody(self))) + [UInt8(ascii: "\n")] } catch {
            preconditionFailure("a profile is always JSON: \(error)")
        }
    }

    package init(decoding text: [UInt8]) throws(CPUProfileError) {
        let decoder = JSONDecoder()
        let data = Data(text)
        guard let version = (try? decoder.decode(ProfileVersion.self, from: data))?.xrrCPUProfile else {
            throw .noProfile
        }
        guard version <= Self.formatVersion else { throw .newerVersion(version) }
        let body: ProfileBody
        do { body = try decoder.decode(ProfileBody.self, from: data) } catch {
            throw .damaged(Self.words(error))
        }
        self = try body.value()
    }

    private static func words(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "the member '\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has another type"
        default: "\(error)"
        }
    }
}

private struct ProfileVersion: Decodable {
    var xrrCPUProfile: Int
}

/// Property names are the keys and part of the format. Numbers that people know in hexadecimal are strings.
private struct ProfileBody: Codable {
    struct Identity: Codable {
        var vendor: String
        var family: UInt32
        var model: UInt32
        var stepping: UInt32
        var brand: String
    }
    struct Answer: Codable {
        var leaf: String
        var subleaf: UInt32
        var eax: String
        var ebx: String
        var ecx: String
        var edx: String
    }
    struct Location: Codable {
        var component: UInt32
        var name: String?
        var offset: UInt32
        var size: UInt32
        var flags: UInt32
    }
    struct Obtained: Codable {
        var cpuid: String
        var xcr0: String
        var xss: String
        var layout: String
        var x87: String
        var mxcsrMask: String
    }

    var xrrCPUProfile: Int
    var identity: Identity
    /// Either this or `isaLevel`.
    var cpuid: [Answer]?
    var isaLevel: String?
    var xcr0: String
    var layout: [Location]
    var x87: String
    var mxcsrMask: String
    /// Missing: no.
    var pinsXCR0: Bool?
    var obtained: Obtained?

    init(_ profile: CPUProfile) {
        xrrCPUProfile = CPUProfile.formatVersion
        identity = Identity(
            vendor: profile.identity.vendor, family: profile.identity.family, model: profile.identity.model,
            stepping: profile.identity.stepping, brand: profile.identity.brand)
        cpuid = profile.cpuid.entries.map {
            Answer(
                leaf: Self.text($0.leaf), subleaf: $0.subleaf, eax: Self.text($0.words.eax),
                ebx: Self.text($0.words.ebx),
                ecx: Self.text($0.words.ecx), edx: Self.text($0.words.edx))
        }
        xcr0 = Self.text(profile.xcr0.rawValue)
        layout = profile.layout.locations.map {
            Location(
                component: $0.type, name: $0.component?.name, offset: $0.offset, size: $0.size, flags: $0.flags)
        }
        x87 = profile.x87.rawValue
        mxcsrMask = Self.text(profile.mxcsrMask)
        pinsXCR0 = profile.pinsXCR0 ? true : nil
        let sources = profile.sources
        obtained = Obtained(
            cpuid: sources.cpuid.rawValue, xcr0: sources.xcr0.rawValue, xss: CPUProfile.Source.unknown.rawValue,
            layout: sources.layout.rawValue, x87: sources.x87.rawValue, mxcsrMask: sources.mxcsrMask.rawValue)
    }

    private static func text<T: FixedWidthInteger>(_ value: T) -> String { "0x" + String(value, radix: 16) }

    private static func number<T: FixedWidthInteger>(_ text: String, _ member: String) throws(CPUProfileError) -> T {
        guard text.hasPrefix("0x"), let value = T(text.dropFirst(2), radix: 16), value >= 0 else {
            throw .damaged("'\(member)' is '\(text)' and no number like \"0x7\"")
        }
        return value
    }

    func value() throws(CPUProfileError) -> CPUProfile {
        let layout = try self.layoutValue()
        guard let x87 = X87PointerClass(rawValue: x87) else { throw .damaged("'x87' is none of the five classes") }
        let identity = CPUIdentity(
            vendor: identity.vendor, family: identity.family, model: identity.model, stepping: identity.stepping,
            brand: identity.brand)
        let mask: UInt32 = try Self.number(mxcsrMask, "mxcsrMask")
        var profile = try machineValue(identity, layout, x87, mask)
        profile.pinsXCR0 = pinsXCR0 ?? false
        return profile
    }

    private func machineValue(
        _ identity: CPUIdentity, _ layout: XStateLayout, _ x87: X87PointerClass, _ mask: UInt32
    ) throws(CPUProfileError) -> CPUProfile {
        guard let cpuid else {
            guard let level = isaLevel.flatMap(ISALevel.init(rawValue:)) else {
                throw .damaged("it has neither 'cpuid' nor an 'isaLevel' of x86-64-v1 to x86-64-v4")
            }
            return CPUProfile(identity: identity, isaLevel: level, layout: layout, x87: x87, mxcsrMask: mask)
        }
        var entries: [CPUIDTable.Entry] = []
        guard cpuid.count <= FormatLimits.cpuidRowCount else { throw .damaged("it has too many answers of CPUID") }
        for row in cpuid {
            entries.append(
                .init(
                    leaf: try Self.number(row.leaf, "cpuid.leaf"), subleaf: row.subleaf,
                    words: CPUIDWords(
                        eax: try Self.number(row.eax, "cpuid.eax"), ebx: try Self.number(row.ebx, "cpuid.ebx"),
                        ecx: try Self.number(row.ecx, "cpuid.ecx"), edx: try Self.number(row.edx, "cpuid.edx"))))
        }
        return CPUProfile(
            identity: identity, cpuid: CPUIDTable(entries: entries), layout: layout, x87: x87, mxcsrMask: mask,
            sources: try sources())
    }

    private func layoutValue() throws(CPUProfileError) -> XStateLayout {
        let mask = XFeatureMask(rawValue: try Self.number(xcr0, "xcr0"))
        do throws(XStateError) {
            return try XStateLayout(
                mask: mask,
                locations: layout.map { .init(type: $0.component, size: $0.size, offset: $0.offset, flags: $0.flags) })
        } catch { throw .damaged(error.description) }
    }

    private func sources() throws(CPUProfileError) -> CPUProfile.Sources {
        func source(_ text: String?) throws(CPUProfileError) -> CPUProfile.Source {
            guard let text else { return .unknown }
            guard let source = CPUProfile.Source(rawValue: text) else {
                throw .damaged("'obtained' has '\(text)', which is none of the ways to know a fact")
            }
            return source
        }
        return .init(
            cpuid: try source(obtained?.cpuid), xcr0: try source(obtained?.xcr0), layout: try source(obtained?.layout),
            x87: try source(obtained?.x87), mxcsrMask: try source(obtained?.mxcsrMask))
    }
}
