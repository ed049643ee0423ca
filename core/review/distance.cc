#include "core/review/distance.h"

namespace plenary::review {

DistanceEffect effect_of(Distance distance) {
  switch (distance) {
    case Distance::none:
      return DistanceEffect::none;
    case Distance::same_federation_or_trust:
      return DistanceEffect::shown;
    case Distance::worked_at_host_within_3_years:
    case Distance::close_relative:
    case Distance::line_manages_host_head:
      return DistanceEffect::needs_reason;
    case Distance::same_school:
      return DistanceEffect::blocks;
    case Distance::unknown:
      break;
  }
  return DistanceEffect::not_declared;
}

DistanceCheck check_distance(const ReviewFile& file, const TeamMember& member) {
  DistanceCheck check{member.id, member.name, member.distance, effect_of(member.distance), false, ""};
  const bool works_there = file.review && !member.school.text.empty() && member.school == file.review->host;
  if (works_there) {
    check.distance = Distance::same_school;
    check.effect = DistanceEffect::blocks;
  }
  switch (check.effect) {
    case DistanceEffect::none:
      check.settled = true;
      check.sentence = member.name + " has no tie to the school.";
      break;
    case DistanceEffect::shown:
      check.settled = true;
      check.sentence = member.name + " is of the same federation or trust; this is shown.";
      break;
    case DistanceEffect::needs_reason:
      check.settled = !member.distance_reason.empty();
      check.sentence = member.name + " (" + in_words(check.distance) +
                       "): " + (check.settled ? member.distance_reason : "a reason has to be recorded.");
      break;
    case DistanceEffect::blocks:
      check.sentence = member.name + " is of the same school and cannot review it.";
      break;
    case DistanceEffect::not_declared:
      check.sentence = member.name + " has not declared their distance to the school.";
      break;
  }
  return check;
}

std::vector<DistanceCheck> check_distances(const ReviewFile& file) {
  std::vector<DistanceCheck> checks;
  for (const TeamMember& member : file.members) {
    if (member.takes_part()) checks.push_back(check_distance(file, member));
  }
  return checks;
}

}  // namespace plenary::review
