// The nine principles of a peer review as data: what each asks, the rule checked, where it is seen and recorded.
// Source: domain.md section 2 (the principles are the NAHT's, told in our words).
#pragma once

#include <array>
#include <string_view>

namespace plenary::review {

struct Principle {
  int number = 0;
  std::string_view title, rule, view, record;
};

const std::array<Principle, 9>& principles();

}  // namespace plenary::review
