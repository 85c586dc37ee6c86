import Ptrace
import Testing

@Suite struct WaitStatusTests {
    /// Status words as wait(2) and ptrace(2) describe them.
    @Test(
        arguments: [
            (0x0000, WaitStatus.exited(code: 0)), (0xff00, .exited(code: 255)), (0x0009, .killed(signal: 9)),
            (0x008b, .killed(signal: 11)),  // with a core dump
            (0x0b7f, .signal(11)), (0x057f, .signal(5)), (0x857f, .syscall), (0x3_057f, .event(.clone)),
            (0x4_057f, .event(.exec)), (0x6_057f, .event(.exit)), (0x7_057f, .event(.seccomp)),
            (0x80_057f, .groupStop(signal: 5)), (0x80_137f, .groupStop(signal: 19)),
            (0x407f, .signal(64)),
        ] as [(Int32, WaitStatus)])
    func isDecoded(raw: Int32, status: WaitStatus) {
        #expect(WaitStatus(rawValue: raw) == status)
    }
}
