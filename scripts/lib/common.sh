# shellcheck shell=bash
# What every script here shares: where the project is, how to speak to a person, how many jobs to run.
# Sourced, never run. Sets: root (the project's directory).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# Colour only on a terminal, and never against NO_COLOR (https://no-color.org).
if [[ -t 2 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' yellow='' plain=''
fi
# These are for the scripts that source this file.
: "$root" "$bold" "$dim" "$green"

# Progress and advice go to stderr; stdout is for what was asked for.
note() { printf '%s\n' "$*" >&2; }
warn() { printf '%swarning:%s %s\n' "$yellow" "$plain" "$*" >&2; }
fail() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; }

# die MESSAGE: something went wrong in the world (exit 1).
die() {
  fail "$*"
  exit 1
}

# bad_usage MESSAGE: the command line is wrong (exit 2).
bad_usage() {
  fail "$*"
  note "see: ${0#"$PWD"/} --help"
  exit 2
}

# print_help FILE: the comment that a script opens with, without its marks.
print_help() {
  awk 'NR == 1 { next } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$1"
}

# How many compilers may run side by side: one a core, but no more than memory carries at 1.5 GiB each
# (a unit with Asio in it takes 1.2 GB). QUORATE_JOBS overrides.
build_jobs() {
  if [[ ${QUORATE_JOBS:-} =~ ^[1-9][0-9]*$ ]]; then
    echo "$QUORATE_JOBS"
    return
  fi
  local cores memory_kib by_memory
  cores=$(nproc)
  memory_kib=$(awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo)
  by_memory=$((memory_kib / (1536 * 1024)))
  ((by_memory >= 1)) || by_memory=1
  echo $((cores < by_memory ? cores : by_memory))
}

# seconds_since START: whole seconds since $SECONDS was START, as "2 min 5 s".
seconds_since() {
  local seconds=$((SECONDS - $1))
  if ((seconds >= 60)); then
    echo "$((seconds / 60)) min $((seconds % 60)) s"
  else
    echo "$seconds s"
  fi
}
