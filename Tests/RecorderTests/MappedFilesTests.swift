import FoundationEssentials
import LinuxABI
import Ptrace
import SystemPackage
import Testing
import TraceFormat
import Tracee
import XState

@testable import Recorder

/// Which addresses show which file, after the ways in which a map is cut and moved.
@Suite final class MappedFilesTests {
    private let directory = "/tmp/xrr-recorder-\(RecordingID.random())"
    private let files: MappedFiles
    private let space: AddressSpace
    private let key = MappedFiles.FileKey(device: 1, inode: 2)

    init() throws {
        let layout = try XStateLayout(mask: .legacy, locations: [])
        let manifest = RecordingManifest(
            producer: "test", commandLine: [], environment: [], workingDirectory: [], userID: 0,
            cpu: CPUIdentity(vendor: "", family: 0, model: 0, stepping: 0, brand: ""), cpuid: CPUIDTable(entries: []),
            xcr0: .legacy, xstateLayout: layout, kernelRelease: "", pageSize: 4096, pinnedCore: 0, stackLimit: 0,
            interceptorVersion: 1, startTime: 0)
        let sink = FrameSink(writer: try RecordingWriter(creating: FilePath(directory), manifest: manifest))
        files = MappedFiles(storage: try FileStore(at: FilePath(directory).appending("store")), sink: sink)
        space = AddressSpace(memory: try GuestMemory(of: ThreadID(Host.processID)))
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func map(_ address: UInt64, pages: UInt64, isShared: Bool = true) {
        let mapping = Mapping(
            address: GuestAddress(address), length: pages * 4096, protection: 3, flags: 1, backing: .anonymous)
        files.note(mapping, key: key, isShared: isShared, offset: 0, in: space)
    }

    private func shared(_ range: Range<UInt64>) -> Bool {
        files.isShared(GuestAddress(range.lowerBound), length: UInt64(range.count), in: space)
    }

    private func isMapped(inode: UInt64 = 2) -> Bool {
        var identity = HostFiles.identity(ofDescriptor: 0, in: ThreadID(Host.processID))
        identity?.device = 1
        identity?.inode = inode
        return identity.map { files.isMapped($0) } ?? false
    }

    @Test func aMappingIsSharedInItsRangeOnly() {
        map(0x10000, pages: 4)
        #expect(shared(0x10000..<0x10001) && shared(0x13fff..<0x14000) && shared(0xffff..<0x10001))
        #expect(!shared(0xf000..<0x10000) && !shared(0x14000..<0x15000))
        #expect(isMapped() && !isMapped(inode: 3))
        #expect(files.length(ofMappingAt: GuestAddress(0x10000), in: space) == 0x4000)
    }

    @Test func aPrivateMappingIsNotShared() {
        map(0x10000, pages: 4, isShared: false)
        #expect(!shared(0x10000..<0x14000) && isMapped())
    }

    @Test func aHoleLeavesTheEndsOnBothSides() {
        map(0x10000, pages: 4)
        files.forget(GuestAddress(0x11000), length: 0x2000, in: space)
        #expect(shared(0x10000..<0x11000) && !shared(0x11000..<0x13000) && shared(0x13000..<0x14000))
        #expect(files.length(ofMappingAt: GuestAddress(0x10000), in: space) == 0x1000)
        #expect(files.length(ofMappingAt: GuestAddress(0x13000), in: space) == 0x1000)
    }

    @Test func headTailAndAllCanGo() {
        map(0x10000, pages: 4)
        files.forget(GuestAddress(0xf000), length: 0x2000, in: space)
        #expect(!shared(0x10000..<0x11000) && shared(0x11000..<0x14000))
        files.forget(GuestAddress(0x13000), length: 0x9000, in: space)
        #expect(shared(0x11000..<0x13000) && !shared(0x13000..<0x14000))
        files.forget(GuestAddress(0x11000), length: 0x2000, in: space)
        #expect(!isMapped())
    }

    @Test func aMappingOverAnotherReplacesIt() {
        map(0x10000, pages: 4)
        map(0x11000, pages: 1, isShared: false)
        #expect(shared(0x10000..<0x11000) && !shared(0x11000..<0x12000) && shared(0x12000..<0x14000))
    }

    @Test func aMoveTakesTheMappingAlong() {
        map(0x10000, pages: 4)
        files.move(
            from: GuestAddress(0x10000), length: 0x4000, to: GuestAddress(0x40000), newLength: 0x8000, keepsOld: false,
            in: space)
        #expect(!shared(0x10000..<0x14000) && shared(0x47fff..<0x48000))
        #expect(files.length(ofMappingAt: GuestAddress(0x40000), in: space) == 0x8000)
    }

    @Test func aForkHasItsOwnCopy() throws {
        map(0x10000, pages: 1)
        let child = AddressSpace(memory: try GuestMemory(of: ThreadID(Host.processID)))
        files.copyMappings(from: space, to: child)
        files.forget(space)
        #expect(!shared(0x10000..<0x11000))
        #expect(files.isShared(GuestAddress(0x10000), length: 1, in: child) && isMapped())
        files.forget(child)
        #expect(!isMapped())
    }

    @Test func segmentsAreOneRegionWhileTheyAreAttached() {
        let (first, key, effect) = files.segment(7, length: 4096)
        #expect(effect == .createShared(first, length: 4096, contents: nil))
        let mapping = Mapping(
            address: GuestAddress(0x10000), length: 4096, protection: 3, flags: 1,
            backing: .shared(first, offset: 0, path: ""))
        files.note(mapping, key: key, isShared: true, offset: 0, in: space)
        let (again, _, none) = files.segment(7, length: 4096)
        #expect(again == first && none == nil)
        let (other, _, created) = files.segment(8, length: 4096)
        #expect(other != first && created != nil)
    }
}
