# The guest programs of Tests/Programs, for scripts that run them. Sourced, with $root set to the directory of the
# package.
# shellcheck shell=bash disable=SC2034,SC2154

guest_sources=$root/Tests/Programs
guest_binaries=$root/.build/guest-programs

# directive NAME KEY: the value of a directive in the comment lines at the top of a program's source.
directive() {
    sed -n -e '/^\/\//!q' -e "s|^// $2: *||p" "$guest_sources/$1.c"
}

# The circumstances under which every guest program has to record and replay as well: beside an idle thread, under a filter
# of its own, and with options for xrr record.
guest_axes=(thread filter slice verify chaos no-wait)

# axis_options AXIS: options for xrr record.
axis_options() {
    case $1 in
        slice) echo --slice=1ms ;;
        verify) echo --verify-memory ;;
        chaos | no-wait) echo "--$1" ;;
    esac
}

# axis_refusal NAME AXIS: why a program cannot run so; nothing if it can. A directive of the program says so:
#   // without-thread: counts its threads
axis_refusal() {
    directive "$1" "without-$2"
    if [[ $2 == thread || $2 == filter ]] && [[ $(directive "$1" cflags) == *-nostdlib* ]]; then
        echo "has no library that would call a constructor"
    fi
}

# guest_binary NAME [AXIS]: where the program is made.
guest_binary() {
    case ${2-} in
        thread | filter) echo "$guest_binaries/$1.with-$2" ;;
        *) echo "$guest_binaries/$1" ;;
    esac
}

# compiled NAME [AXIS]: makes the program's binary if its source or a header is newer.
compiled() {
    local source=$guest_sources/$1.c binary file fresh=1 include=()
    binary=$(guest_binary "$1" "${2-}")
    if [[ ${2-} == thread || ${2-} == filter ]]; then include=(-include "$guest_sources/axes/$2.h"); fi
    for file in "$source" "$guest_sources"/*.h "$guest_sources"/axes/*.h; do [[ $binary -nt $file ]] || fresh=0; done
    ((fresh)) && return
    # shellcheck disable=SC2046  # the directives are lists of words
    cc -O1 -g $(directive "$1" cflags) "${include[@]}" -o "$binary.$$" "$source" $(directive "$1" libs) &&
        mv "$binary.$$" "$binary"
}

# expected_status NAME: what xrr record shall exit with.
expected_status() {
    local signal status
    signal=$(directive "$1" expect-signal)
    status=$(directive "$1" expect-exit)
    [[ -n $signal ]] && status=$((128 + $(kill -l "${signal#SIG}")))
    echo "${status:-0}"
}
