// The vDSO is hidden, or its clock works; either way a program that looks for it by hand gets the time.
#include "guest.h"

#include <elf.h>
#include <sys/auxv.h>

typedef long (*gettime_function)(clockid_t, struct timespec *);

static gettime_function find(uintptr_t base) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)base;
    CHECK(memcmp(header->e_ident, ELFMAG, SELFMAG) == 0);
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(base + header->e_phoff);
    const Elf64_Dyn *dynamic = NULL;
    uintptr_t slide = base;
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_DYNAMIC) dynamic = (const Elf64_Dyn *)(base + segments[i].p_offset);
        if (segments[i].p_type == PT_LOAD) slide = base + segments[i].p_offset - segments[i].p_vaddr;
    }
    const Elf64_Sym *symbols = NULL;
    const char *names = NULL;
    size_t length = 0;
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        if (dynamic->d_tag == DT_SYMTAB) symbols = (const Elf64_Sym *)(slide + dynamic->d_un.d_ptr);
        if (dynamic->d_tag == DT_STRTAB) names = (const char *)(slide + dynamic->d_un.d_ptr);
        if (dynamic->d_tag == DT_STRSZ) length = dynamic->d_un.d_val;
    }
    // The symbol table stands before the string table in every vDSO there has been.
    for (const Elf64_Sym *symbol = symbols; symbol && (const char *)symbol < names; symbol++)
        if (symbol->st_name < length && strcmp(names + symbol->st_name, "__vdso_clock_gettime") == 0)
            return (gettime_function)(slide + symbol->st_value);
    return NULL;
}

int main(void) {
    uintptr_t base = getauxval(AT_SYSINFO_EHDR);
    struct timespec now, later;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    if (base != 0) {
        gettime_function gettime = find(base);
        CHECK(gettime != NULL && gettime(CLOCK_MONOTONIC, &later) == 0);
        CHECK(later.tv_sec > now.tv_sec || (later.tv_sec == now.tv_sec && later.tv_nsec >= now.tv_nsec));
        now = later;
    }
    // The code may still be there without its entry in the auxiliary vector: found through the maps it must work.
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    unsigned long start;
    CHECK(maps != NULL);
    while (fgets(line, sizeof line, maps))
        if (strstr(line, "[vdso]") && sscanf(line, "%lx-", &start) == 1) {
            gettime_function gettime = find(start);
            CHECK(gettime != NULL && gettime(CLOCK_MONOTONIC, &later) == 0);
            CHECK(later.tv_sec > now.tv_sec || (later.tv_sec == now.tv_sec && later.tv_nsec >= now.tv_nsec));
            now = later;
        }
    printf("%ld.%09ld\n", now.tv_sec, now.tv_nsec);
    return guest_success();
}
