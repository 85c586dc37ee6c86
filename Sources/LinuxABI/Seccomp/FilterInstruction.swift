/// `struct sock_filter` (<linux/filter.h>): one instruction of a classic BPF program.
package struct FilterInstruction: Hashable, Sendable {
    package var code: UInt16
    /// How many instructions a jump leaves out if its condition is true, and if it is false.
    package var ifTrue: UInt8
    package var ifFalse: UInt8
    package var operand: UInt32

    /// The size of the structure in bytes.
    package static let size = 8

    package init(_ code: UInt16, _ operand: UInt32, ifTrue: UInt8 = 0, ifFalse: UInt8 = 0) {
        self.code = code
        self.ifTrue = ifTrue
        self.ifFalse = ifFalse
        self.operand = operand
    }

    /// BPF_RET with a constant, and with the accumulator.
    static let returnConstant: UInt16 = 0x06
    static let returnAccumulator: UInt16 = 0x16
    /// BPF_LD | BPF_W | BPF_ABS.
    static let loadWord: UInt16 = 0x20
    /// BPF_JMP | BPF_JEQ | BPF_K.
    static let jumpIfEqual: UInt16 = 0x15
}
