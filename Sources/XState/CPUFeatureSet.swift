/// Instruction-set features as CPUID bits: everything in CPUID that tells which instructions a program may execute.
///
/// Words of CPUID that are not in `words` tell about caches, topology, names and the like: they choose between ways of
/// doing the same and are part of a recording, but no other CPU has to have them.
package struct CPUFeatureSet: Hashable, Sendable {
    /// A word of feature bits.
    package struct Word: Hashable, Sendable {
        package var leaf: UInt32
        package var subleaf: UInt32 = 0
        package var register: CPUIDBit.Register
        /// The bits of the word that are instruction-set features. The others are kept as the host has them: they
        /// announce what only the operating system uses (VME, APIC, MTRR, machine checks, thermal control).
        package var features: UInt32 = .max
    }

    /// All words with feature bits, in the order of `bits`. SDM volume 2, CPUID; APM volume 3, appendix E.
    package static let words: [Word] = [
        Word(leaf: 1, register: .edx, features: 0x0788_8111),
        Word(leaf: 1, register: .ecx),
        Word(leaf: 7, register: .ebx),
        Word(leaf: 7, register: .ecx),
        Word(leaf: 7, register: .edx),
        Word(leaf: 7, subleaf: 1, register: .eax),
        Word(leaf: 7, subleaf: 1, register: .ebx),
        Word(leaf: 7, subleaf: 1, register: .ecx),
        Word(leaf: 7, subleaf: 1, register: .edx),
        Word(leaf: 7, subleaf: 2, register: .edx),
        Word(leaf: 0xD, subleaf: 1, register: .eax),
        Word(leaf: 0x8000_0001, register: .ecx),
        // SYSCALL, MMXEXT, FFXSR, RDTSCP, LM, 3DNOWEXT, 3DNOW; on AMD the rest repeats 1.EDX.
        Word(leaf: 0x8000_0001, register: .edx, features: 0xEA40_0800),
        Word(leaf: 0x8000_0008, register: .ebx),
        Word(leaf: 0x8000_0021, register: .eax),
    ]

    /// For each of `words` the bits of the set.
    package var bits: [UInt32]

    /// The features that a table announces.
    package init(_ table: CPUIDTable) {
        bits = Self.words.map { word in
            table.words(leaf: word.leaf, subleaf: word.subleaf)[word.register] & word.features
        }
    }

    /// The features with these bits of words, and no others.
    package init(_ masks: [(leaf: UInt32, register: CPUIDBit.Register, mask: UInt32)]) {
        bits = Self.words.map { word in
            masks.filter { $0.leaf == word.leaf && $0.register == word.register && word.subleaf == 0 }
                .reduce(0) { $0 | $1.mask }
        }
    }

    package func union(_ other: Self) -> Self { combined(with: other) { $0 | $1 } }
    package func intersection(_ other: Self) -> Self { combined(with: other) { $0 & $1 } }
    package func subtracting(_ other: Self) -> Self { combined(with: other) { $0 & ~$1 } }
    package func isSubset(of other: Self) -> Bool { subtracting(other).isEmpty }
    package var isEmpty: Bool { bits.allSatisfy { $0 == 0 } }

    private func combined(with other: Self, _ operation: (UInt32, UInt32) -> UInt32) -> Self {
        var result = self
        for index in bits.indices { result.bits[index] = operation(bits[index], other.bits[index]) }
        return result
    }

    /// Each bit of the set.
    package var features: [CPUIDBit] {
        zip(Self.words, bits).flatMap { word, bits in
            (0..<32).filter { bits >> $0 & 1 != 0 }.map {
                CPUIDBit(leaf: word.leaf, subleaf: word.subleaf, word.register, $0)
            }
        }
    }
}
