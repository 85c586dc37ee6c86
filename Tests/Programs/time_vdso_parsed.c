// What AT_SYSINFO_EHDR leads to is a whole shared object, for programs that parse it without looking twice: by hash table,
// version and unwind table. Its functions do what the system calls do.
#include "guest.h"

#include <elf.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>

static const char *base, *names;
static const Elf64_Sym *symbols;
static const Elf64_Half *versions;
static const Elf64_Verdef *definitions;
static const uint32_t *hash, *gnu_hash;

static void parse(void) {
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)base;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(base + header->e_phoff);
    const Elf64_Dyn *dynamic = NULL;
    for (int i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_DYNAMIC) dynamic = (const Elf64_Dyn *)(base + segments[i].p_vaddr);
    for (; dynamic->d_tag != DT_NULL; dynamic++) {
        const char *place = base + dynamic->d_un.d_ptr;
        switch (dynamic->d_tag) {
        case DT_SYMTAB: symbols = (const Elf64_Sym *)place; break;
        case DT_STRTAB: names = place; break;
        case DT_VERSYM: versions = (const Elf64_Half *)place; break;
        case DT_VERDEF: definitions = (const Elf64_Verdef *)place; break;
        case DT_HASH: hash = (const uint32_t *)place; break;
        case DT_GNU_HASH: gnu_hash = (const uint32_t *)place; break;
        default: break;
        }
    }
}

/// The version of a symbol, which is the one that C libraries ask for.
static bool has_version(uint32_t symbol) {
    for (const Elf64_Verdef *entry = definitions;; entry = (const Elf64_Verdef *)((const char *)entry + entry->vd_next)) {
        const Elf64_Verdaux *name = (const Elf64_Verdaux *)((const char *)entry + entry->vd_aux);
        if (entry->vd_ndx == (versions[symbol] & 0x7fff)) return strcmp(names + name->vda_name, "LINUX_2.6") == 0;
        if (entry->vd_next == 0) return false;
    }
}

static bool is(uint32_t symbol, const char *name) {
    return strcmp(names + symbols[symbol].st_name, name) == 0 && symbols[symbol].st_shndx != SHN_UNDEF;
}

static const void *find_old(const char *name) {
    uint32_t value = 0;
    for (const char *c = name; *c; c++) {
        value = (value << 4) + (unsigned char)*c;
        value = (value ^ (value >> 24 & 0xf0)) & 0x0fffffff;
    }
    for (uint32_t i = hash[2 + value % hash[0]]; i; i = hash[2 + hash[0] + i])
        if (is(i, name) && has_version(i)) return base + symbols[i].st_value;
    return NULL;
}

static const void *find_new(const char *name) {
    uint32_t value = 5381;
    for (const char *c = name; *c; c++) value = value * 33 + (unsigned char)*c;
    const uint64_t *bloom = (const uint64_t *)(gnu_hash + 4);
    uint64_t word = bloom[value / 64 % gnu_hash[2]];
    if (!(word >> value % 64 & word >> (value >> gnu_hash[3]) % 64 & 1)) return NULL;
    const uint32_t *buckets = (const uint32_t *)(bloom + gnu_hash[2]);
    const uint32_t *chain = buckets + gnu_hash[0];
    uint32_t i = buckets[value % gnu_hash[0]];
    if (i == 0) return NULL;
    for (;; i++) {
        if (((chain[i - gnu_hash[1]] ^ value) >> 1) == 0 && is(i, name) && has_version(i))
            return base + symbols[i].st_value;
        if (chain[i - gnu_hash[1]] & 1) return NULL;
    }
}

static const void *find(const char *name) {
    // Kernels of today have only one of the tables.
    CHECK(hash != NULL || gnu_hash != NULL);
    const void *found = hash != NULL ? find_old(name) : NULL, *other = gnu_hash != NULL ? find_new(name) : NULL;
    CHECK(hash == NULL || gnu_hash == NULL || found == other);
    return found != NULL ? found : other;
}

static int look(struct dl_phdr_info *info, size_t size, void *data) {
    (void)size;
    if ((const char *)info->dlpi_addr != base) return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) *(int *)data |= info->dlpi_phdr[i].p_type == PT_GNU_EH_FRAME;
    return 1;
}

int main(void) {
    base = (const char *)getauxval(AT_SYSINFO_EHDR);
    // Only a kernel that was told to have none has none.
    if (base == NULL) return guest_success();
    parse();
    int (*gettime)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))find("__vdso_clock_gettime");
    int (*getres)(clockid_t, struct timespec *) = (int (*)(clockid_t, struct timespec *))find("__vdso_clock_getres");
    int (*day)(struct timeval *, void *) = (int (*)(struct timeval *, void *))find("__vdso_gettimeofday");
    time_t (*seconds)(time_t *) = (time_t(*)(time_t *))find("__vdso_time");
    int (*core)(unsigned *, unsigned *, void *) = (int (*)(unsigned *, unsigned *, void *))find("__vdso_getcpu");
    CHECK(gettime && getres && day && seconds && core && find("__vdso_nothing") == NULL);
    CHECK(find("clock_gettime") == (const void *)gettime && find("getcpu") == (const void *)core);

    struct timespec before, now, after;
    CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &before) == 0 && gettime(CLOCK_MONOTONIC, &now) == 0);
    CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &after) == 0);
    uint64_t times[] = {before.tv_sec * 1000000000ul + before.tv_nsec, now.tv_sec * 1000000000ul + now.tv_nsec,
                        after.tv_sec * 1000000000ul + after.tv_nsec};
    CHECK(times[0] <= times[1] && times[1] <= times[2]);
    // As a system call fails: by what it returns.
    CHECK(gettime(1000, &now) == -EINVAL && getres(CLOCK_MONOTONIC, &now) == 0 && now.tv_nsec > 0);
    struct timeval when;
    time_t stored = 0, first = seconds(&stored);
    CHECK(first == stored && day(&when, NULL) == 0 && when.tv_sec >= first && seconds(NULL) >= when.tv_sec - 1);
    unsigned cpu = ~0u, node = ~0u;
    CHECK(core(&cpu, &node, NULL) == 0 && cpu != ~0u && node != ~0u && core(NULL, NULL, NULL) == 0);
    int unwinds = 0;
    dl_iterate_phdr(look, &unwinds);
    printf("%d %ld.%06ld\n", unwinds, when.tv_sec, when.tv_usec);
    return guest_success();
}
