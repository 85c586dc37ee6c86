internal import LinuxABI
internal import Ptrace

/// A tracee's code while traps are set in it: pages are read once, and what is changed in a page is written at once.
final class CodeImage {
    private let memory: GuestMemory
    private var pages: [GuestAddress: Page] = [:]

    private struct Page {
        var bytes: [UInt8]
        /// From the first to behind the last byte that was changed.
        var changed = 0..<0
    }

    init(_ memory: GuestMemory) { self.memory = memory }

    /// Exactly `count` bytes; nil if not all are mapped.
    func readExactly(_ address: GuestAddress, count: Int) -> [UInt8]? {
        let bytes = read(address, count: count)
        return bytes.count == count ? bytes : nil
    }

    /// Up to `count` bytes, less where they are not mapped.
    func read(_ address: GuestAddress, count: Int) -> [UInt8] {
        var result: [UInt8] = []
        while result.count < count {
            let next = address + UInt64(result.count)
            let page = load(next.pageStart)
            let offset = Int(next - next.pageStart)
            guard offset < page.bytes.count else { break }
            result += page.bytes[offset..<min(page.bytes.count, offset + count - result.count)]
        }
        return result
    }

    /// Changes bytes that have been read.
    func write(_ address: GuestAddress, _ bytes: [UInt8]) {
        for (index, byte) in bytes.enumerated() {
            let place = address + UInt64(index)
            let offset = Int(place - place.pageStart)
            pages[place.pageStart]?.bytes[offset] = byte
            guard let old = pages[place.pageStart]?.changed else { continue }
            pages[place.pageStart]?.changed =
                old.isEmpty
                ? offset..<offset + 1 : min(old.lowerBound, offset)..<max(old.upperBound, offset + 1)
        }
    }

    /// Brings the changes to the tracee.
    func flush() throws(PtraceError) {
        for (start, page) in pages where !page.changed.isEmpty {
            try memory.write(start + UInt64(page.changed.lowerBound), Array(page.bytes[page.changed]))
            pages[start]?.changed = 0..<0
        }
    }

    private func load(_ start: GuestAddress) -> Page {
        if let page = pages[start] { return page }
        let page = Page(bytes: memory.read(start, count: Int(GuestAddress.pageSize)))
        pages[start] = page
        return page
    }
}
