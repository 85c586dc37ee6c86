/// A sub-table: a call like ioctl(2) or fcntl(2) that is many calls, told apart by an argument.
package struct Selection: Sendable {
    /// What the cases are told apart by.
    package enum Key: Hashable, Sendable {
        /// An argument under a mask.
        case argument(Int, mask: UInt64)
        /// The low 32 bits of two arguments, the first one above: getsockopt(2)'s level and option.
        case pair(Int, Int)
    }

    /// What to do with a value that has no case.
    package enum Fallback: Sendable {
        case rule(SyscallRule)
        /// Judge the ioctl(2) request by its encoding.
        case requestEncoding
    }

    /// One or several values that are treated alike.
    package struct Case: Sendable {
        package var values: [UInt64]
        package var name: String?
        package var rule: SyscallRule
    }

    package var key: Key
    package var fallback: Fallback
    private var rules: [UInt64: SyscallRule]
    private var names: [UInt64: String]

    package init(by key: Key, _ cases: [Case], otherwise fallback: Fallback) {
        self.key = key
        self.fallback = fallback
        rules = [:]
        names = [:]
        for entry in cases {
            for value in entry.values {
                precondition(rules[value] == nil, "two cases for \(value)")
                rules[value] = entry.rule
                names[value] = entry.name
            }
        }
    }

    /// The values that have a case of their own.
    package var values: [UInt64] { rules.keys.sorted() }

    /// The value that tells the cases apart.
    package func value(in registers: Registers) -> UInt64 {
        switch key {
        case .argument(let index, let mask): registers.argument(index) & mask
        case .pair(let high, let low):
            registers.argument(high) << 32 | registers.argument(low) & 0xffff_ffff
        }
    }

    /// The rule of a value.
    package func rule(for value: UInt64) -> SyscallRule {
        if let rule = rules[value] { return rule }
        switch fallback {
        case .rule(let rule): return rule
        case .requestEncoding: return IoctlRequest(UInt32(truncatingIfNeeded: value)).inferredRule
        }
    }

    /// The kernel's name of a value, where the table gives it.
    package func name(of value: UInt64) -> String? { names[value] }
}

extension Selection.Case {
    /// Values and what is done about them.
    static func when(_ values: UInt64..., do clauses: SyscallRule.Clause...) -> Self {
        Self(values: values, name: nil, rule: SyscallRule(clauses))
    }

    /// A value that `xrr dump` shows by name.
    static func named(_ name: String, _ value: UInt64, _ clauses: SyscallRule.Clause...) -> Self {
        named(name, value, clauses: clauses)
    }

    static func named(_ name: String, _ value: UInt64, clauses: [SyscallRule.Clause]) -> Self {
        Self(values: [value], name: name, rule: SyscallRule(clauses))
    }
}
