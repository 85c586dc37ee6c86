#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>
#include <libelf.h>
#include <gelf.h>
#include <stddef.h>

/* The Itanium C++ ABI's demangler; part of the C++ run-time library, whose header for it is C++ only. Returns a string
   from malloc(3), or NULL with *status below zero. */
extern char *__cxa_demangle(const char *mangled, char *buffer, size_t *length, int *status);
