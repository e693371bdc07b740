// What kvsim matrix prints.
#pragma once

#include <string>
#include <vector>

#include "sim/matrix/matrix.h"

namespace quorate::sim {

// For a person: what the columns mean and what is run, before the blocks; one block.
std::string matrix_heading(const MatrixOptions& options, bool colours);
// `width`: of the terminal; a table that does not fit takes a narrower form.
inline constexpr unsigned kAnyWidth = 0;
std::string matrix_block_text(const MatrixBlock& block, bool colours, unsigned width);
std::string matrix_legend();

// For a program, one line; papers/kvsim-json.md says what is in it.
std::string matrix_json(const MatrixOptions& options, const std::vector<MatrixBlock>& blocks);

}  // namespace quorate::sim
