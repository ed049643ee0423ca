// The enumerations of proto/review.proto that rules look at, as types. Numbers and names are those of the proto
// (a test holds them together); what the rules do not look at stays a string in the views.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace plenary::review {

enum class SourceKind : std::uint8_t {
  unknown = 0,
  lesson_visit = 1,
  learning_walk = 2,
  pupil_conversation = 3,
  work_scrutiny = 4,
  staff_conversation = 5,
  leader_meeting = 6,
  governor_meeting = 7,
  parent_conversation = 8,
  document_review = 9,
  data_review = 10,
  environment = 11,
  other = 12
};
enum class Stance : std::uint8_t { unknown = 0, strength = 1, question = 2, development = 3, context = 4 };
enum class EvidenceState : std::uint8_t {
  unknown = 0,
  captured = 1,
  ready = 2,
  shared_with_team = 3,
  cited = 4,
  set_aside = 5,
  withdrawn = 6
};
enum class FindingKind : std::uint8_t { unknown = 0, strength = 1, area_to_develop = 2, question_for_school = 3 };
enum class ActivityStatus : std::uint8_t { unknown = 0, planned = 1, changed = 2, done = 3, dropped = 4 };
enum class ReviewState : std::uint8_t {
  unknown = 0,
  draft = 1,
  scheduled = 2,
  focus_agreed = 3,
  ready = 4,
  in_progress = 5,
  moderating = 6,
  fed_back = 7,
  with_host = 8,
  agreed = 9,
  improving = 10,
  closed = 11,
  postponed = 12,
  withdrawn_by_host = 13,
  stalled = 14
};
enum class TeamPart : std::uint8_t { unknown = 0, lead = 1, deputy = 2, reviewer = 3, shadow = 4, stepped_down = 5 };
enum class Distance : std::uint8_t {
  unknown = 0,  // not declared
  none = 1,
  same_federation_or_trust = 2,
  worked_at_host_within_3_years = 3,
  close_relative = 4,
  line_manages_host_head = 5,
  same_school = 6
};
enum class Answer : std::uint8_t { unknown = 0, invited = 1, accepted = 2, declined = 3 };
enum class HostView : std::uint8_t { unknown = 0, agree = 1, agree_with_note = 2, disagree = 3 };
enum class PackageState : std::uint8_t {
  unknown = 0,
  issued = 1,
  working = 2,
  sealed = 3,
  received = 4,
  reconciled = 5,
  acknowledged = 6
};

// The names of an enumeration in the proto ("lesson_visit"), from number 1 on.
template <class Kind>
std::span<const std::string_view> names_of();
template <>
std::span<const std::string_view> names_of<SourceKind>();
template <>
std::span<const std::string_view> names_of<Stance>();
template <>
std::span<const std::string_view> names_of<EvidenceState>();
template <>
std::span<const std::string_view> names_of<FindingKind>();
template <>
std::span<const std::string_view> names_of<ActivityStatus>();
template <>
std::span<const std::string_view> names_of<ReviewState>();
template <>
std::span<const std::string_view> names_of<TeamPart>();
template <>
std::span<const std::string_view> names_of<Distance>();
template <>
std::span<const std::string_view> names_of<Answer>();
template <>
std::span<const std::string_view> names_of<HostView>();
template <>
std::span<const std::string_view> names_of<PackageState>();

// The kind of that name; unknown for any other text (a newer version may know it).
template <class Kind>
Kind kind_named(std::string_view name) {
  const auto names = names_of<Kind>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<Kind>(i + 1);
  }
  return Kind::unknown;
}

// "lesson_visit"; empty for unknown.
template <class Kind>
std::string_view name_of(Kind kind) {
  const auto names = names_of<Kind>();
  const auto number = static_cast<std::size_t>(kind);
  return number == 0 || number > names.size() ? std::string_view{} : names[number - 1];
}

// "lesson visit"; "not given" for unknown.
std::string in_words(std::string_view name);
template <class Kind>
std::string in_words(Kind kind) {
  return in_words(name_of(kind));
}

// A source in which pupils themselves are seen or heard.
bool is_pupil_facing(SourceKind kind);

}  // namespace plenary::review
