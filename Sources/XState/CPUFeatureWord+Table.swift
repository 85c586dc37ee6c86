extension CPUFeatureWord {
    /// Every register of feature flags: Intel SDM volume 2, CPUID, and the Instruction Set Extensions programming
    /// reference; AMD APM volume 3, appendix E.
    package static let all: [CPUFeatureWord] = basic + structured + extended

    private static let basic: [CPUFeatureWord] = [
        .init(
            CPUIDPlace(1, .ecx),
            instructions: [
                0: "SSE3", 1: "PCLMULQDQ", 9: "SSSE3", 13: "CX16", 19: "SSE4.1", 20: "SSE4.2", 22: "MOVBE",
                23: "POPCNT", 25: "AES", 26: "XSAVE", 27: "OSXSAVE",
            ],
            avx: [12: "FMA", 28: "AVX", 29: "F16C"],
            withheld: [30: "RDRAND"],
            system: [
                2: "DTES64", 3: "MONITOR", 4: "DS-CPL", 5: "VMX", 6: "SMX", 7: "EIST", 8: "TM2", 10: "CNXT-ID",
                11: "SDBG", 14: "XTPR", 15: "PDCM", 17: "PCID", 18: "DCA", 21: "X2APIC", 24: "TSC-DEADLINE",
                31: "HYPERVISOR",
            ]),
        // TSC, SEP and CLFSH are instructions which every x86-64 CPU has; rdtsc is trapped, and sysenter is of no use
        // to 64-bit code.
        .init(
            CPUIDPlace(1, .edx),
            instructions: [0: "FPU", 8: "CX8", 15: "CMOV", 23: "MMX", 24: "FXSR", 25: "SSE", 26: "SSE2"],
            system: [
                1: "VME", 2: "DE", 3: "PSE", 4: "TSC", 5: "MSR", 6: "PAE", 7: "MCE", 9: "APIC", 11: "SEP", 12: "MTRR",
                13: "PGE", 14: "MCA", 16: "PAT", 17: "PSE36", 18: "PSN", 19: "CLFSH", 21: "DS", 22: "ACPI", 27: "SS",
                28: "HTT", 29: "TM", 30: "IA64", 31: "PBE",
            ]),
        .init(
            CPUIDPlace(0xD, 1, .eax),
            withheld: [0: "XSAVEOPT", 1: "XSAVEC", 2: "XGETBV1"], system: [3: "XSAVES", 4: "XFD"]),
    ]

    private static let structured: [CPUFeatureWord] = [
        .init(
            CPUIDPlace(7, .ebx),
            instructions: [
                0: "FSGSBASE", 3: "BMI1", 8: "BMI2", 19: "ADX", 22: "PCOMMIT", 23: "CLFLUSHOPT", 24: "CLWB", 29: "SHA",
            ],
            avx: [5: "AVX2"],
            avx512: [
                16: "AVX512F", 17: "AVX512DQ", 21: "AVX512_IFMA", 26: "AVX512PF", 27: "AVX512ER", 28: "AVX512CD",
                30: "AVX512BW", 31: "AVX512VL",
            ],
            others: [14: ("MPX", .mpx)],
            withheld: [2: "SGX", 4: "HLE", 11: "RTM", 18: "RDSEED"],
            system: [
                1: "TSC_ADJUST", 6: "FDP_EXCPTN_ONLY", 7: "SMEP", 9: "ERMS", 10: "INVPCID", 12: "RDT-M",
                13: "ZERO_FCS_FDS", 15: "RDT-A", 20: "SMAP", 25: "INTEL_PT",
            ]),
        .init(
            CPUIDPlace(7, .ecx),
            instructions: [
                0: "PREFETCHWT1", 8: "GFNI", 25: "CLDEMOTE", 27: "MOVDIRI", 28: "MOVDIR64B",
            ],
            avx: [9: "VAES", 10: "VPCLMULQDQ"],
            avx512: [
                1: "AVX512_VBMI", 6: "AVX512_VBMI2", 11: "AVX512_VNNI", 12: "AVX512_BITALG", 14: "AVX512_VPOPCNTDQ",
            ],
            withheld: [
                3: "PKU", 4: "OSPKE", 5: "WAITPKG", 7: "CET_SS", 22: "RDPID", 23: "KL", 29: "ENQCMD",
            ],
            // 17 to 21 are a number, MAWAU.
            system: [
                2: "UMIP", 13: "TME", 16: "LA57", 17: "MAWAU", 18: "MAWAU", 19: "MAWAU", 20: "MAWAU", 21: "MAWAU",
                24: "BUS_LOCK_DETECT", 30: "SGX_LC", 31: "PKS",
            ]),
        .init(
            CPUIDPlace(7, .edx),
            instructions: [14: "SERIALIZE"],
            avx512: [2: "AVX512_4VNNIW", 3: "AVX512_4FMAPS", 8: "AVX512_VP2INTERSECT", 23: "AVX512_FP16"],
            others: [22: ("AMX-BF16", .amx), 24: ("AMX-TILE", .amx), 25: ("AMX-INT8", .amx)],
            withheld: [5: "UINTR", 11: "RTM_ALWAYS_ABORT", 16: "TSXLDTRK", 20: "CET_IBT"],
            system: [
                1: "SGX-KEYS", 4: "FSRM", 9: "SRBDS_CTRL", 10: "MD_CLEAR", 13: "TSX_FORCE_ABORT", 15: "HYBRID",
                18: "PCONFIG", 19: "ARCH_LBR", 26: "IBRS_IBPB", 27: "STIBP", 28: "L1D_FLUSH",
                29: "ARCH_CAPABILITIES", 30: "CORE_CAPABILITIES", 31: "SSBD",
            ]),
        .init(
            CPUIDPlace(7, 1, .eax),
            instructions: [3: "RAO-INT", 7: "CMPCCXADD", 31: "MOVRS"],
            avx: [0: "SHA512", 1: "SM3", 2: "SM4", 4: "AVX-VNNI", 23: "AVX-IFMA"],
            avx512: [5: "AVX512_BF16"],
            others: [21: ("AMX-FP16", .amx)],
            withheld: [26: "LAM"],
            system: [
                6: "LASS", 8: "ARCHPERFMONEXT", 10: "FZRM", 11: "FSRS", 12: "FSRCS", 17: "FRED", 18: "LKGS",
                19: "WRMSRNS", 20: "NMI_SRC", 22: "HRESET", 27: "MSRLIST", 30: "INVD_DISABLE",
            ]),
        .init(CPUIDPlace(7, 1, .ebx), system: [0: "PPIN", 1: "PBNDKB", 3: "CPUIDMAXVAL_LIM_RMV"]),
        .init(CPUIDPlace(7, 1, .ecx)),
        .init(
            CPUIDPlace(7, 1, .edx),
            instructions: [14: "PREFETCHI"],
            avx: [4: "AVX-VNNI-INT8", 5: "AVX-NE-CONVERT", 10: "AVX-VNNI-INT16"],
            others: [8: ("AMX-COMPLEX", .amx), 21: ("APX_F", .apx)],
            // AVX10 is a version number in leaf 24H; what it promises has flags of its own as well.
            withheld: [13: "UTMR", 15: "USER_MSR", 17: "UIRET_UIF", 19: "AVX10"],
            system: [18: "CET_SSS", 23: "MWAIT"]),
        .init(
            CPUIDPlace(7, 2, .edx),
            system: [
                0: "PSFD", 1: "IPRED_CTRL", 2: "RRSBA_CTRL", 3: "DDPD_U", 4: "BHI_CTRL", 5: "MCDT_NO", 6: "UC_LOCK_DIS",
                7: "MONITOR_MITG_NO",
            ]),
    ]

    private static let extended: [CPUFeatureWord] = [
        .init(
            CPUIDPlace(0x8000_0001, .ecx),
            instructions: [0: "LAHF", 5: "LZCNT", 6: "SSE4A", 7: "MISALIGNSSE", 8: "PREFETCHW", 21: "TBM"],
            avx: [11: "XOP", 16: "FMA4"],
            others: [15: ("LWP", .lwp)],
            withheld: [29: "MONITORX"],
            system: [
                1: "CMP_LEGACY", 2: "SVM", 3: "EXTAPIC", 4: "CR8_LEGACY", 9: "OSVW", 10: "IBS", 12: "SKINIT", 13: "WDT",
                17: "TCE", 19: "NODEID_MSR", 22: "TOPOEXT", 23: "PERFCTR_CORE", 24: "PERFCTR_NB", 26: "BPEXT",
                27: "PTSC", 28: "PERFCTR_LLC", 30: "ADDRMASKEXT",
            ]),
        // AMD repeats 1.EDX here and Intel does not; SYSCALL and LM are in every x86-64 CPU, and MMXEXT is part of SSE.
        .init(
            CPUIDPlace(0x8000_0001, .edx),
            instructions: [30: "3DNOWEXT", 31: "3DNOW"],
            withheld: [27: "RDTSCP"],
            system: [
                0: "FPU", 1: "VME", 2: "DE", 3: "PSE", 4: "TSC", 5: "MSR", 6: "PAE", 7: "MCE", 8: "CX8", 9: "APIC",
                11: "SYSCALL", 12: "MTRR", 13: "PGE", 14: "MCA", 15: "CMOV", 16: "PAT", 17: "PSE36", 19: "MP", 20: "NX",
                22: "MMXEXT", 23: "MMX", 24: "FXSR", 25: "FFXSR", 26: "PDPE1GB", 29: "LM",
            ]),
        .init(
            CPUIDPlace(0x8000_0007, .edx),
            system: [
                0: "TS", 1: "FID", 2: "VID", 3: "TTP", 4: "HTC", 6: "100MHZSTEPS", 7: "HWPSTATE", 8: "INVARIANT_TSC",
                9: "CPB", 10: "EFF_FREQ_RO", 11: "PROC_FEEDBACK", 12: "PROC_POWER", 14: "FAST_CPPC",
            ]),
        .init(
            CPUIDPlace(0x8000_0008, .ebx),
            withheld: [0: "CLZERO", 4: "RDPRU", 8: "MCOMMIT"],
            system: [
                1: "IRPERF", 2: "XSAVEERPTR", 3: "INVLPGB", 6: "MBE", 9: "WBNOINVD", 10: "LBREXTN", 12: "IBPB",
                13: "INT_WBINVD", 14: "IBRS", 15: "STIBP", 16: "IBRS_ALWAYS", 17: "STIBP_ALWAYS",
                18: "IBRS_PREFERRED", 19: "IBRS_SAME_MODE", 20: "EFER_LMSLE_MBZ", 21: "INVLPGB_NESTED", 23: "PPIN",
                24: "SSBD", 25: "SSBD_VIRT", 26: "SSB_NO", 27: "CPPC", 28: "PSFD", 29: "BTC_NO", 30: "IBPB_RET",
                31: "BRS",
            ]),
        .init(
            CPUIDPlace(0x8000_0021, .eax),
            instructions: [20: "PREFETCHI"],
            avx512: [23: "AVX512_BMM"],
            system: [
                0: "NO_NESTED_DATA_BP", 1: "FSGS_NON_SERIALIZING", 2: "LFENCE_SERIALIZING", 3: "SMM_PG_CFG_LOCK",
                6: "NULL_SEL_CLR_BASE", 7: "UAI", 8: "AUTO_IBRS", 9: "NO_SMM_CTL_MSR", 10: "FSRS", 11: "FSRC",
                12: "PMC2_PRECISE_RETIRE", 13: "PREFETCH_CTL_MSR", 14: "L2_TLB_SIZE_X32", 15: "ERMSB",
                16: "OPCODE_0F_01",
                17: "CPUID_USER_DIS", 18: "EPSF", 19: "FAST_REP_SCASB", 21: "FP512_DOWNGRADE", 22: "WL_CLASS",
                24: "ERAPS", 27: "SBPB", 28: "IBPB_BRTYPE", 29: "SRSO_NO", 30: "SRSO_USER_KERNEL_NO",
                31: "SRSO_MSR_FIX",
            ]),
        // VIA and Zhaoxin: random numbers and ciphers that are theirs alone. Each unit has a bit that says that it is
        // there and one that says that it is on.
        .init(
            CPUIDPlace(0xC000_0001, .edx),
            withheld: [
                0: "SM2", 1: "SM2_EN", 2: "RNG", 3: "RNG_EN", 4: "CCS", 5: "CCS_EN", 6: "ACE", 7: "ACE_EN",
                8: "ACE2", 9: "ACE2_EN", 10: "PHE", 11: "PHE_EN", 12: "PMM", 13: "PMM_EN",
            ]),
    ]
}
