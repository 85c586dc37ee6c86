// User, group and session ids; uname, sysinfo, personality, hostname.
#include "guest.h"

#include <grp.h>
#include <sys/personality.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

int main(void) {
    uid_t real, effective, saved;
    gid_t groups[64];
    CHECK(getresuid(&real, &effective, &saved) == 0 && real == getuid() && effective == geteuid());
    CHECK(getresgid(&real, &effective, &saved) == 0 && real == getgid() && effective == getegid());
    int count = getgroups(64, groups);
    CHECK(count >= 0 && getgroups(0, NULL) == count);
    CHECK(setuid(getuid()) == 0 && setgid(getgid()) == 0);
    struct utsname system;
    CHECK(uname(&system) == 0 && strcmp(system.sysname, "Linux") == 0);
    struct sysinfo info;
    CHECK(sysinfo(&info) == 0 && info.totalram > 0);
    int before = personality(0xffffffff);
    CHECK(before >= 0 && personality((unsigned)before | ADDR_NO_RANDOMIZE) == before);
    CHECK(personality(0xffffffff) == (before | ADDR_NO_RANDOMIZE));
    printf("%d of %d in session %d, %d groups, pid %d; %s %s, up %ld, free %lu\n", getuid(), getgid(), getsid(0),
           count, getpid(), system.release, system.machine, info.uptime, info.freeram);
    return guest_success();
}
