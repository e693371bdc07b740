# shellcheck shell=bash
# What is known of a cluster of this machine: .cluster/NAME/ holds all of it. Sourced after common.sh, never run.
#
#   cluster.toml, secret     what every node reads
#   flags                    how its nodes are started, one kvnode argument a line
#   node-N/pid               process id and start time (in clock ticks since boot) of the node's process
#   node-N/data, node-N/log
#   node-N/cut               what the node does not hear and whom it does not tell: "IN OUT", as lists of ids

clusters=$root/.cluster
kvnode=$root/build/release/bin/kvnode
kvcli=$root/build/release/bin/kvcli
: "$kvnode" "$kvcli"

# use_cluster NAME: sets `name` and `directory`.
use_cluster() {
  [[ $1 =~ ^[a-z0-9][a-z0-9_-]{0,31}$ ]] \
    || bad_usage "'$1' is no name for a cluster: use up to 32 of a-z, 0-9, - and _"
  name=$1
  directory=$clusters/$name
}

# Dies unless the cluster is there.
require_cluster() {
  [[ -f $directory/cluster.toml ]] && return
  local others
  others=$(cluster_names | paste -sd' ')
  fail "there is no cluster '$name'${others:+ (there is: $others)}"
  note "start it with: scripts/cluster up$(name_option)"
  exit 1
}

# " --name NAME" unless it is the default.
name_option() {
  [[ $name == dev ]] || printf ' --name %s' "$name"
}

cluster_names() {
  local file
  for file in "$clusters"/*/cluster.toml; do
    [[ -f $file ]] || continue
    basename "$(dirname "$file")"
  done
}

# Ids of all nodes, one a line, from the configuration.
node_ids() {
  awk '$1 == "id" { print $3 }' "$directory/cluster.toml"
}

# client_port ID / peer_port ID
client_port() { node_setting "$1" client_port; }
peer_port() { node_setting "$1" peer_port; }
node_setting() {
  awk -v id="$1" -v wanted="$2" \
    '$1 == "id" { current = $3 } $1 == wanted && current == id { print $3 }' "$directory/cluster.toml"
}

endpoint() { echo "127.0.0.1:$(client_port "$1")"; }

endpoints() {
  local id
  for id in $(node_ids); do endpoint "$id"; done | paste -sd,
}

# require_nodes ID...: dies unless each is a node of this cluster.
require_nodes() {
  local id known
  known=" $(node_ids | paste -sd' ') "
  for id in "$@"; do
    [[ $known == *" $id "* ]] || bad_usage "cluster '$name' has no node '$id'; its nodes are:${known% }"
  done
}

# ---- processes

# start_time PID: clock ticks from boot to the start of the process; nothing if there is none.
start_time() {
  local stat
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  # The second field is the program's name in parentheses and may hold anything; what follows is regular.
  local fields
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} == Z ]] || echo "${fields[19]}"
}

# node_pid ID: the process id if that very process still runs, else nothing. A process that got the number
# later has another start time; a zombie has ended.
node_pid() {
  local pid started
  read -r pid started 2>/dev/null <"$directory/node-$1/pid" || return 0
  [[ -n $started && $(start_time "$pid") == "$started" ]] || return 0
  echo "$pid"
}

# node_state ID: running, paused or stopped.
node_state() {
  local pid state
  pid=$(node_pid "$1")
  if [[ -z $pid ]]; then
    echo stopped
    return
  fi
  state=$(awk '$1 == "State:" { print $2 }' "/proc/$pid/status" 2>/dev/null) || true
  case $state in
    T | t) echo paused ;;
    *) echo running ;;
  esac
}

running_ids() {
  local id
  for id in $(node_ids); do
    [[ $(node_state "$id") != running ]] || echo "$id"
  done
}

# ---- ports

# Ports with a listener, and those that other clusters' nodes have, running or not.
taken_ports() {
  ss -Hltn | awk '{ count = split($4, parts, ":"); print parts[count] }'
  local file
  for file in "$clusters"/*/cluster.toml; do
    [[ -f $file ]] || continue
    awk '$1 ~ /_port$/ { print $3 }' "$file"
  done
}

# choose_ports COUNT: prints the number before the first client port; peer ports are 100 further on.
choose_ports() {
  local count=$1 base taken port free
  taken=" $(taken_ports | paste -sd' ') "
  for ((base = 7100; base <= 32000; base += 200)); do
    free=true
    for ((port = base + 1; port <= base + count; port++)); do
      if [[ $taken == *" $port "* || $taken == *" $((port + 100)) "* ]]; then
        free=false
        break
      fi
    done
    if $free; then
      echo "$base"
      return
    fi
  done
  die "found no $count free pairs of ports between 7101 and 32200"
}

# ---- creating

# create_cluster COUNT: all or nothing; the configuration appears last.
create_cluster() {
  local count=$1 base id type
  mkdir -p "$directory"
  (
    # Two clusters that start at once must not choose the same ports.
    exec {ports_lock}<"$clusters"
    flock "$ports_lock"
    base=$(choose_ports "$count")
    (umask 077 && head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >"$directory/secret")
    {
      echo "# Written by scripts/cluster; every node of the cluster '$name' reads it."
      echo '[cluster]'
      echo "name = \"$name\""
      echo 'secret_file = "secret"'
      for ((id = 1; id <= count; id++)); do
        printf '\n[[node]]\nid = %d\nhost = "127.0.0.1"\nclient_port = %d\npeer_port = %d\n' \
          "$id" $((base + id)) $((base + 100 + id))
      done
      echo
      echo '# Beside "default", which is a register: a bucket of every other type, named after it.'
      for type in lww counter set map flag; do
        printf '\n[[bucket]]\nname = "%s"\ntype = "%s"\n' "$type" "$type"
      done
    } >"$directory/cluster.toml.new"
    mv "$directory/cluster.toml.new" "$directory/cluster.toml"
  )
}
