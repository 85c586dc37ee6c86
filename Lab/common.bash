# What the scripts of the lab share. Sourced, with $root set to the directory of the package.
# shellcheck shell=bash disable=SC2034,SC2154

# shellcheck source-path=SCRIPTDIR source=../Scripts/common.bash
source "$root/Scripts/common.bash"

# lab_cache: where the lab keeps initrds and kernels, outside of the work tree.
lab_cache() {
    if [[ -n ${XRR_LAB-} ]]; then
        echo "$XRR_LAB"
    elif [[ ${XDG_CACHE_HOME-} == /* ]]; then
        echo "$XDG_CACHE_HOME/xrr-lab"
    else
        echo "${HOME:?neither XRR_LAB nor HOME is set}/.cache/xrr-lab"
    fi
}

# digest FILE...: names what is made from files: 16 hexadecimal digits of the SHA-256 of their contents.
digest() { cat -- "$@" | sha256sum | cut -c 1-16; }
