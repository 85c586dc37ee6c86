#include <libunwind.h>
#include <libunwind-ptrace.h>

/* Exported by libunwind-x86_64 for unwinders with accessors of their own (perf is one), but in no public header: finds
   the FDE of `ip` by binary search in the table that `di` describes (UNW_INFO_FORMAT_REMOTE_TABLE: the sorted table of
   .eh_frame_hdr), reading it through the address space's access_mem. Returns 0 or a negated unw_error_t. */
extern int _Ux86_64_dwarf_search_unwind_table(unw_addr_space_t as, unw_word_t ip, unw_dyn_info_t *di,
                                              unw_proc_info_t *pi, int need_unwind_info, void *arg);
