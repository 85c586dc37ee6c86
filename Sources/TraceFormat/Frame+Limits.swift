extension Event {
    /// Whether the event itself has bytes in the memory stream.
    var hasContents: Bool {
        if case .exec = self { true } else { false }
    }

    /// Whether a reader accepts the sizes of the event's parts.
    var isWithinLimits: Bool {
        guard case .exec(let image) = self else { return true }
        return image.path.utf8.count <= FormatLimits.pathLength && image.arguments.count <= FormatLimits.argumentCount
    }
}

extension Effect {
    /// Whether a reader accepts the sizes of the effect's parts.
    var isWithinLimits: Bool {
        guard case .map(let mapping) = self else { return true }
        return switch mapping.backing {
        case .anonymous: true
        case .file(_, _, let path), .shared(_, _, let path): path.utf8.count <= FormatLimits.pathLength
        }
    }
}
