/// What the recorder has to know about a system call: one row of the table.
package struct SyscallDescription: Sendable {
    package var number: SyscallNumber
    /// The rule of a call without a sub-table, and of the call as a whole (its fallback) with one.
    package var rule: SyscallRule
    /// The sub-table of a call that is many calls.
    package var selection: Selection?

    package init(number: SyscallNumber, rule: SyscallRule, selection: Selection? = nil) {
        self.number = number
        self.rule = rule
        self.selection = selection
    }

    /// The rule for a call with these registers (at its entry).
    package func rule(for registers: Registers) -> SyscallRule {
        guard let selection else { return rule }
        return selection.rule(for: selection.value(in: registers))
    }

    /// The row of a call.
    static func row(_ number: SyscallNumber, _ clauses: SyscallRule.Clause...) -> Self {
        Self(number: number, rule: SyscallRule(clauses))
    }

    /// The row of a call with a sub-table, told apart by the low 32 bits of an argument.
    static func select(
        _ number: SyscallNumber, by argument: Int, mask: UInt64 = 0xffff_ffff, _ cases: [Selection.Case],
        otherwise clauses: SyscallRule.Clause...
    ) -> Self {
        let rule = SyscallRule(clauses)
        return Self(
            number: number, rule: rule,
            selection: Selection(by: .argument(argument, mask: mask), cases, otherwise: .rule(rule)))
    }
}
