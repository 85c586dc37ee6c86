import LinuxABI
import Testing

@testable import Recorder

@Suite struct PinnedCodeTests {
    private let page = GuestAddress(0x5000)
    private let bytes = [UInt8](repeating: 0x90, count: 4096)

    @Test func entriesAreRememberedWhileTheBytesStay() {
        var code = PinnedCode()
        #expect(code.noteEntry(at: page + 8, into: page, bytes: bytes).all == [page + 8])
        #expect(code.noteEntry(at: page + 2, into: page, bytes: bytes).all == [page + 2, page + 8])
        #expect(code.noteEntry(at: page + 2, into: page, bytes: bytes).all == [page + 2, page + 8])
        var changed = bytes
        changed[4095] = 0
        #expect(code.noteEntry(at: page + 4, into: page, bytes: changed).all == [page + 4])
        #expect(code.noteEntry(at: page + 8, into: page, bytes: bytes).all == [page + 8])
    }

    /// What counts as one more time: GuardedPages.noteFlip.
    @Test func onlyAnotherPlaceInTheSameBytesIsNew() {
        var code = PinnedCode()
        #expect(code.noteEntry(at: page + 8, into: page, bytes: bytes).isNew)
        #expect(code.noteEntry(at: page + 2, into: page, bytes: bytes).isNew)
        #expect(!code.noteEntry(at: page + 8, into: page, bytes: bytes).isNew)
        var changed = bytes
        changed[4095] = 0
        #expect(!code.noteEntry(at: page + 4, into: page, bytes: changed).isNew)
        #expect(code.noteEntry(at: page + 8, into: page, bytes: changed).isNew)
    }

    @Test func entriesBelongToPagesAndGoWithThem() {
        var code = PinnedCode()
        let next = page + GuestAddress.pageSize
        _ = code.noteEntry(at: page, into: page, bytes: bytes)
        #expect(code.noteEntry(at: next, into: next, bytes: bytes).all == [next])
        code.forget(page..<next, isCodeOfFile: false)
        #expect(code.noteEntry(at: page + 1, into: page, bytes: bytes).all == [page + 1])
        #expect(code.noteEntry(at: next + 1, into: next, bytes: bytes).all == [next, next + 1])
    }
}
