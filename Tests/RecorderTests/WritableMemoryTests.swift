import LinuxABI
import Testing
import TraceFormat
import Tracee

@testable import Recorder

@Suite struct WritableMemoryTests {
    private let page: UInt64 = 4096
    private func at(_ number: UInt64) -> GuestAddress { GuestAddress(number * 4096) }

    /// Pages 1 and 2 can be written, 3 can be read, 5 can be written.
    ///
    /// - Parameter looked: the page that was asked for; the first by default.
    private func known(lookingFor looked: GuestAddress = GuestAddress(4096)) -> WritableMemory {
        let text = """
            1000-3000 rw-p 00000000 00:00 0
            3000-4000 r--p 00000000 00:00 0
            5000-6000 rw-p 00000000 00:00 0

            """
        var memory = WritableMemory()
        memory.learn(MemoryMap(parsing: Array(text.utf8)), asFor: looked, withheld: [])
        return memory
    }

    @Test func theMapTells() {
        let memory = known()
        #expect(memory.length(from: at(1), atMost: 100) == 100)
        #expect(memory.length(from: at(1) + 4000, atMost: 10000) == 2 * page - 4000)
        #expect(memory.length(from: at(3), atMost: 1) == 0)
        #expect(memory.length(from: at(0), atMost: 1) == 0)
        #expect(memory.length(from: at(5), atMost: 2 * page) == page)
        #expect(WritableMemory().length(from: at(1), atMost: 1) == 0)
    }

    @Test func whatXrrWithholdsCanBeWritten() {
        var memory = WritableMemory()
        memory.learn(MemoryMap(entries: []), asFor: at(7), withheld: [at(7)..<at(8)])
        #expect(memory.length(from: at(7), atMost: page) == page)
    }

    @Test func whatIsMappedAndCannotBeWrittenIsNotLookedUpAgain() {
        #expect(!known().refuses(at(3)))
        // A stack may have grown where nothing was.
        #expect(!known(lookingFor: at(4)).refuses(at(4)) && !known(lookingFor: at(5)).refuses(at(5)))
        var memory = known(lookingFor: at(3) + 8)
        #expect(memory.refuses(at(3)) && memory.refuses(at(3) + 4095) && !memory.refuses(at(4)))
        memory.note(.protect(at(5), length: page, protection: 1))
        #expect(memory.refuses(at(3)))
        memory.note(.advise(at(2), length: 2 * page, advice: 4))
        #expect(!memory.refuses(at(3)))
        memory = known(lookingFor: at(3))
        memory.note(.protect(at(3), length: page, protection: 3))
        #expect(!memory.refuses(at(3)) && memory.length(from: at(3), atMost: page) == page)
    }

    @Test func effectsAreFollowed() {
        var memory = known()
        memory.note(.protect(at(2), length: page, protection: 1))
        #expect(memory.length(from: at(1), atMost: 2 * page) == page)
        memory.note(.protect(at(2), length: 2 * page, protection: 3))
        #expect(memory.length(from: at(1), atMost: 4 * page) == 3 * page)
        memory.note(.unmap(at(1), length: page))
        #expect(memory.length(from: at(1), atMost: 1) == 0)
        memory.note(
            .map(Mapping(address: at(4), length: page, protection: 2, flags: 2, backing: .anonymous)))
        #expect(memory.length(from: at(2), atMost: 9 * page) == 4 * page)
        memory.note(.remap(from: at(5), oldLength: page, to: at(20), newLength: 3 * page, dontUnmap: false))
        #expect(memory.length(from: at(20), atMost: 9 * page) == 3 * page && memory.length(from: at(5), atMost: 1) == 0)
        // A guard, say: the kernel is asked again.
        memory.note(.advise(at(21), length: page, advice: 102))
        #expect(memory.length(from: at(20), atMost: 9 * page) == page)
    }

    @Test func guardsCannotBeWrittenThoughTheMapSaysSo() {
        var memory = known()
        let (install, remove) = (MemoryAdvice.guardInstall.rawValue, MemoryAdvice.guardRemove.rawValue)
        memory.note(.advise(at(2), length: page, advice: install))
        // Twice what the map says of pages 1 and 2.
        let text = Array("1000-3000 rw-p 00000000 00:00 0\n".utf8)
        memory.learn(MemoryMap(parsing: text), asFor: at(2), withheld: [])
        #expect(memory.length(from: at(1), atMost: 2 * page) == page)
        #expect(memory.refuses(at(2)))
        memory.note(.protect(at(1), length: 2 * page, protection: 3))
        #expect(memory.length(from: at(1), atMost: 2 * page) == page)
        // They go with the pages, and into the copies of a fork.
        memory.note(.remap(from: at(1), oldLength: 2 * page, to: at(11), newLength: 2 * page, dontUnmap: false))
        #expect(memory.length(from: at(11), atMost: 2 * page) == page)
        var child = memory.withoutMap
        child.learn(MemoryMap(parsing: Array("b000-d000 rw-p 00000000 00:00 0\n".utf8)), asFor: at(11), withheld: [])
        #expect(child.length(from: at(11), atMost: 2 * page) == page)
        child.note(.advise(at(11), length: 2 * page, advice: remove))
        child.note(.protect(at(11), length: 2 * page, protection: 3))
        #expect(child.length(from: at(11), atMost: 2 * page) == 2 * page)
    }
}
