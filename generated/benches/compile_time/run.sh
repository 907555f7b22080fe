#!/usr/bin/env bash
# Measures the CPU seconds (user and system) that the compiler spends on the generated crate, and on a client of the same 20
# operations that is written by hand. The dependencies are compiled before.
#
#     generated/benches/compile_time/run.sh [RUNS]
#
# Each number is the median of RUNS runs, 5 by default. CPU seconds depend little on what else the machine does.
# COMPILE_TIME_DIR is the folder of the workspace and of the artefacts. If it is kept, later runs start faster.
# CRATE is the folder of the generated crate, so that one script can compare two versions of it.
set -euo pipefail
shopt -s inherit_errexit
here=$(cd "$(dirname "$0")" && pwd)
crate=$(cd "${CRATE:-$here/../..}" && pwd)
runs=${1:-5}

folder=${COMPILE_TIME_DIR:-$(mktemp -d)}
[ -n "${COMPILE_TIME_DIR:-}" ] || trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder"/{program,by-hand,by-hand-program}/src

# A workspace outside of this repository compiles with the settings of a user: no configuration of this repository applies.
# The client written by hand uses the TLS of the crate's default features.
http='reqwest = { version = "0.13", default-features = false, features = ["rustls-no-provider"] }'
ring='rustls = { version = "0.23", default-features = false, features = ["ring", "std", "tls12"] }'
tokio='tokio = { version = "1", default-features = false, features = ["macros", "rt", "net", "time"] }'
package() {
    printf '[package]\nname = "%s"\nversion = "0.1.0"\nedition = "2024"\n\n[dependencies]\n' "$1" >"$folder/$1/Cargo.toml"
    printf '%s\n' "${@:2}" >>"$folder/$1/Cargo.toml"
}
package program "$tokio" "twilio-conversations = { path = \"$crate\" }"
package by-hand "$http" "$ring" 'chrono = { version = "0.4", default-features = false, features = ["alloc", "serde"] }' \
    'serde = { version = "1", features = ["derive"] }' 'serde_json = "1"'
package by-hand-program "$http" "$tokio" 'by-hand = { path = "../by-hand" }'
printf '[workspace]\nresolver = "3"\nmembers = ["program", "by-hand", "by-hand-program"]\n' >"$folder/Cargo.toml"
cp "$here/program.rs" "$folder/program/src/main.rs"
cp "$here/by_hand.rs" "$folder/by-hand/src/lib.rs"
cp "$here/by_hand_program.rs" "$folder/by-hand-program/src/main.rs"
cp "$crate/../Cargo.lock" "$folder/Cargo.lock"

cd "$folder"
export CARGO_TARGET_DIR="$folder/target" CARGO_INCREMENTAL=0
TIMEFORMAT='%U %S'

# Prints the CPU seconds of a command, after a change to the crate in FOLDER: measure FOLDER COMMAND...
measure() {
    local run
    # Compiles the dependencies, with the features that exactly this command selects.
    "${@:2}" --quiet
    for ((run = 0; run < runs; run++)); do
        touch "$1/src/lib.rs"
        { time "${@:2}" >/dev/null 2>&1; } 2>&1 | awk '{ print $1 + $2 }'
    done | sort -n | awk '{ all[NR] = $1 } END { printf "%.2f", all[int((NR + 1) / 2)] }'
}

row() {
    printf '| %s | %s | %s |\n' "$@"
}

echo "$(nproc) cores, $(uname -m), load $(cut -d ' ' -f 1 /proc/loadavg); $(rustc --version); median of $runs"
row '' generated 'by hand'
row --- --- ---
for command in check build 'build --release'; do
    # shellcheck disable=SC2086 # the command and its option are two words
    {
        generated=$(measure "$crate" cargo $command -p twilio-conversations)
        by_hand=$(measure by-hand cargo $command -p by-hand)
        row "$command, crate" "$generated" "$by_hand"
        generated=$(measure "$crate" cargo $command -p program)
        by_hand=$(measure by-hand cargo $command -p by-hand-program)
        row "$command, crate and program" "$generated" "$by_hand"
    }
done
size() {
    strip -o "$folder/stripped" "target/release/$1"
    wc -c <"$folder/stripped"
}
row 'stripped release binary, bytes' "$(size program)" "$(size by-hand-program)"
