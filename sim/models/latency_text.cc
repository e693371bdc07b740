#include "sim/models/latency_text.h"

#include <variant>

namespace quorate::sim {

namespace {

// A number of `whole`-ths, `whole` a power of ten, with as many decimals as it needs.
std::string decimal(std::uint64_t value, std::uint64_t whole) {
  std::string text = std::to_string(value / whole);
  std::uint64_t rest = value % whole;
  if (rest != 0) text += '.';
  while (rest != 0) {
    rest *= 10;
    text += static_cast<char>('0' + rest / whole);
    rest %= whole;
  }
  return text;
}

// Without the braces, so that a weight or a shift can join.
std::string members(const Latency& latency) {
  std::string text;
  const Latency::Shape& shape = latency.shape();
  if (const auto* constant = std::get_if<Latency::Constant>(&shape)) {
    text = "constant_ms = " + ms_text(constant->time);
  } else if (const auto* uniform = std::get_if<Latency::Uniform>(&shape)) {
    text = "uniform_ms = [" + ms_text(uniform->low) + ", " + ms_text(uniform->high) + "]";
  } else if (const auto* exponential = std::get_if<Latency::Exponential>(&shape)) {
    text = "exponential_ms = " + ms_text(exponential->mean);
  } else if (const auto* pareto = std::get_if<Latency::Pareto>(&shape)) {
    text = "pareto_ms = " + ms_text(pareto->least) +
           ", alpha = " + decimal(pareto->alpha_ppm, 1'000'000);
  } else {
    for (const Latency::Part& part : *std::get<Latency::Mixture>(shape).parts) {
      text += text.empty() ? "mixture = [" : ", ";
      text += "{ percent = " + decimal(part.weight_ppb, kBillion / 100) + ", " +
              members(part.latency) + " }";
    }
    text += "]";
  }
  if (latency.shift() != 0) text += ", plus_ms = " + ms_text(latency.shift());
  return text;
}

}  // namespace

std::string ms_text(SimTime time) {
  return decimal(static_cast<std::uint64_t>(time), static_cast<std::uint64_t>(kNsPerMs));
}

std::string latency_text(const Latency& latency) { return "{ " + members(latency) + " }"; }

}  // namespace quorate::sim
