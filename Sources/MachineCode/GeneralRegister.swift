/// A general register; the raw value is its number in machine code (Intel SDM, volume 2, table 3-1).
package enum GeneralRegister: UInt8, CaseIterable, Sendable {
    case rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
}
