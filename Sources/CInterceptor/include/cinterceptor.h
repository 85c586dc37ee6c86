// The code that xrr places into every tracee: position independent bytes, copied by the recorder.
#pragma once
#include <stddef.h>

extern const unsigned char cinterceptor_begin[], cinterceptor_end[];

static inline const void *cinterceptor_bytes(void) { return cinterceptor_begin; }
static inline size_t cinterceptor_length(void) { return (size_t)(cinterceptor_end - cinterceptor_begin); }

// The vDSO that makes system calls.
extern const unsigned char cvdso_begin[], cvdso_end[];

static inline const void *cvdso_bytes(void) { return cvdso_begin; }
static inline size_t cvdso_length(void) { return (size_t)(cvdso_end - cvdso_begin); }
