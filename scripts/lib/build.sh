# shellcheck shell=bash
# Configures and builds one preset into build/PRESET. Sourced after common.sh, never run.

# A fresh clone finds what another one compiled: paths count relative to the project.
export CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root} CCACHE_NOHASHDIR=${CCACHE_NOHASHDIR:-1}

# build_preset PRESET [TARGET...]: everything without targets. One build of a preset at a time, whoever asks.
build_preset() {
  local preset=$1
  shift
  local directory=$root/build/$preset started=$SECONDS
  mkdir -p "$directory"
  (
    exec {lock}<"$directory"
    if ! flock -n "$lock"; then
      note "waiting for another build in build/$preset to end"
      flock "$lock"
    fi
    configure_preset "$preset" "$directory"
    local targets=()
    local target
    for target in "$@"; do targets+=(--target "$target"); done
    compile_preset "$directory" "${targets[@]}"
  )
  ((SECONDS - started < 5)) || note "built $preset in $(seconds_since "$started")"
}

# Only when it was not done yet, or not for this checkout; afterwards ninja itself sees what changed.
configure_preset() {
  local preset=$1 directory=$2 cache=$2/CMakeCache.txt
  if [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$cache"; then
    note "build/$preset belongs to a checkout in another place; configuring it anew"
    rm -rf "$cache" "$directory/CMakeFiles"
  fi
  if [[ -f $directory/build.ninja && -f $cache && ! $root/CMakePresets.json -nt $cache ]]; then
    return
  fi
  local log=$directory/configure.log
  if ! (cd "$root" && cmake --preset "$preset") >"$log" 2>&1 </dev/null; then
    rm -f "$directory/build.ninja"
    cat "$log" >&2
    die "CMake could not configure the preset '$preset'; its output is above"
  fi
  touch "$cache"
}

# On a terminal ninja's own progress line; elsewhere only what goes wrong.
compile_preset() {
  local directory=$1
  shift
  local options=() names=() word
  for word in "$@"; do [[ $word == --target ]] || names+=("$word"); done
  if [[ $(ninja -C "$directory" -n "${names[@]}" 2>/dev/null) == *"no work to do."* ]]; then
    return
  fi
  [[ -t 1 ]] || options=(-- --quiet)
  cmake --build "$directory" --parallel "$(build_jobs)" "$@" "${options[@]}" >&2 </dev/null \
    || die "the build failed; the first error above is the one to look at"
}
