// A vDSO whose functions make system calls: what xrr puts in the place of the kernel's, whose clocks could not be recorded.
// Programs find it by AT_SYSINFO_EHDR and parse it, so it is a whole shared object of one page: the functions of vdso(7)
// for x86-64 under their two names, both hash tables, the version LINUX_2.6, unwind information and section headers.
// Linked for address 0.
    .section xrr_vdso, "a", @progbits
    .balign 4096
    .globl cvdso_begin, cvdso_end
#define AT(label) (label - cvdso_begin)
cvdso_begin:
    .ascii "\177ELF\2\1\1"                      // 64 bits, little-endian
    .fill 9, 1, 0
    .short 3, 62                                // ET_DYN, EM_X86_64
    .long 1
    .quad 0, AT(segments), AT(sections)
    .long 0
    .short 64, 56, 3, 64, 7, 6
segments:
    .long 1, 5                                  // PT_LOAD, readable and executable
    .quad 0, 0, 0, AT(cvdso_end), AT(cvdso_end), 4096
    .long 2, 4                                  // PT_DYNAMIC
    .quad AT(dynamic), AT(dynamic), AT(dynamic), dynamic_end - dynamic, dynamic_end - dynamic, 8
    .long 0x6474e550, 4                         // PT_GNU_EH_FRAME
    .quad AT(frame_table), AT(frame_table), AT(frame_table), frame_table_end - frame_table
    .quad frame_table_end - frame_table, 4

// One bucket: all symbols are in its chain.
    .balign 8
hash:
    .long 1, 11
    .long 1
    .long 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0
hash_end:
    .balign 8
gnu_hash:
    .long 1, 1, 1, 0                            // buckets, first symbol, words and shift of a Bloom filter
    .quad -1                                    // that lets all pass
    .long 1
    // The hashes of the names, less the lowest bit, which ends the chain.
    .long 0x6e43a318, 0xb01bca00, 0x821e8e0c, 0x6562b026, 0x68308f52
    .long 0x71dd557e, 0xe6854b86, 0x7c9e7894, 0xff87586c, 0x9e9a10da | 1
gnu_hash_end:

    .balign 8
.macro symbol name, kind, function
    .long \name - names
    .byte \kind, 0                              // STT_FUNC, and how it is bound
    .short 5                                    // .text
    .quad \function - cvdso_begin, \function\()_end - \function
.endm
symbols:
    .fill 24, 1, 0
    symbol name_clock_gettime, 0x12, clock_gettime
    symbol name_gettimeofday, 0x12, gettimeofday
    symbol name_time, 0x12, time
    symbol name_getcpu, 0x12, getcpu
    symbol name_clock_getres, 0x12, clock_getres
    symbol name_clock_gettime + 7, 0x22, clock_gettime
    symbol name_gettimeofday + 7, 0x22, gettimeofday
    symbol name_time + 7, 0x22, time
    symbol name_getcpu + 7, 0x22, getcpu
    symbol name_clock_getres + 7, 0x22, clock_getres
symbols_end:
names:
    .byte 0
name_clock_gettime: .asciz "__vdso_clock_gettime"
name_gettimeofday: .asciz "__vdso_gettimeofday"
name_time: .asciz "__vdso_time"
name_getcpu: .asciz "__vdso_getcpu"
name_clock_getres: .asciz "__vdso_clock_getres"
name_version: .asciz "LINUX_2.6"
name_own: .asciz "linux-vdso.so.1"
names_end:
    .balign 2
versions:
    .short 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2
versions_end:
    .balign 8
definitions:
    .short 1, 1, 1, 1                           // VER_FLG_BASE
    .long 0x0deebfa1, 20, 28, name_own - names, 0
    .short 1, 0, 2, 1
    .long 0x03ae75f6, 20, 0, name_version - names, 0
definitions_end:
    .balign 8
dynamic:
    .quad 14, name_own - names                  // DT_SONAME
    .quad 4, AT(hash)                           // DT_HASH
    .quad 0x6ffffef5, AT(gnu_hash)              // DT_GNU_HASH
    .quad 5, AT(names)                          // DT_STRTAB
    .quad 6, AT(symbols)                        // DT_SYMTAB
    .quad 10, names_end - names                 // DT_STRSZ
    .quad 11, 24                                // DT_SYMENT
    .quad 0x6ffffffc, AT(definitions)           // DT_VERDEF
    .quad 0x6ffffffd, 2                         // DT_VERDEFNUM
    .quad 0x6ffffff0, AT(versions)              // DT_VERSYM
    .quad 0, 0
dynamic_end:

// One FDE for all functions: nothing is pushed.
    .balign 4
frame_table:
    .byte 1, 0x1b, 0x03, 0x3b
    .long frames - ., 1, functions - frame_table, description - frame_table
frame_table_end:
    .balign 8
frames:
    .long frames_common_end - frames_common
frames_common:
    .long 0
    .byte 1
    .asciz "zR"
    .byte 1, 0x78, 16, 1, 0x1b                  // factors 1 and -8, return address in column 16, pcrel sdata4
    .byte 0x0c, 7, 8, 0x90, 1                   // CFA is rsp + 8, the return address is at CFA - 8
    .balign 8, 0
frames_common_end:
description:
    .long description_end - description_code
description_code:
    .long . - frames
    .long functions - ., functions_end - functions
    .byte 0
    .balign 8, 0
description_end:
    .long 0
frames_end:

    .balign 16
.macro function name, number
    .balign 16, 0xcc
\name:
    mov $\number, %eax
    syscall
    ret
\name\()_end:
.endm
functions:
    function clock_gettime, 228
    function gettimeofday, 96
    function time, 201
    function getcpu, 309
    function clock_getres, 229
functions_end:

    .balign 8
.macro section name, type, flags, start, end, link, info, size
    .long \name - section_names, \type
    .quad \flags, \start - cvdso_begin, \start - cvdso_begin, \end - \start
    .long \link, \info
    .quad 8, \size
.endm
sections:
    .fill 64, 1, 0
    section section_hash, 5, 2, hash, hash_end, 2, 0, 4
    section section_dynsym, 11, 2, symbols, symbols_end, 3, 1, 24
    section section_dynstr, 3, 2, names, names_end, 0, 0, 0
    section section_dynamic, 6, 2, dynamic, dynamic_end, 3, 0, 16
    section section_text, 1, 6, functions, functions_end, 0, 0, 0
    section section_shstrtab, 3, 0, section_names, section_names_end, 0, 0, 0
section_names:
    .byte 0
section_hash: .asciz ".hash"
section_dynsym: .asciz ".dynsym"
section_dynstr: .asciz ".dynstr"
section_dynamic: .asciz ".dynamic"
section_text: .asciz ".text"
section_shstrtab: .asciz ".shstrtab"
section_names_end:
    .balign 16, 0
cvdso_end:
    .section .note.GNU-stack, "", @progbits
