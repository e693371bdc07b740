# The dependency direction, read from #include lines of the files given. Fails when a rule is broken.
#
#   causality, ring  <-  core  <-  wire  <-  { io, client, sim }       "a <- b": b may include a, never the reverse
#
# node/store hands io's store on, behind core's interface, to those that may not know io.
#
# and what makes a run repeatable: no clock, thread or chance in the parts that the simulator runs.

function part_of(path) {
  if (match(path, /^node\/(base|causality|ring|core|wire|io|store)\//)) {
    split(path, pieces, "/")
    return pieces[2]
  }
  if (path ~ /^client\//) return "client"
  if (path ~ /^sim\/kvsim\//) return "kvsim" # the program around the simulator
  if (path ~ /^sim\//) return "sim"
  if (path ~ /^node\//) return "io" # main.cc, and what else makes the program
  return ""
}

function report(message) {
  printf "%s:%d: %s\n", FILENAME, FNR, message
  broken = 1
}

BEGIN {
  allowed["base"] = " base "
  allowed["causality"] = " base causality "
  allowed["ring"] = " base causality ring "
  allowed["core"] = " base causality ring core "
  allowed["wire"] = " base causality ring core wire "
  allowed["io"] = " base causality ring core wire io "
  allowed["store"] = " base causality ring core wire io store "
  allowed["client"] = " base causality ring core wire client "
  allowed["sim"] = " base causality ring core wire sim "
  allowed["kvsim"] = " base causality ring core wire store sim kvsim "
  deterministic = " base causality ring core wire sim "
}

FNR == 1 { own = part_of(FILENAME) }

/^[ \t]*#[ \t]*include[ \t]*"/ {
  split($0, quoted, "\"")
  other = part_of(quoted[2])
  if (other != "" && index(allowed[own], " " other " ") == 0)
    report(own " may not include " other " (" quoted[2] ")")
  if (quoted[2] !~ /\// ) report("include by path from the root: \"" quoted[2] "\"")
}

/^[ \t]*#[ \t]*include[ \t]*<(chrono|ctime|time\.h|sys\/time\.h|thread|mutex|shared_mutex|condition_variable|atomic|future|random)>/ {
  if (index(deterministic, " " own " ") > 0)
    report("no clocks, threads or chance in " own ": it must run the same in the simulator")
}

END { exit broken }
