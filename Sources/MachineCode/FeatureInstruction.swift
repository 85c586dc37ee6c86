package import LinuxABI

/// An instruction that not every x86-64-v2 CPU has.
///
/// TZCNT is none of them, though it belongs to BMI1: compilers use it in code for all CPUs, where it is BSF to those that
/// do not know it, and ask for nothing that the two answer differently.
package struct FeatureInstruction: Hashable, Sendable {
    /// What a CPU must have, in the words of the manuals. AVX-512 is one, for all of its parts.
    package enum Feature: String, Hashable, Sendable, CaseIterable {
        case adx, aes, amx, avx, avx2, avx512, avxVNNI, bmi1, bmi2, f16c, fma, fma4, fsgsbase, gfni, lzcnt, movbe
        case movdir, pclmulqdq, sha, sse4a, tbm, vaes, vpclmulqdq, xop
    }

    package let feature: Feature
    package let address: GuestAddress
    /// In bytes.
    package let length: Int

    package init(feature: Feature, address: GuestAddress, length: Int) {
        self.feature = feature
        self.address = address
        self.length = length
    }

    package var end: GuestAddress { address + UInt64(length) }

    /// The first instruction of each feature in a function, which is decoded from its start. What follows bytes that are
    /// no instruction is left out.
    package static func first(in code: Span<UInt8>, at start: GuestAddress) -> [FeatureInstruction] {
        var found: [FeatureInstruction] = []
        var offset = 0
        while offset < code.count {
            let bytes = code.extracting(offset..<min(code.count, offset + Instruction.maximumLength))
            guard let (length, feature) = decode(bytes) else { break }
            if let feature, !found.contains(where: { $0.feature == feature }) {
                found.append(FeatureInstruction(feature: feature, address: start + UInt64(offset), length: length))
            }
            offset += length
        }
        return found
    }
}
