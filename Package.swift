// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target: Swift 6 mode, no warnings, unsafe code marked where it stands.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let strictC: [CSetting] = [.unsafeFlags(["-std=gnu17", "-Wall", "-Wextra", "-Werror"])]

let log = Target.Dependency.product(name: "Logging", package: "swift-log")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "xrr",
    products: [
        .executable(name: "xrr", targets: ["xrr"]),
        .library(name: "Recorder", targets: ["Recorder"]),
        .library(name: "Replayer", targets: ["Replayer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // The kernel boundary and the code that runs inside a tracee.
        .target(name: "CPtrace", cSettings: strictC),
        .target(name: "CInterceptor", cSettings: strictC),

        // System libraries.
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
        .systemLibrary(name: "CDwarf", pkgConfig: "libdw", providers: [.apt(["libdw-dev"])]),
        .systemLibrary(name: "CUnwind", pkgConfig: "libunwind-ptrace", providers: [.apt(["libunwind-dev"])]),
        .systemLibrary(name: "CZydis", providers: [.apt(["libzydis-dev"])]),

        // Pure values.
        .target(name: "LinuxABI", swiftSettings: strict),
        .target(name: "XState", swiftSettings: strict),

        // Boundaries to libraries: compression and hashing; ELF, DWARF and unwinding; machine code.
        .target(name: "Codec", dependencies: ["CZstd", "CXXHash", "CNettle"], swiftSettings: strict),
        .target(
            name: "Symbols", dependencies: ["CDwarf", "CUnwind", "LinuxABI"], swiftSettings: strict,
            linkerSettings: [.linkedLibrary("lzma")]),
        .target(name: "MachineCode", dependencies: ["CZydis", "LinuxABI"], swiftSettings: strict),

        .target(
            name: "Ptrace", dependencies: ["CPtrace", "CInterceptor", "LinuxABI", "XState"], swiftSettings: strict),
        .target(name: "TraceFormat", dependencies: ["LinuxABI", "XState", "Codec", system], swiftSettings: strict),
        .target(
            name: "Tracee", dependencies: ["Ptrace", "TraceFormat", "LinuxABI", "XState", "Codec", log],
            swiftSettings: strict),
        .target(
            name: "Recorder",
            dependencies: [
                "Tracee", "Ptrace", "TraceFormat", "LinuxABI", "XState", "MachineCode", "Symbols", "Codec", log, system,
            ],
            swiftSettings: strict),
        .target(
            name: "Replayer",
            dependencies: [
                "Tracee", "Ptrace", "TraceFormat", "LinuxABI", "XState", "MachineCode", "Symbols", log, system,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "xrr",
            dependencies: [
                "Recorder", "Replayer", "Tracee", "Ptrace", "TraceFormat", "LinuxABI", "XState", "Symbols",
                "MachineCode",
                "Codec", log, arguments, system,
            ],
            swiftSettings: strict),

        // What tests of the built command line tool share.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),

        .testTarget(name: "LinuxABITests", dependencies: ["LinuxABI"], swiftSettings: strict),
        .testTarget(name: "XStateTests", dependencies: ["XState"], swiftSettings: strict),
        .testTarget(name: "CodecTests", dependencies: ["Codec"], swiftSettings: strict),
        .testTarget(
            name: "TraceFormatTests", dependencies: ["TraceFormat", "LinuxABI", "XState", "Codec", system],
            swiftSettings: strict),
        .testTarget(name: "PtraceTests", dependencies: ["Ptrace", "LinuxABI"], swiftSettings: strict),
        .testTarget(name: "SymbolsTests", dependencies: ["Symbols", "LinuxABI"], swiftSettings: strict),
        .testTarget(name: "MachineCodeTests", dependencies: ["MachineCode", "LinuxABI"], swiftSettings: strict),
        .testTarget(
            name: "TraceeTests", dependencies: ["Tracee", "Ptrace", "LinuxABI", "XState"], swiftSettings: strict),
        .testTarget(
            name: "RecorderTests",
            dependencies: [
                "Recorder", "Tracee", "Ptrace", "TraceFormat", "LinuxABI", "XState", "MachineCode", "Codec", system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "ReplayerTests",
            dependencies: ["Replayer", "Tracee", "Ptrace", "TraceFormat", "LinuxABI", "XState", system],
            swiftSettings: strict),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "xrr", "TestSupport", "LinuxABI", "XState", "TraceFormat", "Tracee", "Recorder", "Replayer", system,
                arguments, log,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RobustnessTests",
            dependencies: ["xrr", "TestSupport", "Tracee", "TraceFormat", "LinuxABI", "XState", system],
            swiftSettings: strict),
    ]
)
