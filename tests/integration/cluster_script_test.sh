#!/usr/bin/env bash
# The README's tour, as a person would type it: up, put, partition, both sides, heal, siblings, resolve, kill, start, down.
# Runs on a cluster of its own name and ports, beside whatever else runs here.
set -Eeuo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"

name=tour-$$
work=$(mktemp -d)
line=0
trap 'line=$LINENO' ERR
finish() {
  local code=$?
  if ((code != 0)); then
    scripts/cluster logs --name "$name" 2>/dev/null | tail -n 60 || true
    echo "FAILED near line $line"
  fi
  scripts/cluster down --name "$name" >/dev/null 2>&1 || true
  rm -rf "$work"
  exit "$code"
}
trap finish EXIT

cluster() { scripts/cluster "$@" --name "$name"; }
fails_with() { # fails_with CODE COMMAND...
  local wanted=$1 code=0
  shift
  "$@" >"$work/out" 2>"$work/err" || code=$?
  ((code == wanted)) || {
    echo "'$*' ended with $code, not with $wanted:"
    cat "$work/out" "$work/err"
    return 1
  }
}
ended() { # ended PID: gone, or waiting for whoever inherited it to notice
  ! grep -qs "^State:[[:space:]]*[^Z[:space:]]" "/proc/$1/status"
}
expect() { # expect TEXT FILE
  grep -qF -- "$1" "$2" || {
    echo "'$1' is not in:"
    cat "$2"
    return 1
  }
}

echo "== up"
cluster up 2>"$work/up"
expect "is up" "$work/up"
expect "scripts/cluster partition 1 2,3 --name $name" "$work/up"
eval "$(cluster env)"
node_1=${QUORATE_ENDPOINTS%%,*}
node_2=${QUORATE_ENDPOINTS#*,}
node_2=${node_2%%,*}
cluster status >"$work/status"
expect "running" "$work/status"

echo "== up again changes nothing"
before=$(cat .cluster/"$name"/node-*/pid)
cluster up 2>"$work/again"
expect "already" "$work/again"
[[ $(cat .cluster/"$name"/node-*/pid) == "$before" ]]
fails_with 1 cluster up --nodes 5
fails_with 1 cluster up --durability os

echo "== put and get"
kvcli put city:1 Lisboa
[[ $(kvcli get city:1) == Lisboa ]]

echo "== partition: both sides go on at r/w = 1, the minority refuses quorum requests"
cluster partition 1 2,3
fails_with 3 kvcli put city:1 nobody --at "$node_1"
kvcli put city:1 Lisbon -w 1 --at "$node_1"
kvcli put city:1 Lissabon -w 1 --at "$node_2"
[[ $(kvcli get city:1 -r 1 --at "$node_1") == Lisbon ]]
[[ $(kvcli get city:1 --at "$node_2") == Lissabon ]]
kvcli counter add visits 5 -w 1 --at "$node_1"
kvcli counter add visits 7 -w 1 --at "$node_2"
kvcli set add cart milk -w 1 --at "$node_1"
kvcli set add cart bread -w 1 --at "$node_2"
fails_with 1 cluster wait --seconds 1

echo "== a cut outlives a restart of a node"
cluster restart 1 >/dev/null
fails_with 3 kvcli get city:1 --at "$node_1"

echo "== heal: siblings, then resolved"
cluster heal
cluster wait
kvcli get city:1 --all >"$work/all" || true
expect Lisbon "$work/all"
expect Lissabon "$work/all"
kvcli resolve city:1 --pick 1 >/dev/null
kvcli get city:1 >"$work/resolved"
(($(wc -l <"$work/resolved") == 1))

echo "== what both sides added is there, and can be removed"
[[ $(kvcli counter get visits -r all) == 12 ]]
[[ $(kvcli set list cart -r all | paste -sd" ") == "bread milk" ]]
kvcli set remove cart milk
fails_with 1 kvcli set has cart milk
fails_with 2 kvcli put cart milk -b set

echo "== kill, stop, pause, wipe: two of three go on"
cluster kill 2 >/dev/null
kvcli put while-killed 1
cluster start 2 >/dev/null
cluster stop 3 >/dev/null
kvcli put while-stopped 2
cluster start 3 >/dev/null
cluster pause 1 >/dev/null
kvcli put while-paused 3
cluster resume 1 >/dev/null
cluster wipe 2 >/dev/null
kvcli put while-wiped 4
cluster start 2 >/dev/null
cluster wait
for key in while-killed while-stopped while-paused while-wiped; do
  kvcli get "$key" -r all >>"$work/kept"
done
[[ $(paste -sd" " "$work/kept") == "1 2 3 4" ]]
cluster logs 2 >"$work/log"
expect "---- started" "$work/log"

echo "== bad usage says so"
fails_with 2 cluster kill 9
fails_with 2 cluster partition 1
fails_with 2 cluster partition 1 1,2
fails_with 2 cluster nonsense

echo "== restart keeps the data, down --keep too, down leaves nothing"
cluster restart >/dev/null
[[ $(kvcli get while-wiped) == 4 ]]
mapfile -t pids < <(cut -d' ' -f1 .cluster/"$name"/node-*/pid)
cluster down --keep
for pid in "${pids[@]}"; do ended "$pid"; done
cluster up --durability os 2>/dev/null
[[ $(kvcli get while-wiped) == 4 ]]
mapfile -t pids < <(cut -d' ' -f1 .cluster/"$name"/node-*/pid)
cluster down
for pid in "${pids[@]}"; do ended "$pid"; done
[[ ! -e .cluster/$name ]]

echo "== interrupted at any moment, up goes on from there, or down removes all"
for pause in 0.05 0.15 0.3 0.6; do
  setsid -w timeout -s INT "$pause" scripts/cluster up --name "$name" >/dev/null 2>&1 || true
done
cluster up 2>/dev/null
kvcli ping >/dev/null
timeout -s INT 0.1 scripts/cluster restart --name "$name" >/dev/null 2>&1 || true
cluster down
[[ ! -e .cluster/$name ]]
if grep -lzF ".cluster/$name/" /proc/[0-9]*/cmdline 2>/dev/null; then
  echo "processes of the cluster are left"
  exit 1
fi

echo "all as the README says"
