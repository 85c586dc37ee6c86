import FoundationEssentials
package import Glibc

/// Where the tests find the built command line tool, and as whom they run it.
package enum Environment {
    /// The directory of the test bundle, where the package's products stand too.
    package static let productsDirectory: String = {
        let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: bundle ?? CommandLine.arguments[0]).deletingLastPathComponent().path
    }()

    /// The xrr under test: `XRR_BINARY`, or the one beside the bundle.
    package static let tool = ProcessInfo.processInfo.environment["XRR_BINARY"] ?? "\(productsDirectory)/xrr"

    /// How many times as long as usual a command may take: `XRR_TEST_PATIENCE`, for emulated CPUs (Lab/tests).
    static let patience = ProcessInfo.processInfo.environment["XRR_TEST_PATIENCE"].flatMap { Int($0) } ?? 1

    /// nobody on every distribution.
    package static let nobody: uid_t = 65534

    package static let isRoot = geteuid() == 0

    /// Put before a command so that it runs as an ordinary user: xrr must not need root, nor be tried with it.
    package static let asOrdinaryUser =
        isRoot ? ["setpriv", "--reuid=\(nobody)", "--regid=\(nobody)", "--clear-groups", "--"] : []
}
