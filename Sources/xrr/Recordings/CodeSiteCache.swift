import Logging
import Recorder

/// Where the recorder keeps what it found when it searched files for instructions that show the CPU.
struct CodeSiteCache {
    var storage: SiteStorage {
        let cache = UserCache("sites", log: Logger(label: "recorder.sites"))
        return SiteStorage(load: { cache.load($0) }, save: { cache.save($0, $1) })
    }
}
