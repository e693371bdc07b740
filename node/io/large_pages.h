// Has memory that is used for long lie in large pages, where the kernel has them.
//
// Why:        write buffers, cached rows and hash trees are read all over the place, and a tenth of
//             a put's CPU would go into looking up where in memory they are.
// Place:      kvnode's main, before anything large is allocated.
// Cost:       memory is taken from the kernel 2 MiB at a time, and not given back: what a node
//             takes is bounded by the sizes of its caches and buffers.
#pragma once

namespace quorate {

// Without tcmalloc (under sanitizers) it does nothing.
void use_large_pages();

}  // namespace quorate
