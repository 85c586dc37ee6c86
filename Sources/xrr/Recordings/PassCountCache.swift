import Logging
import TraceFormat

/// Where the counts that replays of one recording have learned are kept.
struct PassCountCache {
    let recording: RecordingID
    private let cache: UserCache
    private let log = Logger(label: "replayer.passes")

    init(of recording: RecordingID) {
        self.recording = recording
        cache = UserCache("passes", log: log)
    }

    /// nil where the user has no cache.
    var path: String? { cache.path(recording.description) }

    /// What replays before have learned; nothing if there is no file for this recording that is whole.
    func load() -> PassCounts {
        guard let bytes = cache.load(recording.description) else { return PassCounts() }
        do throws(PassCounts.CodingError) {
            return try PassCounts(decoding: bytes, for: recording)
        } catch {
            log.debug("\(path ?? "the cache") is of no use: \(error)")
            return PassCounts()
        }
    }

    func save(_ counts: PassCounts) {
        if counts.isEmpty { return remove() }
        cache.save(recording.description, counts.encoded(for: recording))
    }

    /// A replay that relied on the counts diverged.
    func discard() {
        log.debug("the replay diverged, and is repeated without \(path ?? "counts")")
        remove()
    }

    func remove() { cache.remove(recording.description) }
}
