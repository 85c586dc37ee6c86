import LinuxABI
import Ptrace
import Testing
import XState

@testable import Recorder

/// `struct rt_sigframe` in the memory of the test itself.
@Suite struct SignalFrameTests {
    /// The offsets of uc_mcontext.fpstate and of `struct _fpx_sw_bytes`.
    private let pointerOffset = 232
    private let softwareOffset = 464

    /// Lays a frame out, and reads it as the recorder does.
    private func bytes(
        areaAt distance: Int?, magic: UInt32 = 0x4650_5853, size: UInt32 = 836, room: Int = 8192
    ) throws -> (read: [UInt8]?, frame: [UInt8]) {
        var memory = (0..<room).map { UInt8(truncatingIfNeeded: $0 / 7) }
        let read = try unsafe memory.withUnsafeMutableBytes { buffer -> [UInt8]? in
            let start = UInt64(UInt(bitPattern: buffer.baseAddress!))
            let area = distance.map { start + UInt64($0) } ?? 0
            unsafe buffer.storeBytes(of: area, toByteOffset: pointerOffset, as: UInt64.self)
            if let distance {
                unsafe buffer.storeBytes(of: magic, toByteOffset: distance + softwareOffset, as: UInt32.self)
                unsafe buffer.storeBytes(of: size, toByteOffset: distance + softwareOffset + 4, as: UInt32.self)
            }
            return SignalFrame.bytes(
                at: GuestAddress(start), in: try GuestMemory(of: ThreadID(Host.processID)))
        }
        return (read, memory)
    }

    @Test func withoutStateItIsTheFixedPart() throws {
        let (read, frame) = try bytes(areaAt: nil)
        #expect(read == Array(frame.prefix(440)))
    }

    @Test func theStateReachesAsFarAsTheKernelSays() throws {
        let (read, frame) = try bytes(areaAt: 512)
        #expect(read == Array(frame.prefix(512 + 836)))
    }

    @Test func withoutTheMagicItIsFXSAVE() throws {
        let (read, frame) = try bytes(areaAt: 512, magic: 0)
        #expect(read == Array(frame.prefix(512 + 512)))
    }

    @Test func aSizeThatCannotBeIsBounded() throws {
        let (read, frame) = try bytes(areaAt: 512, size: .max, room: 1 << 17)
        #expect(read == Array(frame.prefix(1 << 16)))
    }
}
