import LinuxABI
import Ptrace
import Testing
import Tracee

@Suite struct InterceptorLayoutTests {
    private let base = InterceptorLayout.base
    private let end = InterceptorLayout.end

    @Test func rangesThatTouchItOverlap() {
        #expect(InterceptorLayout.overlaps(base, length: 1))
        #expect(InterceptorLayout.overlaps(GuestAddress(end.rawValue - 1), length: 1))
        #expect(InterceptorLayout.overlaps(GuestAddress(base.rawValue - 1), length: 2))
        #expect(InterceptorLayout.overlaps(.null, length: .max))
        #expect(InterceptorLayout.overlaps(GuestAddress(base.rawValue + 4096), length: 4096))
    }

    @Test func neighboursDoNot() {
        #expect(!InterceptorLayout.overlaps(GuestAddress(base.rawValue - 4096), length: 4096))
        #expect(!InterceptorLayout.overlaps(end, length: 4096))
        #expect(!InterceptorLayout.overlaps(base, length: 0))
        #expect(!InterceptorLayout.overlaps(.null, length: base.rawValue))
    }

    /// A length that runs past the last address, as only a wrong or hostile caller gives it.
    @Test func lengthsThatOverflow() {
        #expect(InterceptorLayout.overlaps(GuestAddress(4096), length: .max))
        #expect(InterceptorLayout.overlaps(GuestAddress(end.rawValue - 1), length: .max))
        #expect(!InterceptorLayout.overlaps(end, length: .max))
        #expect(!InterceptorLayout.overlaps(GuestAddress(.max), length: .max))
    }

    @Test func theCodeIsRecognised() {
        let code = InterceptorCode.bytes
        #expect(
            code.starts(with: [0x0f, 0x05]), "the one system call that the filter lets through")
        #expect(InterceptorLayout.letThrough == InterceptorLayout.syscallInstruction + 2)
        #expect(InterceptorLayout.isInterceptor(code))
        #expect(!InterceptorLayout.isInterceptor(Array(code.prefix(31))))
        #expect(!InterceptorLayout.isInterceptor([UInt8](repeating: 0, count: 4096)))
        #expect(!InterceptorLayout.isInterceptor([]))
    }
}
