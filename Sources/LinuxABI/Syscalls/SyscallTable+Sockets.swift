/// Sockets.
extension SyscallTable {
    static let sockets: [SyscallDescription] = [
        .row(.socket),
        // The numbers are stored before the sockets are made, which may fail.
        .row(.socketpair, .out(3, 8, when: .always)),
        .row(.bind, .waitsForDisk),
        .row(.listen),
        .row(.connect, .blocks),
        .row(.accept, .blocks, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.accept4, .blocks, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.getsockname, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.getpeername, .out(1, .pointee(2)), .inOut(2, 4)),
        .row(.shutdown),
        .row(.sendto, .blocks, .writes(0, from: 1, .result(2))),
        // recv(3) has no address. With one, what is wrong about its length is found when the data have been stored.
        .select(
            .recvfrom, by: 4, mask: .max, [.when(0, do: .blocks, .out(1, .result(2)), .inOut(5, 4))],
            otherwise: .blocks, .out(1, .result(2), when: .successOr(.EINVAL)), .out(4, .pointee(5)), .inOut(5, 4)),
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

    /// Several protocols read parameters from the buffer that they answer in.
    private static let getOption = SyscallRule.of(.inOut(3, .pointee(4), when: .success), .inOut(4, 4))

    /// SOL_IP, SOL_SOCKET, IPPROTO_TCP, SOL_IPV6, SOL_PACKET, SOL_RDS, SOL_XDP, SOL_MPTCP.
    private enum Level {
        static let ip: UInt64 = 0
        static let socket: UInt64 = 1 << 32
        static let tcp: UInt64 = 6 << 32
        static let ip6: UInt64 = 41 << 32
        static let packet: UInt64 = 263 << 32
        static let rds: UInt64 = 276 << 32
        static let xdp: UInt64 = 283 << 32
        static let mptcp: UInt64 = 284 << 32
    }

    /// Options whose length is not that of what is written, or whose structure leads on to other memory.
    private static let getOptions: [Selection.Case] = [
        // The length counts instructions of 8 bytes.
        .named(
            "SO_GET_FILTER", Level.socket | 26,
            .inOut(3, .whole(Length(.field(4, offset: 0), width: 4, unit: 8)), when: .success), .inOut(4, 4)),
        // As many sources as numsrc says, whatever the length is: `struct ip_msfilter`, `struct group_filter`.
        .named(
            "IP_MSFILTER", Level.ip | 41, .inOut(3, .field(3, 12, width: 4, unit: 4, base: 16), when: .success),
            .inOut(4, 4)),
        .named("MCAST_MSFILTER", Level.ip | 48, clauses: sourceFilter),
        .named("MCAST_MSFILTER", Level.ip6 | 48, clauses: sourceFilter),
        // Counters and entries behind pointers of `struct ebt_replace`; the first one gives the bridge's present table,
        // the other the one that it began with.
        .named("EBT_SO_GET_ENTRIES", Level.ip | 129, clauses: bridgeTable),
        .named("EBT_SO_GET_INIT_ENTRIES", Level.ip | 131, clauses: bridgeTable),
        // Maps received pages into the tracee.
        .named("TCP_ZEROCOPY_RECEIVE", Level.tcp | 35, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        // The length is that of one of several elements.
        .named("TCP_AO_GET_KEYS", Level.tcp | 42, .refused(.ENOPROTOOPT)),
        // Two arrays behind pointers, their sizes in the structure.
        .named("MPTCP_FULL_INFO", Level.mptcp | 4, .refused(.EOPNOTSUPP)),
    ]

    private static let sourceFilter: [SyscallRule.Clause] = [
        .inOut(3, .field(3, 140, width: 4, unit: 128, base: 144), when: .success), .inOut(4, 4),
    ]

    private static let bridgeTable: [SyscallRule.Clause] = [
        .out(3, .field(3, 96, width: 4, unit: 16), through: 104), .out(3, .field(3, 40, width: 4), through: 112),
        .inOut(3, .pointee(4), when: .success), .inOut(4, 4),
    ]

    /// Options that share memory with the kernel, which writes to it while the tracee runs, and those with which the
    /// kernel answers behind a pointer: the counters of the table that a new one replaces.
    private static let setOptions: [Selection.Case] = [
        .named("PACKET_RX_RING", Level.packet | 5, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("PACKET_TX_RING", Level.packet | 13, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_RX_RING", Level.xdp | 2, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_TX_RING", Level.xdp | 3, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_UMEM_REG", Level.xdp | 4, .refused(.ENOPROTOOPT), .said(.sharedBuffers)),
        .named("XDP_UMEM_FILL_RING", Level.xdp | 5, .refused(.ENOPROTOOPT)),
        .named("XDP_UMEM_COMPLETION_RING", Level.xdp | 6, .refused(.ENOPROTOOPT)),
        .named("RDS_GET_MR", Level.rds | 2, .refused(.ENOPROTOOPT)),
        .named("RDS_GET_MR_FOR_DEST", Level.rds | 7, .refused(.ENOPROTOOPT)),
        // `struct ipt_replace` and `struct ip6t_replace` (num_counters, counters), `struct arpt_replace`,
        // `struct ebt_replace`. They write the counters even where the new table is refused in the end.
        .named(
            "IPT_SO_SET_REPLACE", Level.ip | 64,
            .out(3, .field(3, 84, width: 4, unit: 16), when: .always, through: 88)),
        .named(
            "IP6T_SO_SET_REPLACE", Level.ip6 | 64,
            .out(3, .field(3, 84, width: 4, unit: 16), when: .always, through: 88)),
        .named(
            "ARPT_SO_SET_REPLACE", Level.ip | 96,
            .out(3, .field(3, 68, width: 4, unit: 16), when: .always, through: 72)),
        .named(
            "EBT_SO_SET_ENTRIES", Level.ip | 128,
            .out(3, .field(3, 96, width: 4, unit: 16), when: .always, through: 104)),
    ]
}
