# The guest programs of Tests/Programs, for scripts that run them. Sourced, with $root set to the directory of the
# package.
# shellcheck shell=bash disable=SC2034,SC2154

guest_sources=$root/Tests/Programs
guest_binaries=$root/.build/guest-programs

# directive NAME KEY: the value of a directive in the comment lines at the top of a program's source.
directive() {
    sed -n -e '/^\/\//!q' -e "s|^// $2: *||p" "$guest_sources/$1.c"
}

# compiled NAME: makes the program's binary if its source or a header is newer.
compiled() {
    local source=$guest_sources/$1.c binary=$guest_binaries/$1 file fresh=1
    for file in "$source" "$guest_sources"/*.h; do [[ $binary -nt $file ]] || fresh=0; done
    ((fresh)) && return
    # shellcheck disable=SC2046  # the directives are lists of words
    cc -O1 -g $(directive "$1" cflags) -o "$binary.$$" "$source" $(directive "$1" libs) && mv "$binary.$$" "$binary"
}

# expected_status NAME: what xrr record shall exit with.
expected_status() {
    local signal status
    signal=$(directive "$1" expect-signal)
    status=$(directive "$1" expect-exit)
    [[ -n $signal ]] && status=$((128 + $(kill -l "${signal#SIG}")))
    echo "${status:-0}"
}
