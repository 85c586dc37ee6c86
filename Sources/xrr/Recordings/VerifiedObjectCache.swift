import Logging
import TraceFormat

/// Where it is kept which objects of stores need not be compared with their names again: in the user's cache.
struct VerifiedObjectCache {
    let objects: VerifiedObjects
    private let cache: UserCache

    private static let entry = "objects"

    init() {
        cache = UserCache("verified", log: Logger(label: "store.verified"))
        objects = VerifiedObjects(text: cache.load(Self.entry) ?? [])
    }

    /// The last of several processes wins; what is lost is compared again.
    func save() {
        if let text = objects.changedText { cache.save(Self.entry, text) }
    }
}
