# What the scripts of the kernel patch share. Sourced, with $root set to the directory of the package.
# shellcheck shell=bash disable=SC2034,SC2154

# shellcheck source-path=SCRIPTDIR source=../Lab/common.bash
source "$root/Lab/common.bash"

series=$root/kernel-patch/series

# misused WORDS: the command line makes no sense.
misused() {
    note "$*; see kernel-patch/$(basename "$0") --help"
    exit 64
}

# give_up WORDS: the last line of a script that cannot do what it is for.
give_up() {
    note "$*"
    exit 2
}

# find_patches: sets `patch_files` to the series, in its order.
find_patches() {
    mapfile -t patch_files < <(find "$series" -maxdepth 1 -name '*.patch' 2>/dev/null | LC_ALL=C sort)
    ((${#patch_files[@]} > 0)) || give_up "there is no *.patch in $series"
}

# scratch_directory NAME: a directory of the lab's cache that is gone when the script ends; in `scratch`.
scratch_directory() {
    mkdir -p "$lab_cache"
    scratch=$(mktemp -d "$lab_cache/$1.XXXXXX")
    trap 'rm -rf "$scratch"' EXIT
}

# subject PATCH: what it says it does.
subject() { sed -n '/^Subject: /{:more;N;/\n[^ ]/!{s/\n / /;b more};s/\n.*//;s/^Subject: \(\[[^]]*\] \)\?//p;q}' "$1"; }
