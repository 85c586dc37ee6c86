# What the scripts share. Sourced, with $root set to the directory of the package.
# shellcheck shell=bash disable=SC2034,SC2154

# The Swift runtime is linked statically: xrr starts in half the time, and runs where no toolchain is installed.
release_flags=(--static-swift-stdlib)
release_binary=$root/.build/release/xrr

# say WORDS: one line of a script's own.
say() { printf '%s: %s\n' "$(basename "$0")" "$*"; }

# fail WORDS: the last line of a script that cannot go on.
fail() {
    say "$*" >&2
    exit 1
}

# usage SCRIPT: the comment at the top of a script.
usage() { sed -n -e '1d' -e '/^#/!q' -e 's/^# \{0,1\}//p' "$1"; }

# find_swift: makes sure that `swift` is a toolchain that can build xrr.
find_swift() {
    local version
    if ! command -v swift >/dev/null && [[ -x /opt/swift/usr/bin/swift ]]; then PATH=/opt/swift/usr/bin:$PATH; fi
    command -v swift >/dev/null ||
        fail "there is no Swift toolchain in PATH: install Swift 6.3 for Debian 12 from https://swift.org/install/linux"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p')
    [[ $(printf '%s\n' 6.3 "$version" | sort -V | head -n 1) == 6.3 ]] ||
        fail "$(command -v swift) is Swift ${version:-of an unknown version}; xrr needs 6.3 or newer"
}
