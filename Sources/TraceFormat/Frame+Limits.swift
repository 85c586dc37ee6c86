extension Event {
    /// Whether the event itself has bytes in the memory stream.
    var hasContents: Bool {
        switch self {
        case .exec, .interruption: true
        default: false
        }
    }

    /// Whether a reader accepts the sizes of the event's parts.
    var isWithinLimits: Bool {
        switch self {
        case .exec(let image):
            image.path.utf8.count <= FormatLimits.pathLength && image.arguments.count <= FormatLimits.argumentCount
        case .interruption(let marker):
            marker.digests.count <= FormatLimits.digestCount && marker.pages.count <= FormatLimits.markerPageCount
                && marker.stackEnds.count <= FormatLimits.stackEndCount
        default: true
        }
    }
}

extension Effect {
    /// Whether a reader accepts the sizes of the effect's parts.
    var isWithinLimits: Bool {
        switch self {
        case .elsewhere(_, let effect): effect.isWithinLimits
        case .map(let mapping):
            switch mapping.backing {
            case .anonymous: true
            case .file(_, _, let path), .shared(_, _, let path): path.utf8.count <= FormatLimits.pathLength
            }
        case .output(_, _, let length, let check): check?.covers(length) ?? true
        case .verifyMemory(let digest):
            digest.runs.count <= FormatLimits.digestCount && digest.runs.allSatisfy { $0.pageCount > 0 }
                && digest.stackEnds.count <= FormatLimits.stackEndCount
                && digest.mappings?.count ?? 0 <= FormatLimits.mappingCount
        default: true
        }
    }
}
