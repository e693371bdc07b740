#include "node/causality/dot_mint.h"

#include <algorithm>

#include "node/base/check.h"

namespace quorate {

namespace {

// Whether this context knows only events of the mark's run that the mark itself vouches for.
bool within_mark(const Context& context, const Mark& mark) {
  return context.max_counter(mark.actor) <= mark.counter &&
         context.max_epoch(mark.actor.run) <= static_cast<std::int64_t>(mark.actor.epoch);
}

}  // namespace

Dot DotMint::mint(const Row* row, const Context& incoming) {
  if (row != nullptr) {
    const Mark& mark = row->mark;
    const bool valid = mark.counter > 0 && mark.counter < kCounterMax && mark.actor.run == run_ &&
                       mark.actor.epoch >= first_valid_epoch_;
    if (valid && within_mark(row->record.context, mark) && within_mark(incoming, mark)) {
      return Dot{mark.actor, mark.counter + 1};
    }
  }
  // An epoch of this run that nobody had from us cannot be known to anybody. Should one be, a dot
  // in it would look already seen, and its write would vanish: pass over it.
  for (;;) {
    QUORATE_CHECK_MSG(next_epoch_ != 0, "a run has used up its epochs");
    const Actor actor{run_, next_epoch_++};
    const bool known = incoming.max_counter(actor) > 0 ||
                       (row != nullptr && row->record.context.max_counter(actor) > 0);
    if (!known) return Dot{actor, 1};
  }
}

}  // namespace quorate
