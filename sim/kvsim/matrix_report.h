// What kvsim matrix prints.
#pragma once

#include <string>
#include <vector>

#include "sim/matrix/matrix.h"

namespace quorate::sim {

// For a person: what the columns mean and what is run, before the blocks; one block.
std::string matrix_heading(const MatrixOptions& options, bool colours);
std::string matrix_block_text(const MatrixBlock& block, bool colours);
std::string matrix_legend();

// For a program, one line:
//
//     {"nodes", "n", "seeds",
//      "partitions": [{"partition", "title", "groups": [{"name", "nodes": [node]}],
//        "cells": [{"n", "r", "w", "sloppy",
//                   "groups": [{"reads", "reads_answered", "writes", "writes_acknowledged",
//                               "writes_unknown", "reads_stale"}],
//                   "versions_behind", "versions_behind_max", "behind_max_ms",
//                   "keys_in_conflict", "keys", "converged_max_ms", "not_converged",
//                   "acknowledged", "lost", "given_up", "violations": [text]}],
//        "reading"}]}
//
// groups of a cell stand in the order of the partition's; counts are of all seeds together, and of
// requests that began while the partition stood. versions_behind: acknowledged writes that stale
// reads missed, all together. keys: of all runs. sloppy is false so far.
std::string matrix_json(const MatrixOptions& options, const std::vector<MatrixBlock>& blocks);

}  // namespace quorate::sim
