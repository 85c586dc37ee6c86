#pragma once
#include <stdint.h>

// arch_prctl(2) codes of kernel-patch/.
#define CPTRACE_ARCH_SET_XCR0 0x6001
#define CPTRACE_ARCH_GET_XCR0 0x6002

// What this machine can do, found by trying (probe.c). Each function returns 0 or a positive value where the facility
// works and -errno where it does not, and leaves this process as it was. Those that try in a child need fork(2) and
// must be called while the process has one thread.

// A child lets itself be seized and stopped: ptrace(2) works at all here.
int32_t cptrace_probe_seize(void);
// The same, and the parent writes to the child's memory through /proc/PID/mem, also where that is read-only.
int32_t cptrace_probe_write_memory(void);
// process_vm_readv(2) on a child.
int32_t cptrace_probe_read_memory(void);
// A child installs a filter with SECCOMP_RET_TRACE.
int32_t cptrace_probe_seccomp_trace(void);
// PR_SET_TSC to PR_TSC_SIGSEGV in a child.
int32_t cptrace_probe_tsc_trap(void);
// ARCH_SET_CPUID to 0 in a child.
int32_t cptrace_probe_cpuid_fault(void);
// ARCH_GET_XCR0, which xrr's kernel patch has together with ARCH_SET_XCR0. -EINVAL: a kernel without the patch; -ENODEV:
// the kernel uses no XSAVE.
int32_t cptrace_probe_xcr0_prctl(void);
// userfaultfd(2) with UFFD_FEATURE_WP_ASYNC.
int32_t cptrace_probe_uffd_wp_async(void);
// ioctl PAGEMAP_SCAN on /proc/self/pagemap.
int32_t cptrace_probe_pagemap_scan(void);
// kcmp(2) of this process with itself.
int32_t cptrace_probe_kcmp(void);
// XCR0 by xgetbv, and the size of its standard-format area by CPUID leaf 0xd. -ENOTSUP without OSXSAVE.
int32_t cptrace_probe_xsave(uint64_t *xcr0, uint32_t *size);
// uname(2)'s release.
int32_t cptrace_probe_release(char *text, uint32_t capacity);
