# What the lab's scripts share. Sourced, with $root set to the directory of the package.
# shellcheck shell=bash disable=SC2034,SC2154

# shellcheck source-path=SCRIPTDIR source=../Scripts/common.bash
source "$root/Scripts/common.bash"

# Kernels, initial RAM disks and the directories of running machines: nothing of it is in the work tree.
lab_cache=${XRR_LAB:-${XDG_CACHE_HOME:-$HOME/.cache}/xrr-lab}

# The exit statuses of the lab itself, as those of timeout(1) and env(1): the others are the command's.
lab_timed_out=124
lab_failed=125

# say, of the lab: standard output belongs to the command, or to the path that is asked for.
note() { say "$*" >&2; }

# lab_fail WORDS: the last line of a script of the lab that cannot go on.
lab_fail() {
    note "$*"
    exit "$lab_failed"
}

# need COMMAND PACKAGE: a command that the lab cannot do without.
need() {
    command -v "$1" >/dev/null || lab_fail "there is no $1: apt-get install $2 (or Scripts/setup --lab)"
}

# digest: the first 16 hex digits of the SHA-256 of standard input; the lab's keys are made of these.
digest() { sha256sum | cut -c 1-16; }

# publish TEMPORARY FINAL: a finished directory gets its name at once, and the first of two makers wins.
publish() {
    if ! mv -T "$1" "$2" 2>/dev/null; then
        [[ -e $2 ]] || lab_fail "cannot rename $1 to $2"
        rm -rf "$1"
    fi
}
