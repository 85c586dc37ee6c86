/// Sockets.
extension SyscallTable {
    static let sockets: [SyscallDescription] = [
        .row(.socket),
        .row(.socketpair, .out(3, 8)),
        .row(.bind, .waitsForDisk),
        .row(.listen),
        .row(.connect, .blocks),
        .row(.accept, .blocks, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.accept4, .blocks, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.getsockname, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.getpeername, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.shutdown),
        .row(.sendto, .blocks, .writes(0, from: 1, .result(2))),
        .row(.recvfrom, .blocks, .out(1, .result(2)), .out(4, .pointee(5)), .inOut(5, 4)),
        .row(.sendmsg, .blocks, .writes(0, from: 1, messageVector, through: MessageHeader.vector)),
        // Name, control data and buffers of `struct msghdr`, then the structure itself, which holds their lengths.
        .row(
            .recvmsg, .blocks,
            .out(1, messageField(MessageHeader.nameLength, width: 4), through: MessageHeader.name),
            .out(1, messageField(MessageHeader.controlLength, width: 8), through: MessageHeader.control),
            .out(1, messageVector, through: MessageHeader.vector),
            .inOut(1, .fixed(MessageHeader.size))),
        .row(
            .sendmmsg, .blocks, .inOut(1, messageArray, when: .success),
            .writes(0, from: 1, .messageData(Length(.argument(2), width: 4)))),
        .row(
            .recvmmsg, .blocks, .out(1, .messages(Length(.argument(2), width: 4))),
            .inOut(1, messageArray, when: .success), .inOut(4, 16)),
        SyscallDescription(
            number: .setsockopt, rule: SyscallRule(),
            selection: Selection(by: .pair(1, 2), setOptions, otherwise: .rule(SyscallRule()))),
        SyscallDescription(
            number: .getsockopt, rule: getOption,
            selection: Selection(by: .pair(1, 2), getOptions, otherwise: .rule(getOption))),
    ]

    private static let messageVector = SizeRule.vector(
        Length(.field(1, offset: MessageHeader.vectorCount), width: 8))
    /// The array is shorter than 64 KiB, for the kernel takes no more than 1024 messages.
    private static let messageArray = SizeRule.count(2, unit: MessageHeader.stride)

    private static func messageField(_ offset: UInt64, width: Int) -> SizeRule {
        .whole(Length(.field(1, offset: offset), width: width, isUpdated: true))
    }

    private static let getOption = SyscallRule.of(.out(3, .pointee(4)), .inOut(4, 4))

    /// IPPROTO_TCP.
    private static let tcp: UInt64 = 6 << 32
    /// SOL_PACKET.
    private static let packet: UInt64 = 263 << 32
    /// SOL_XDP.
    private static let xdp: UInt64 = 283 << 32

    private static let getOptions: [Selection.Case] = [
        // Maps received pages into the tracee.
        .named("TCP_ZEROCOPY_RECEIVE", tcp | 35, .refused(.ENOPROTOOPT), .said(.sharedBuffers))
    ]

    /// Memory shared with the kernel, which writes to it while the tracee runs.
    private static let setOptions: [Selection.Case] = [
        .named("PACKET_RX_RING", packet | 5, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("PACKET_TX_RING", packet | 13, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_RX_RING", xdp | 2, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_TX_RING", xdp | 3, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_UMEM_REG", xdp | 4, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_UMEM_FILL_RING", xdp | 5, .refused(.ENOPROTOOPT)),
        .named("XDP_UMEM_COMPLETION_RING", xdp | 6, .refused(.ENOPROTOOPT)),
    ]
}
