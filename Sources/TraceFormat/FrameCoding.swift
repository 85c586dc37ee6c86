internal import LinuxABI
internal import XState

/// What the coding of a thread's next frame builds on. Writer and reader forget it at the start of every chunk, so that
/// each chunk can be read on its own.
struct ThreadCodingState {
    /// The registers the thread went on with.
    var registers = Registers()
    /// The extended state the thread went on with.
    var xstate: XStateImage?
    /// The end of the memory that the thread's last effect named.
    var address: UInt64 = 0
}

/// The coding states of all threads that have a frame in the current chunk.
struct ThreadCodingStates {
    private(set) var current: ThreadID?
    private var currentSlot = 0
    private var slots: [ThreadID: Int] = [:]
    private var states: [ThreadCodingState] = []

    /// The state of `current`.
    var state: ThreadCodingState {
        @inline(__always) _read { yield states[currentSlot] }
        @inline(__always) _modify { yield &states[currentSlot] }
    }

    /// Makes `thread` the current one.
    mutating func select(_ thread: ThreadID) {
        if current == thread { return }
        current = thread
        if let slot = slots[thread] {
            currentSlot = slot
        } else {
            currentSlot = states.count
            slots[thread] = currentSlot
            states.append(ThreadCodingState())
        }
    }

    mutating func reset() {
        current = nil
        slots.removeAll(keepingCapacity: true)
        states.removeAll(keepingCapacity: true)
    }
}

/// The flags at the start of a frame record.
enum FrameFlags {
    /// A thread id follows; otherwise it is the thread of the frame before.
    static let thread: UInt8 = 1 << 0
    /// The extended state differs from the thread's last one.
    static let xstate: UInt8 = 1 << 1
    /// The event changed the extended state.
    static let xstateAfter: UInt8 = 1 << 2
    /// Effects follow.
    static let effects: UInt8 = 1 << 3

    static let known: UInt8 = thread | xstate | xstateAfter | effects
}

/// The numbers of the event kinds.
enum EventKind: UInt8 {
    case syscall = 0
    case syscallEntry = 1
    case syscallExit = 2
    case threadStart = 3
    case exec = 4
    case signal = 5
    case trap = 6
    case threadExit = 7
    case interruption = 8

    /// In the byte of a signal's action: an instruction of the thread raised it.
    static let synchronousBit: UInt8 = 0x80
}

/// The numbers of the effect kinds.
enum EffectKind: UInt8 {
    case write = 0
    case mapAnonymous = 1
    case mapFile = 2
    case mapShared = 3
    case unmap = 4
    case protect = 5
    case remap = 6
    case remapKeepingSource = 7
    case advise = 8
    case createShared = 9
    case createSharedFromFile = 10
    case resizeShared = 11
    case writeShared = 12
    case output = 13
    case outputBytes = 14
    case writeElsewhere = 15
    case limitStack = 16
    case outputWithBytes = 17
    case outputWithHashes = 18
    case verifyMemory = 19
    case elsewhere = 20
    case releaseShared = 21
    case clearShared = 22
}
