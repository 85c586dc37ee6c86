import LinuxABI
import Testing

@testable import Recorder

/// What sched_setattr(2) is asked for, and what the kernel refuses.
@Suite struct SchedulingAttributesTests {
    /// `struct sched_attr` in so many bytes.
    private func bytes(
        _ count: Int = 56, size: UInt32 = 48, policy: UInt32 = 0, flags: UInt64 = 0, nice: Int32 = 0,
        priority: UInt32 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        func add(_ value: UInt64, _ width: Int) {
            bytes += (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
        }
        add(UInt64(size), 4)
        add(UInt64(policy), 4)
        add(flags, 8)
        add(UInt64(UInt32(bitPattern: nice)), 4)
        add(UInt64(priority), 4)
        return bytes + [UInt8](repeating: 0, count: count - bytes.count)
    }

    private func result(_ bytes: [UInt8]) -> Result<SchedulingAttributes, SchedulingAttributes.Failure> {
        do throws(SchedulingAttributes.Failure) {
            return .success(try SchedulingAttributes { $0 <= bytes.count ? Array(bytes.prefix($0)) : nil })
        } catch { return .failure(error) }
    }

    @Test func readsWhatIsAsked() throws {
        let attributes = try result(bytes(policy: 3, nice: 7)).get()
        #expect(attributes.policy == 3 && attributes.nice == 7 && attributes.setsNice && !attributes.isPrivileged)
        #expect(try result(bytes(nice: -100)).get().nice == -20)
        #expect(try result(bytes(size: 0)).get().setsNice)
        #expect(try result(bytes(policy: 1, priority: 99)).get().isPrivileged)
        #expect(try !result(bytes(policy: 1, flags: 8, priority: 200)).get().isPrivileged)
    }

    @Test(arguments: [1, 47, 4097] as [UInt32]) func noSizeOfTheStructure(size: UInt32) {
        #expect(result(bytes(5000, size: size)) == .failure(.wrongSize))
    }

    @Test func laterVersionsAskForNothing() {
        var later = bytes(64, size: 64)
        #expect(throws: Never.self) { try result(later).get() }
        later[63] = 1
        #expect(result(later) == .failure(.wrongSize))
    }

    @Test func whatTheKernelRefuses() {
        #expect(result([]) == .failure(.error(.EFAULT)))
        #expect(result(bytes(50, size: 56)) == .failure(.error(.EFAULT)))
        for invalid in [
            bytes(policy: 4), bytes(policy: 0x8000_0000), bytes(flags: 0x80), bytes(flags: 0x20), bytes(priority: 1),
            bytes(policy: 2), bytes(policy: 2, priority: 100),
        ] {
            #expect(result(invalid) == .failure(.error(.EINVAL)))
        }
        #expect(throws: Never.self) { try result(bytes(size: 56, flags: 0x20)).get() }
    }
}
