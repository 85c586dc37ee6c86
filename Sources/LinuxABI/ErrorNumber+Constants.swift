// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The kernel's own names, so that a reader finds them in errno(3).

/// The error numbers of Linux 6.12: include/uapi/asm-generic/errno{-base,}.h, and those that only a tracer sees
/// (include/linux/errno.h).
extension ErrorNumber {
    package static let EPERM = Self(1)
    package static let ENOENT = Self(2)
    package static let ESRCH = Self(3)
    package static let EINTR = Self(4)
    package static let EIO = Self(5)
    package static let ENXIO = Self(6)
    package static let E2BIG = Self(7)
    package static let ENOEXEC = Self(8)
    package static let EBADF = Self(9)
    package static let ECHILD = Self(10)
    package static let EAGAIN = Self(11)
    package static let ENOMEM = Self(12)
    package static let EACCES = Self(13)
    package static let EFAULT = Self(14)
    package static let ENOTBLK = Self(15)
    package static let EBUSY = Self(16)
    package static let EEXIST = Self(17)
    package static let EXDEV = Self(18)
    package static let ENODEV = Self(19)
    package static let ENOTDIR = Self(20)
    package static let EISDIR = Self(21)
    package static let EINVAL = Self(22)
    package static let ENFILE = Self(23)
    package static let EMFILE = Self(24)
    package static let ENOTTY = Self(25)
    package static let ETXTBSY = Self(26)
    package static let EFBIG = Self(27)
    package static let ENOSPC = Self(28)
    package static let ESPIPE = Self(29)
    package static let EROFS = Self(30)
    package static let EMLINK = Self(31)
    package static let EPIPE = Self(32)
    package static let EDOM = Self(33)
    package static let ERANGE = Self(34)
    package static let EDEADLK = Self(35)
    package static let ENAMETOOLONG = Self(36)
    package static let ENOLCK = Self(37)
    package static let ENOSYS = Self(38)
    package static let ENOTEMPTY = Self(39)
    package static let ELOOP = Self(40)
    package static let ENOMSG = Self(42)
    package static let EIDRM = Self(43)
    package static let ECHRNG = Self(44)
    package static let EL2NSYNC = Self(45)
    package static let EL3HLT = Self(46)
    package static let EL3RST = Self(47)
    package static let ELNRNG = Self(48)
    package static let EUNATCH = Self(49)
    package static let ENOCSI = Self(50)
    package static let EL2HLT = Self(51)
    package static let EBADE = Self(52)
    package static let EBADR = Self(53)
    package static let EXFULL = Self(54)
    package static let ENOANO = Self(55)
    package static let EBADRQC = Self(56)
    package static let EBADSLT = Self(57)
    package static let EBFONT = Self(59)
    package static let ENOSTR = Self(60)
    package static let ENODATA = Self(61)
    package static let ETIME = Self(62)
    package static let ENOSR = Self(63)
    package static let ENONET = Self(64)
    package static let ENOPKG = Self(65)
    package static let EREMOTE = Self(66)
    package static let ENOLINK = Self(67)
    package static let EADV = Self(68)
    package static let ESRMNT = Self(69)
    package static let ECOMM = Self(70)
    package static let EPROTO = Self(71)
    package static let EMULTIHOP = Self(72)
    package static let EDOTDOT = Self(73)
    package static let EBADMSG = Self(74)
    package static let EOVERFLOW = Self(75)
    package static let ENOTUNIQ = Self(76)
    package static let EBADFD = Self(77)
    package static let EREMCHG = Self(78)
    package static let ELIBACC = Self(79)
    package static let ELIBBAD = Self(80)
    package static let ELIBSCN = Self(81)
    package static let ELIBMAX = Self(82)
    package static let ELIBEXEC = Self(83)
    package static let EILSEQ = Self(84)
    package static let ERESTART = Self(85)
    package static let ESTRPIPE = Self(86)
    package static let EUSERS = Self(87)
    package static let ENOTSOCK = Self(88)
    package static let EDESTADDRREQ = Self(89)
    package static let EMSGSIZE = Self(90)
    package static let EPROTOTYPE = Self(91)
    package static let ENOPROTOOPT = Self(92)
    package static let EPROTONOSUPPORT = Self(93)
    package static let ESOCKTNOSUPPORT = Self(94)
    package static let EOPNOTSUPP = Self(95)
    package static let EPFNOSUPPORT = Self(96)
    package static let EAFNOSUPPORT = Self(97)
    package static let EADDRINUSE = Self(98)
    package static let EADDRNOTAVAIL = Self(99)
    package static let ENETDOWN = Self(100)
    package static let ENETUNREACH = Self(101)
    package static let ENETRESET = Self(102)
    package static let ECONNABORTED = Self(103)
    package static let ECONNRESET = Self(104)
    package static let ENOBUFS = Self(105)
    package static let EISCONN = Self(106)
    package static let ENOTCONN = Self(107)
    package static let ESHUTDOWN = Self(108)
    package static let ETOOMANYREFS = Self(109)
    package static let ETIMEDOUT = Self(110)
    package static let ECONNREFUSED = Self(111)
    package static let EHOSTDOWN = Self(112)
    package static let EHOSTUNREACH = Self(113)
    package static let EALREADY = Self(114)
    package static let EINPROGRESS = Self(115)
    package static let ESTALE = Self(116)
    package static let EUCLEAN = Self(117)
    package static let ENOTNAM = Self(118)
    package static let ENAVAIL = Self(119)
    package static let EISNAM = Self(120)
    package static let EREMOTEIO = Self(121)
    package static let EDQUOT = Self(122)
    package static let ENOMEDIUM = Self(123)
    package static let EMEDIUMTYPE = Self(124)
    package static let ECANCELED = Self(125)
    package static let ENOKEY = Self(126)
    package static let EKEYEXPIRED = Self(127)
    package static let EKEYREVOKED = Self(128)
    package static let EKEYREJECTED = Self(129)
    package static let EOWNERDEAD = Self(130)
    package static let ENOTRECOVERABLE = Self(131)
    package static let ERFKILL = Self(132)
    package static let EHWPOISON = Self(133)
    package static let ERESTARTSYS = Self(512)
    package static let ERESTARTNOINTR = Self(513)
    package static let ERESTARTNOHAND = Self(514)
    package static let ENOIOCTLCMD = Self(515)
    package static let ERESTART_RESTARTBLOCK = Self(516)
    package static let EPROBE_DEFER = Self(517)
    package static let EOPENSTALE = Self(518)
    package static let ENOPARAM = Self(519)
    package static let EBADHANDLE = Self(521)
    package static let ENOTSYNC = Self(522)
    package static let EBADCOOKIE = Self(523)
    package static let ENOTSUPP = Self(524)
    package static let ETOOSMALL = Self(525)
    package static let ESERVERFAULT = Self(526)
    package static let EBADTYPE = Self(527)
    package static let EJUKEBOX = Self(528)
    package static let EIOCBQUEUED = Self(529)
    package static let ERECALLCONFLICT = Self(530)
    package static let ENOGRACE = Self(531)
    package static var EWOULDBLOCK: Self { EAGAIN }
    package static var EDEADLOCK: Self { EDEADLK }

    static let names: [Int32: String] = [
        1: "EPERM", 2: "ENOENT", 3: "ESRCH", 4: "EINTR", 5: "EIO", 6: "ENXIO", 7: "E2BIG", 8: "ENOEXEC", 9: "EBADF",
        10: "ECHILD", 11: "EAGAIN", 12: "ENOMEM", 13: "EACCES", 14: "EFAULT", 15: "ENOTBLK", 16: "EBUSY",
        17: "EEXIST", 18: "EXDEV", 19: "ENODEV", 20: "ENOTDIR", 21: "EISDIR", 22: "EINVAL", 23: "ENFILE",
        24: "EMFILE", 25: "ENOTTY", 26: "ETXTBSY", 27: "EFBIG", 28: "ENOSPC", 29: "ESPIPE", 30: "EROFS",
        31: "EMLINK", 32: "EPIPE", 33: "EDOM", 34: "ERANGE", 35: "EDEADLK", 36: "ENAMETOOLONG", 37: "ENOLCK",
        38: "ENOSYS", 39: "ENOTEMPTY", 40: "ELOOP", 42: "ENOMSG", 43: "EIDRM", 44: "ECHRNG", 45: "EL2NSYNC",
        46: "EL3HLT", 47: "EL3RST", 48: "ELNRNG", 49: "EUNATCH", 50: "ENOCSI", 51: "EL2HLT", 52: "EBADE",
        53: "EBADR", 54: "EXFULL", 55: "ENOANO", 56: "EBADRQC", 57: "EBADSLT", 59: "EBFONT", 60: "ENOSTR",
        61: "ENODATA", 62: "ETIME", 63: "ENOSR", 64: "ENONET", 65: "ENOPKG", 66: "EREMOTE", 67: "ENOLINK",
        68: "EADV", 69: "ESRMNT", 70: "ECOMM", 71: "EPROTO", 72: "EMULTIHOP", 73: "EDOTDOT", 74: "EBADMSG",
        75: "EOVERFLOW", 76: "ENOTUNIQ", 77: "EBADFD", 78: "EREMCHG", 79: "ELIBACC", 80: "ELIBBAD", 81: "ELIBSCN",
        82: "ELIBMAX", 83: "ELIBEXEC", 84: "EILSEQ", 85: "ERESTART", 86: "ESTRPIPE", 87: "EUSERS", 88: "ENOTSOCK",
        89: "EDESTADDRREQ", 90: "EMSGSIZE", 91: "EPROTOTYPE", 92: "ENOPROTOOPT", 93: "EPROTONOSUPPORT",
        94: "ESOCKTNOSUPPORT", 95: "EOPNOTSUPP", 96: "EPFNOSUPPORT", 97: "EAFNOSUPPORT", 98: "EADDRINUSE",
        99: "EADDRNOTAVAIL", 100: "ENETDOWN", 101: "ENETUNREACH", 102: "ENETRESET", 103: "ECONNABORTED",
        104: "ECONNRESET", 105: "ENOBUFS", 106: "EISCONN", 107: "ENOTCONN", 108: "ESHUTDOWN", 109: "ETOOMANYREFS",
        110: "ETIMEDOUT", 111: "ECONNREFUSED", 112: "EHOSTDOWN", 113: "EHOSTUNREACH", 114: "EALREADY",
        115: "EINPROGRESS", 116: "ESTALE", 117: "EUCLEAN", 118: "ENOTNAM", 119: "ENAVAIL", 120: "EISNAM",
        121: "EREMOTEIO", 122: "EDQUOT", 123: "ENOMEDIUM", 124: "EMEDIUMTYPE", 125: "ECANCELED", 126: "ENOKEY",
        127: "EKEYEXPIRED", 128: "EKEYREVOKED", 129: "EKEYREJECTED", 130: "EOWNERDEAD", 131: "ENOTRECOVERABLE",
        132: "ERFKILL", 133: "EHWPOISON", 512: "ERESTARTSYS", 513: "ERESTARTNOINTR", 514: "ERESTARTNOHAND",
        515: "ENOIOCTLCMD", 516: "ERESTART_RESTARTBLOCK", 517: "EPROBE_DEFER", 518: "EOPENSTALE", 519: "ENOPARAM",
        521: "EBADHANDLE", 522: "ENOTSYNC", 523: "EBADCOOKIE", 524: "ENOTSUPP", 525: "ETOOSMALL",
        526: "ESERVERFAULT", 527: "EBADTYPE", 528: "EJUKEBOX", 529: "EIOCBQUEUED", 530: "ERECALLCONFLICT",
        531: "ENOGRACE",
    ]
}
