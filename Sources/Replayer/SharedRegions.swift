internal import LinuxABI
internal import Ptrace
internal import SystemPackage
internal import TraceFormat

/// The memory files that stand for what the recorded threads shared, and the stored copies of mapped files.
final class SharedRegions {
    private let store: FileStore
    private var regions: [SharedRegionID: SharedMemory] = [:]
    private var opened: [FileDigest: Int32] = [:]

    init(store: FileStore) { self.store = store }

    deinit { for descriptor in opened.values { HostFiles.close(descriptor) } }

    /// The descriptor of a stored file, opened once.
    func file(_ digest: FileDigest) throws(ReplayError) -> Int32 {
        if let descriptor = opened[digest] { return descriptor }
        // A replay of a large program maps some hundred files; the limit guards the descriptor table.
        if opened.count >= 256, let (old, descriptor) = opened.first {
            HostFiles.close(descriptor)
            opened[old] = nil
        }
        do {
            let descriptor = try store.openVerified(digest).rawValue
            opened[digest] = descriptor
            return descriptor
        } catch { throw .store(error) }
    }

    func region(_ id: SharedRegionID, at index: FrameIndex) throws(ReplayError) -> SharedMemory {
        guard let region = regions[id] else {
            throw .inconsistent(index, "shared region \(id.rawValue) does not exist")
        }
        return region
    }

    /// Mappings of the region that are still there keep its memory.
    func release(_ id: SharedRegionID, at index: FrameIndex) throws(ReplayError) {
        guard regions.removeValue(forKey: id) != nil else {
            throw .inconsistent(index, "releases shared region \(id.rawValue), which does not exist")
        }
    }

    /// Each has a descriptor.
    private static let limit = 1 << 16
    /// What a file offset can hold.
    private static let lengthLimit = UInt64(Int64.max)

    func create(
        _ id: SharedRegionID, length: UInt64, contents: FileDigest?, at index: FrameIndex
    ) throws(ReplayError) {
        guard regions.count < Self.limit else {
            throw .inconsistent(index, "has more than \(Self.limit) shared regions")
        }
        guard length <= Self.lengthLimit else {
            throw .inconsistent(index, "makes a shared region of \(length) bytes")
        }
        do {
            let region = try SharedMemory(name: "xrr-region-\(id.rawValue)", length: length)
            if let contents { try region.fill(from: try fileForFill(contents), length: length) }
            regions[id] = region
        } catch let error as PtraceError { throw .ptrace(error) } catch let error as ReplayError { throw error } catch {
            preconditionFailure("\(error)")
        }
    }

    private func fileForFill(_ digest: FileDigest) throws(ReplayError) -> Int32 { try file(digest) }
}
