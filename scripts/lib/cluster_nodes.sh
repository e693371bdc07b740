# shellcheck shell=bash
# Starting, ending and asking the nodes of one cluster. Sourced after cluster_state.sh, never run.

ready_seconds_max=60
stop_seconds_max=10

# start_process ID: runs kvnode in a session of its own, so that neither ^C nor the end of this shell reaches it. The process
# writes its own id before it becomes kvnode: whatever interrupts us, `down` finds it.
start_process() {
  local id=$1 node=$directory/node-$1 flags=()
  mkdir -p "$node/data"
  mapfile -t flags <"$directory/flags"
  printf -- '---- started %s\n' "$(date '+%F %T')" >>"$node/log"
  # shellcheck disable=SC2016  # expanded by the inner shell
  setsid bash -c '
    stat=$(<"/proc/$$/stat")
    read -ra fields <<<"${stat##*) }"
    echo "$$ ${fields[19]}" >"$1"
    shift
    exec "$@"' start-node "$node/pid" \
    "$kvnode" --config "$directory/cluster.toml" --node "$id" --data "$node/data" "${flags[@]}" \
    </dev/null >>"$node/log" 2>&1 {cluster_lock}<&- &
  started_job[$id]=$!
}
declare -A started_job=()

# start_nodes ID...: starts those that do not run, then waits until each answers.
start_nodes() {
  local id to_start=()
  for id in "$@"; do
    case $(node_state "$id") in
      stopped) to_start+=("$id") ;;
      paused) note "node $id is paused; continue it with: scripts/cluster resume $id$(name_option)" ;;
    esac
  done
  for id in "${to_start[@]}"; do
    rm -f "$directory/node-$id/pid"
    start_process "$id"
  done
  for id in "$@"; do
    [[ $(node_state "$id") == paused ]] || wait_until_ready "$id"
  done
  for id in "${to_start[@]}"; do
    [[ ! -f $directory/node-$id/cut ]] || apply_cut "$id" # a new process has cut nothing
  done
}

# wait_until_ready ID: until the node answers; told at once when its process ends.
wait_until_ready() {
  local id=$1 deadline=$((SECONDS + ready_seconds_max)) job=${started_job[$1]:-}
  until answers "$id"; do
    if [[ -n $job ]] && ! kill -0 "$job" 2>/dev/null; then
      local code=0
      wait "$job" || code=$?
      explain_end "$id" "$code"
      exit 1
    fi
    if [[ -z $job && -z $(node_pid "$id") ]]; then
      explain_end "$id" ''
      exit 1
    fi
    if ((SECONDS >= deadline)); then
      last_log_lines "$id"
      die "node $id runs but did not answer within $ready_seconds_max s"
    fi
    sleep 0.05
  done
}

# answers ID: whether the node answers, and is the process that we started and no other.
answers() {
  local pid
  pid=$(node_pid "$1")
  [[ -n $pid && $'\n'$(node_facts "$1") == *$'\n'"pid $pid"$'\n'* ]]
}

# node_facts ID: what the node says of itself, "key value" a line, in the order of its JSON; nothing when it does not answer.
node_facts() {
  "$kvcli" status --json --at "$(endpoint "$1")" --deadline 1s 2>/dev/null \
    | tr -d ' \n' | tr '{},[]' '\n' \
    | awk -F: '{ gsub(/"/, "") } NF == 2 { print $1, $2 } END { print "." }'
}

# explain_end ID CODE: what kvnode's exit code means, and what its log said last.
explain_end() {
  local id=$1 code=$2 meaning
  case $code in
    2) meaning='its configuration was refused' ;;
    3) meaning='its data directory was refused' ;;
    4) meaning='it could not listen on its ports' ;;
    5) meaning='its disk failed' ;;
    6) meaning='its peers refused it' ;;
    '') meaning='it ended by itself' ;;
    *) meaning="exit code $code" ;;
  esac
  last_log_lines "$id"
  fail "node $id ended before it was ready: $meaning. Its log says why, above."
}

last_log_lines() {
  note "${dim}---- the end of ${directory#"$root"/}/node-$1/log${plain}"
  tail -n 15 "$directory/node-$1/log" | sed 's/^/  /' >&2
}

# signal_node ID SIGNAL: to the node's process if it runs; fails if it does not.
signal_node() {
  local pid
  pid=$(node_pid "$1")
  [[ -n $pid ]] && kill -s "$2" "$pid"
}

# wait_until_ended PID START_TIME SECONDS: fails when it still runs after that long.
wait_until_ended() {
  local pid=$1 started=$2 deadline=$((SECONDS + $3))
  while [[ $(start_time "$pid") == "$started" ]]; do
    ((SECONDS < deadline)) || return 1
    sleep 0.02
  done
}

# stop_nodes ID...: SIGTERM to all, then waits for each; SIGKILL to what has not ended in time.
stop_nodes() {
  local id pid
  declare -A pids=() starts=()
  for id in "$@"; do
    pid=$(node_pid "$id")
    [[ -n $pid ]] || continue
    pids[$id]=$pid
    starts[$id]=$(start_time "$pid")
    kill -s TERM "$pid" 2>/dev/null || true
    kill -s CONT "$pid" 2>/dev/null || true # a paused process cannot obey
  done
  for id in "${!pids[@]}"; do
    if ! wait_until_ended "${pids[$id]}" "${starts[$id]}" "$stop_seconds_max"; then
      warn "node $id did not stop within $stop_seconds_max s; killing it"
      kill_node "$id"
    fi
    rm -f "$directory/node-$id/pid"
  done
}

# kill_node ID: SIGKILL, and waits for the end.
kill_node() {
  local id=$1 pid started
  pid=$(node_pid "$id")
  [[ -n $pid ]] || return 0
  started=$(start_time "$pid")
  kill -s KILL "$pid" 2>/dev/null || true
  wait_until_ended "$pid" "$started" 10 || die "node $id (process $pid) cannot be killed"
  rm -f "$directory/node-$id/pid"
}

# apply_cut ID: tells the node what to cut, as node-ID/cut says; all links stand if there is no such file.
apply_cut() {
  local id=$1 inbound='' outbound='' arguments=(--none)
  [[ $(node_state "$id") == running ]] || return 0
  if [[ -f $directory/node-$id/cut ]]; then
    IFS=' ' read -r inbound outbound <"$directory/node-$id/cut"
    arguments=()
    [[ $inbound == - ]] || arguments+=(--in "$inbound")
    [[ $outbound == - ]] || arguments+=(--out "$outbound")
  elif ! grep -qx -- --chaos "$directory/flags"; then
    return 0
  fi
  local output
  output=$("$kvcli" cut --at "$(endpoint "$id")" "${arguments[@]}" 2>&1 >/dev/null) \
    || die "node $id did not take the cut: $output"
}

# links_lacking: what keeps the cluster from being whole, one line each; nothing when every node runs and each
# has its circuits to all others closed.
links_lacking() {
  local id facts
  for id in $(node_ids); do
    if [[ $(node_state "$id") != running ]]; then
      echo "node $id is $(node_state "$id")"
      continue
    fi
    facts=$(node_facts "$id") || true
    if [[ $facts == . ]]; then
      echo "node $id does not answer"
      continue
    fi
    awk -v id="$id" '
      $1 == "node" { peer = $2 }
      $1 == "circuit" && $2 != "closed" { print "node " id " has given up node " peer " for now (circuit " $2 ")" }
      $1 == "vnodes_rebuilding" && $2 > 0 { print "node " id " is still rebuilding " $2 " vnodes" }' <<<"$facts"
  done
}
