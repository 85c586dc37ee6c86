/// ioctl(2): requests that the encoding alone does not describe, and those that are common enough to be named.
extension SyscallTable {
    static let ioctl: [SyscallDescription] = [
        SyscallDescription(
            number: .ioctl, rule: .of(.refused(.ENOTTY)),
            selection: Selection(
                by: .argument(1, mask: 0xffff_ffff),
                terminalRequests + descriptorRequests + socketRequests + networkDeviceRequests + fileRequests
                    + deviceRequests + seccompRequests + misdescribed,
                otherwise: .requestEncoding))
    ]

    /// include/uapi/linux/seccomp.h: what a supervisor does with its listener.
    private static let seccompRequests: [Selection.Case] = [
        .named("SECCOMP_IOCTL_NOTIF_RECV", 0xc050_2100, .blocks, .inOut(2, 80)),
        .named("SECCOMP_IOCTL_NOTIF_SEND", 0xc018_2101, .inOut(2, 24)),
        .named("SECCOMP_IOCTL_NOTIF_ID_VALID", 0x4008_2102),
        .named("SECCOMP_IOCTL_NOTIF_ADDFD", 0x4018_2103),
        .named("SECCOMP_IOCTL_NOTIF_SET_FLAGS", 0x4008_2104),
    ]

    /// include/uapi/asm-generic/ioctls.h.
    private static let terminalRequests: [Selection.Case] = [
        .named("TCGETS", 0x5401, .out(2, 36)),
        .named("TCSETS", 0x5402),
        .named("TCSETSW", 0x5403, .blocks),
        .named("TCSETSF", 0x5404, .blocks),
        .named("TCGETA", 0x5405, .out(2, 18)),
        .named("TCSETA", 0x5406),
        .named("TCSETAW", 0x5407, .blocks),
        .named("TCSETAF", 0x5408, .blocks),
        .named("TCSBRK", 0x5409, .blocks),
        .named("TCXONC", 0x540a),
        .named("TCFLSH", 0x540b),
        .named("TIOCEXCL", 0x540c),
        .named("TIOCNXCL", 0x540d),
        .named("TIOCSCTTY", 0x540e),
        .named("TIOCGPGRP", 0x540f, .out(2, 4)),
        .named("TIOCSPGRP", 0x5410),
        .named("TIOCOUTQ", 0x5411, .out(2, 4)),
        .named("TIOCSTI", 0x5412),
        .named("TIOCGWINSZ", 0x5413, .out(2, 8)),
        .named("TIOCSWINSZ", 0x5414),
        .named("TIOCMGET", 0x5415, .out(2, 4)),
        .named("TIOCMBIS", 0x5416),
        .named("TIOCMBIC", 0x5417),
        .named("TIOCMSET", 0x5418),
        .named("TIOCGSOFTCAR", 0x5419, .out(2, 4)),
        .named("TIOCSSOFTCAR", 0x541a),
        // The console's subcode stands in the first byte; the longest answer is a byte or a word.
        .named("TIOCLINUX", 0x541c, .inOut(2, 8)),
        .named("TIOCCONS", 0x541d),
        .named("TIOCGSERIAL", 0x541e, .out(2, 72)),
        .named("TIOCSSERIAL", 0x541f, .blocks),
        .named("TIOCPKT", 0x5420),
        .named("TIOCNOTTY", 0x5422),
        .named("TIOCSETD", 0x5423, .blocks),
        .named("TIOCGETD", 0x5424, .out(2, 4)),
        .named("TCSBRKP", 0x5425, .blocks),
        .named("TIOCSBRK", 0x5427),
        .named("TIOCCBRK", 0x5428),
        .named("TIOCGSID", 0x5429, .out(2, 4)),
        .named("TCGETS2", 0x802c_542a, .out(2, 44)),
        .named("TCSETS2", 0x402c_542b),
        .named("TCSETSW2", 0x402c_542c, .blocks),
        .named("TCSETSF2", 0x402c_542d, .blocks),
        .named("TIOCGRS485", 0x542e, .out(2, 32)),
        .named("TIOCSRS485", 0x542f, .inOut(2, 32)),
        .named("TIOCGPTN", 0x8004_5430, .out(2, 4)),
        .named("TIOCSPTLCK", 0x4004_5431),
        .named("TIOCGDEV", 0x8004_5432, .out(2, 4)),
        .named("TCGETX", 0x5432, .out(2, 16)),
        .named("TIOCSIG", 0x4004_5436),
        .named("TIOCVHANGUP", 0x5437, .blocks),
        .named("TIOCGPKT", 0x8004_5438, .out(2, 4)),
        .named("TIOCGPTLCK", 0x8004_5439, .out(2, 4)),
        .named("TIOCGEXCL", 0x8004_5440, .out(2, 4)),
        .named("TIOCGPTPEER", 0x5441),
        .named("TIOCSERCONFIG", 0x5453, .blocks),
        .named("TIOCGLCKTRMIOS", 0x5456, .out(2, 36)),
        .named("TIOCSLCKTRMIOS", 0x5457),
        .named("TIOCSERGETLSR", 0x5459, .out(2, 4)),
        .named("TIOCMIWAIT", 0x545c, .blocks),
        .named("TIOCGICOUNT", 0x545d, .out(2, 80)),
    ]

    /// Requests that any descriptor may know.
    private static let descriptorRequests: [Selection.Case] = [
        .named("FIONREAD", 0x541b, .out(2, 4)),
        .named("FIONBIO", 0x5421),
        .named("FIONCLEX", 0x5450),
        .named("FIOCLEX", 0x5451),
        .named("FIOASYNC", 0x5452),
        .named("FIOQSIZE", 0x5460, .waitsForDisk, .out(2, 8)),
    ]

    /// include/uapi/linux/sockios.h. Most take `struct ifreq`, of 40 bytes.
    private static let socketRequests: [Selection.Case] = [
        .named("FIOSETOWN", 0x8901),
        .named("SIOCSPGRP", 0x8902),
        .named("FIOGETOWN", 0x8903, .out(2, 4)),
        .named("SIOCGPGRP", 0x8904, .out(2, 4)),
        .named("SIOCATMARK", 0x8905, .out(2, 4)),
        .named("SIOCGSTAMP", 0x8906, .out(2, 16)),
        .named("SIOCGSTAMPNS", 0x8907, .out(2, 16)),
        .named("SIOCGSTAMP_NEW", 0x8010_8906, .out(2, 16)),
        .named("SIOCGSTAMPNS_NEW", 0x8010_8907, .out(2, 16)),
        // ifc_len bounds the buffer at entry and says what was stored at exit.
        .named(
            "SIOCGIFCONF", 0x8912,
            .out(2, .whole(Length(.field(2, offset: 0), width: 4, isUpdated: true)), through: 8), .inOut(2, 16)),
        .when(
            0x890b, 0x890c, 0x8911, 0x8914, 0x8916, 0x8918, 0x891a, 0x891c, 0x891e, 0x8920, 0x8922, 0x8923, 0x8924,
            0x8926, 0x8930, 0x8931, 0x8932, 0x8934, 0x8936, 0x8937, 0x8943, 0x8953, 0x8955, 0x8960, 0x8962, 0x8971,
            do: .blocks),
        .named("SIOCGIFNAME", 0x8910, .inOut(2, 40)),
        .named("SIOCGIFFLAGS", 0x8913, .inOut(2, 40)),
        .named("SIOCGIFADDR", 0x8915, .inOut(2, 40)),
        .named("SIOCGIFDSTADDR", 0x8917, .inOut(2, 40)),
        .named("SIOCGIFBRDADDR", 0x8919, .inOut(2, 40)),
        .named("SIOCGIFNETMASK", 0x891b, .inOut(2, 40)),
        .named("SIOCGIFMETRIC", 0x891d, .inOut(2, 40)),
        .named("SIOCGIFMEM", 0x891f, .inOut(2, 40)),
        .named("SIOCGIFMTU", 0x8921, .inOut(2, 40)),
        .named("SIOCGIFENCAP", 0x8925, .inOut(2, 40)),
        .named("SIOCGIFHWADDR", 0x8927, .inOut(2, 40)),
        .named("SIOCGIFSLAVE", 0x8929, .inOut(2, 40)),
        .named("SIOCGIFINDEX", 0x8933, .inOut(2, 40)),
        .named("SIOCGIFPFLAGS", 0x8935, .inOut(2, 40)),
        .named("SIOCGIFCOUNT", 0x8938, .inOut(2, 40)),
        .named("SIOCGIFTXQLEN", 0x8942, .inOut(2, 40)),
        .named("SIOCGMIIPHY", 0x8947, .inOut(2, 40)),
        .named("SIOCGMIIREG", 0x8948, .inOut(2, 40)),
        .named("SIOCSMIIREG", 0x8949, .inOut(2, 40)),
        .named("SIOCOUTQNSD", 0x894b, .out(2, 4)),
        .named("SIOCGSKNS", 0x894c),
        .named("SIOCGARP", 0x8954, .inOut(2, 68)),
        .named("SIOCGRARP", 0x8961, .inOut(2, 68)),
        .named("SIOCGIFMAP", 0x8970, .inOut(2, 40)),
        // Their structures lie behind a pointer in `struct ifreq`, and their sizes depend on the command.
        .named("SIOCETHTOOL", 0x8946, .refused(.EOPNOTSUPP)),
        .named("SIOCGIFVLAN", 0x8982, .inOut(2, 128)),
        .named("SIOCSIFVLAN", 0x8983, .inOut(2, 128)),
        // Their structures, behind a pointer in `struct ifreq`, depend on the protocol, or on the driver.
        .named("SIOCWANDEV", 0x894a, .refused(.EOPNOTSUPP)),
        // ifr_data leads to `struct hwtstamp_config`, `struct ifslave`, `struct ifbond`.
        .named("SIOCSHWTSTAMP", 0x89b0, .blocks, .out(2, 12, through: 16), .inOut(2, 40)),
        .named("SIOCGHWTSTAMP", 0x89b1, .blocks, .out(2, 12, through: 16), .inOut(2, 40)),
        .when(0x8990, 0x8991, 0x8992, 0x8995, do: .blocks, .inOut(2, 40)),
        .named("SIOCBONDSLAVEINFOQUERY", 0x8993, .blocks, .out(2, 28, through: 16), .inOut(2, 40)),
        .named("SIOCBONDINFOQUERY", 0x8994, .blocks, .out(2, 12, through: 16), .inOut(2, 40)),
        // An array of words: the command, a buffer for the numbers of interfaces, and how many it holds.
        .named("SIOCGIFBR", 0x8940, .blocks, .out(2, .field(2, 16, width: 8, unit: 4), through: 8), .inOut(2, 32)),
        .named("SIOCSIFBR", 0x8941, .blocks, .out(2, .field(2, 16, width: 8, unit: 4), through: 8), .inOut(2, 32)),
        .named("SIOCBRADDBR", 0x89a0, .blocks),
        .named("SIOCBRDELBR", 0x89a1, .blocks),
        .named("SIOCBRADDIF", 0x89a2, .blocks, .inOut(2, 40)),
        .named("SIOCBRDELIF", 0x89a3, .blocks, .inOut(2, 40)),
        .named("IOCTL_VM_SOCKETS_GET_LOCAL_CID", 0x7b9, .out(2, 4)),
    ]

    /// include/uapi/linux/if_tun.h. The numbers of the first two say that they take an int; it is `struct ifreq`, which the
    /// kernel writes back. Others take the int for the argument itself.
    private static let networkDeviceRequests: [Selection.Case] = [
        .named("TUNSETIFF", 0x4004_54ca, .blocks, .inOut(2, 40)),
        .named("TUNGETIFF", 0x8004_54d2, .inOut(2, 40)),
        .named("TUNSETQUEUE", 0x4004_54d9, .blocks, .inOut(2, 40)),
        .named("TUNSETNOCSUM", 0x4004_54c8),
        .named("TUNSETDEBUG", 0x4004_54c9),
        .named("TUNSETPERSIST", 0x4004_54cb),
        .named("TUNSETOWNER", 0x4004_54cc),
        .named("TUNSETLINK", 0x4004_54cd),
        .named("TUNSETGROUP", 0x4004_54ce),
        .named("TUNGETFEATURES", 0x8004_54cf, .out(2, 4)),
        .named("TUNSETOFFLOAD", 0x4004_54d0),
        .named("TUNSETTXFILTER", 0x4004_54d1),
        .named("TUNGETSNDBUF", 0x8004_54d3, .out(2, 4)),
        .named("TUNSETSNDBUF", 0x4004_54d4),
        .named("TUNATTACHFILTER", 0x4010_54d5),
        .named("TUNDETACHFILTER", 0x4010_54d6),
        .named("TUNGETVNETHDRSZ", 0x8004_54d7, .out(2, 4)),
        .named("TUNSETVNETHDRSZ", 0x4004_54d8),
        .named("TUNSETIFINDEX", 0x4004_54da),
        .named("TUNGETFILTER", 0x8010_54db, .out(2, 16)),
        .named("TUNSETVNETLE", 0x4004_54dc),
        .named("TUNGETVNETLE", 0x8004_54dd, .out(2, 4)),
        .named("TUNSETVNETBE", 0x4004_54de),
        .named("TUNGETVNETBE", 0x8004_54df, .out(2, 4)),
        .named("TUNSETSTEERINGEBPF", 0x8004_54e0, .inOut(2, 4)),
        .named("TUNSETFILTEREBPF", 0x8004_54e1, .inOut(2, 4)),
        .named("TUNSETCARRIER", 0x4004_54e2),
        .named("TUNGETDEVNETNS", 0x54e3),
        // SIOCGIFHWADDR and SIOCSIFHWADDR are those of sockets.
    ]

    /// Requests whose numbers look like a description and are none: they write more than the size says, or where pointers
    /// in the structure lead.
    private static let misdescribed: [Selection.Case] = [
        // Bluetooth: include/net/bluetooth, HCIGETDEVLIST to HCIINQUIRY and HIDPGETCONNLIST ('H'), RFCOMMGETDEVLIST ('R'),
        // CMTPGETCONNLIST ('C'), all "int".
        .when(
            0x8004_48d2, 0x8004_48d3, 0x8004_48d4, 0x8004_48d5, 0x8004_48d7, 0x8004_48f0, 0x8004_52d2, 0x8004_52d3,
            0x8004_43d2, 0x8004_43d3, do: .refused(.ENOTTY)),
        // IMGETDEVINFO of ISDN, "int".
        .when(0x8004_4944, do: .refused(.ENOTTY)),
        // `struct blk_zone_report` of 16 bytes, then 64 for each of nr_zones.
        .named("BLKREPORTZONE", 0xc010_1282, .waitsForDisk, .inOut(2, .field(2, 8, width: 4, unit: 64, base: 16))),
        // `struct fsuuid` of 8 bytes, then fsu_len.
        .named("EXT4_IOC_GETFSUUID", 0x8008_662c, .waitsForDisk, .inOut(2, .field(2, 0, width: 4, base: 8))),
        // `struct fiemap`, as for FS_IOC_FIEMAP.
        .named(
            "EXT4_IOC_GET_ES_CACHE", 0xc020_662a, .waitsForDisk, .inOut(2, .field(2, 24, width: 4, unit: 56, base: 32))),
        // Behind pointers: EVIOCGMASK, PR_READ_KEYS.
        .named("EVIOCGMASK", 0x8010_4592, .refused(.ENOTTY)),
        .named("PR_READ_KEYS", 0xc010_70ce, .refused(.ENOTTY)),
    ]

    /// include/uapi/linux/fs.h, fiemap.h, fscrypt.h, fsverity.h, msdos_fs.h, nsfs.h, pidfd.h.
    private static let fileRequests: [Selection.Case] = [
        .named("FIBMAP", 0x1, .waitsForDisk, .inOut(2, 4)),
        .named("FIGETBSZ", 0x2, .out(2, 4)),
        .named("FIFREEZE", 0xc004_5877, .blocks, .inOut(2, 4)),
        .named("FITHAW", 0xc004_5878, .blocks, .inOut(2, 4)),
        .named("FITRIM", 0xc018_5879, .waitsForDisk, .inOut(2, 24)),
        .named("FICLONE", 0x4004_9409, .waitsForDisk, .writes(0)),
        .named("FICLONERANGE", 0x4020_940d, .waitsForDisk, .writes(0)),
        // `struct file_dedupe_range` of 24 bytes, then 32 for each of dest_count.
        .named("FIDEDUPERANGE", 0xc018_9436, .waitsForDisk, .inOut(2, .field(2, 16, width: 2, unit: 32, base: 24))),
        .named("FS_IOC_GETFLAGS", 0x8008_6601, .waitsForDisk, .out(2, 8)),
        .named("FS_IOC_SETFLAGS", 0x4008_6602, .waitsForDisk),
        .named("FS_IOC_GETVERSION", 0x8008_7601, .waitsForDisk, .out(2, 8)),
        .named("FS_IOC_SETVERSION", 0x4008_7602, .waitsForDisk),
        // `struct fiemap` of 32 bytes, then 56 for each of fm_extent_count.
        .named("FS_IOC_FIEMAP", 0xc020_660b, .waitsForDisk, .inOut(2, .field(2, 24, width: 4, unit: 56, base: 32))),
        .named("FS_IOC_FSGETXATTR", 0x801c_581f, .waitsForDisk, .out(2, 28)),
        .named("FS_IOC_FSSETXATTR", 0x401c_5820, .waitsForDisk),
        .named("FS_IOC_GETFSLABEL", 0x8100_9431, .waitsForDisk, .out(2, 256)),
        .named("FS_IOC_SETFSLABEL", 0x4100_9432, .waitsForDisk),
        .named("FS_IOC_GETFSUUID", 0x8011_1500, .out(2, 17)),
        .named("FS_IOC_GETFSSYSFSPATH", 0x8081_1501, .out(2, 129)),
        // Their structures lead on to other memory.
        .named("PAGEMAP_SCAN", 0xc060_6610, .refused(.ENOTTY)),
        .named("PROCMAP_QUERY", 0xc068_6611, .refused(.ENOTTY)),
        .named("FS_IOC_READ_VERITY_METADATA", 0xc028_6687, .refused(.ENOTTY)),
        .named("FS_IOC_MEASURE_VERITY", 0xc004_6686, .waitsForDisk, .inOut(2, .field(2, 2, width: 2, base: 4))),
        .named("FS_IOC_GET_ENCRYPTION_PWSALT", 0x4010_6614, .waitsForDisk, .out(2, 16)),
        .named("FS_IOC_GET_ENCRYPTION_POLICY", 0x400c_6615, .waitsForDisk, .out(2, 12)),
        // policy_size, then a policy: the longest, of version 2, has 24 bytes.
        .named(
            "FS_IOC_GET_ENCRYPTION_POLICY_EX", 0xc009_6616, .waitsForDisk, .inOut(2, 32)),
        .named("VFAT_IOCTL_READDIR_BOTH", 0x8230_7201, .waitsForDisk, .out(2, 560)),
        .named("VFAT_IOCTL_READDIR_SHORT", 0x8230_7202, .waitsForDisk, .out(2, 560)),
        .when(0xb701, 0xb702, 0xb703, do: .blocking(.never)),
        .named("NS_GET_OWNER_UID", 0xb704, .out(2, 4)),
        .when(
            0xff01, 0xff02, 0xff03, 0xff04, 0xff05, 0xff06, 0xff07, 0xff08, 0xff09, 0xff0a, do: .blocking(.never)),
    ]

    /// Disks, loop devices, random numbers, virtual terminals.
    private static let deviceRequests: [Selection.Case] = [
        .named("BLKROSET", 0x125d),
        .named("BLKROGET", 0x125e, .out(2, 4)),
        .named("BLKRRPART", 0x125f, .waitsForDisk),
        .named("BLKGETSIZE", 0x1260, .out(2, 8)),
        .named("BLKFLSBUF", 0x1261, .waitsForDisk),
        .named("BLKRASET", 0x1262),
        .named("BLKRAGET", 0x1263, .out(2, 8)),
        .named("BLKFRASET", 0x1264),
        .named("BLKFRAGET", 0x1265, .out(2, 8)),
        .named("BLKSECTGET", 0x1267, .out(2, 2)),
        .named("BLKSSZGET", 0x1268, .out(2, 4)),
        .named("BLKPG", 0x1269, .waitsForDisk),
        .named("BLKBSZGET", 0x8008_1270, .out(2, 8)),
        .named("BLKBSZSET", 0x4008_1271),
        .named("BLKGETSIZE64", 0x8008_1272, .out(2, 8)),
        .named("BLKDISCARD", 0x1277, .waitsForDisk, .writes(0)),
        .named("BLKIOMIN", 0x1278, .out(2, 4)),
        .named("BLKIOOPT", 0x1279, .out(2, 4)),
        .named("BLKALIGNOFF", 0x127a, .out(2, 4)),
        .named("BLKPBSZGET", 0x127b, .out(2, 4)),
        .named("BLKDISCARDZEROES", 0x127c, .out(2, 4)),
        .named("BLKSECDISCARD", 0x127d, .waitsForDisk, .writes(0)),
        .named("BLKROTATIONAL", 0x127e, .out(2, 2)),
        .named("BLKZEROOUT", 0x127f, .waitsForDisk, .writes(0)),
        .named("BLKGETDISKSEQ", 0x8008_1280, .out(2, 8)),
        .named("HDIO_GETGEO", 0x301, .out(2, 16)),
        .when(0x4c00, 0x4c01, 0x4c02, 0x4c04, 0x4c06, 0x4c07, 0x4c08, 0x4c09, 0x4c0a, do: .waitsForDisk),
        .named("LOOP_GET_STATUS", 0x4c03, .waitsForDisk, .out(2, 168)),
        .named("LOOP_GET_STATUS64", 0x4c05, .waitsForDisk, .out(2, 232)),
        .when(0x4c80, 0x4c81, 0x4c82, do: .waitsForDisk),
        .named("RNDGETENTCNT", 0x8004_5200, .out(2, 4)),
        .named("RNDADDTOENTCNT", 0x4004_5201),
        .named("RNDADDENTROPY", 0x4008_5203),
        .named("RNDZAPENTCNT", 0x5204),
        .named("RNDCLEARPOOL", 0x5206),
        .named("RNDRESEEDCRNG", 0x5207),
        .named("KDMKTONE", 0x4b30),
        .named("KDGETLED", 0x4b31, .out(2, 1)),
        .named("KDSETLED", 0x4b32),
        .named("KDGKBTYPE", 0x4b33, .out(2, 1)),
        .named("KDSETMODE", 0x4b3a),
        .named("KDGETMODE", 0x4b3b, .out(2, 4)),
        .named("KDGKBMODE", 0x4b44, .out(2, 4)),
        .named("KDSKBMODE", 0x4b45),
        .named("KDGKBENT", 0x4b46, .inOut(2, 4)),
        .named("KDGKBMETA", 0x4b62, .out(2, 4)),
        .named("KDSKBMETA", 0x4b63),
        .named("VT_OPENQRY", 0x5600, .out(2, 4)),
        .named("VT_GETMODE", 0x5601, .out(2, 8)),
        .named("VT_SETMODE", 0x5602),
        .named("VT_GETSTATE", 0x5603, .out(2, 6)),
        .named("VT_RELDISP", 0x5605),
        .named("VT_ACTIVATE", 0x5606),
        .named("VT_WAITACTIVE", 0x5607, .blocks),
        .named("VT_DISALLOCATE", 0x5608),
        // Data goes to pointers in the structure.
        .named("SG_IO", 0x2285, .refused(.ENOTTY)),
    ]
}
