internal import Synchronization

/// Which objects of stores have been compared with their names, and as what files: an object that was changed since has
/// another ctime (`FileKey`), and is compared again before it is used. Replays of large programs need not read all of
/// their files each time.
///
/// Kept by the user, not in the store: a store may be a stranger's, who is not to be believed nor to be written to.
package final class VerifiedObjects: Sendable {
    private struct State {
        /// `DIGEST KEY`, oldest first.
        var lines: [String] = []
        var known: Set<String> = []
        var hasChanged = false
    }

    private let state: Mutex<State>

    /// How many are kept: a large program has some hundred.
    private static let limit = 4096

    /// - Parameter text: what `text` was before.
    package init(text: [UInt8] = []) {
        var state = State()
        state.lines = String(decoding: text, as: UTF8.self).split(separator: "\n").suffix(Self.limit).map(String.init)
        state.known = Set(state.lines)
        self.state = Mutex(state)
    }

    func contains(_ digest: FileDigest, _ key: FileKey) -> Bool {
        state.withLock { $0.known.contains("\(digest) \(key)") }
    }

    func note(_ digest: FileDigest, _ key: FileKey) {
        let line = "\(digest) \(key)"
        state.withLock { state in
            guard state.known.insert(line).inserted else { return }
            state.lines.append(line)
            state.hasChanged = true
        }
    }

    /// What there is to keep; nil if nothing has been added.
    package var changedText: [UInt8]? {
        state.withLock { state in
            guard state.hasChanged else { return nil }
            return Array(state.lines.suffix(Self.limit).map { $0 + "\n" }.joined().utf8)
        }
    }
}
