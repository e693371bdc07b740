#include "sim/report/life_event_name.h"

namespace quorate::sim {

const char* life_event_name(LifeEvent event) {
  switch (event) {
    case LifeEvent::kStarted:
      return "started";
    case LifeEvent::kCrashed:
      return "crashed";
    case LifeEvent::kKilled:
      return "killed";
    case LifeEvent::kPaused:
      return "paused";
    case LifeEvent::kResumed:
      return "resumed";
  }
  return "?";
}

}  // namespace quorate::sim
