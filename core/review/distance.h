// Professional distance between a reviewer and the host: what is blocked, what needs a reason, what is shown.
#pragma once

#include "core/review/dates.h"
#include "core/review/views.h"

namespace plenary::review {

enum class DistanceEffect : std::uint8_t { none, shown, needs_reason, blocks, not_declared };

struct DistanceCheck {
  RecordId member;
  std::string name;
  Distance distance = Distance::unknown;
  DistanceEffect effect = DistanceEffect::not_declared;
  bool settled = false;  // nothing is missing
  std::string sentence;
};

DistanceEffect effect_of(Distance distance);
// Declared distance, and the member's own school: whoever works at the host is of the same school, whatever they say.
DistanceCheck check_distance(const ReviewFile& file, const TeamMember& member);
std::vector<DistanceCheck> check_distances(const ReviewFile& file);

}  // namespace plenary::review
