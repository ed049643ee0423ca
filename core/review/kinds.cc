#include "core/review/kinds.h"

#include <algorithm>
#include <array>

namespace plenary::review {
namespace {

constexpr std::array<std::string_view, 12> kSourceKinds = {
    "lesson_visit",       "learning_walk",  "pupil_conversation", "work_scrutiny",
    "staff_conversation", "leader_meeting", "governor_meeting",   "parent_conversation",
    "document_review",    "data_review",    "environment",        "other"};
constexpr std::array<std::string_view, 4> kStances = {"strength", "question", "development", "context"};
constexpr std::array<std::string_view, 6> kEvidenceStates = {"captured", "ready",     "shared_with_team",
                                                             "cited",    "set_aside", "withdrawn"};
constexpr std::array<std::string_view, 3> kFindingKinds = {"strength", "area_to_develop", "question_for_school"};
constexpr std::array<std::string_view, 4> kActivityStatuses = {"planned", "changed", "done", "dropped"};
constexpr std::array<std::string_view, 14> kReviewStates = {
    "draft",     "scheduled", "focus_agreed", "ready",  "in_progress", "moderating",        "fed_back",
    "with_host", "agreed",    "improving",    "closed", "postponed",   "withdrawn_by_host", "stalled"};
constexpr std::array<std::string_view, 5> kTeamParts = {"lead", "deputy", "reviewer", "shadow", "stepped_down"};
constexpr std::array<std::string_view, 6> kDistances = {
    "none",           "same_federation_or_trust", "worked_at_host_within_3_years",
    "close_relative", "line_manages_host_head",   "same_school"};
constexpr std::array<std::string_view, 3> kAnswers = {"invited", "accepted", "declined"};
constexpr std::array<std::string_view, 3> kHostViews = {"agree", "agree_with_note", "disagree"};
constexpr std::array<std::string_view, 6> kPackageStates = {"issued",   "working",    "sealed",
                                                            "received", "reconciled", "acknowledged"};

}  // namespace

template <>
std::span<const std::string_view> names_of<SourceKind>() {
  return kSourceKinds;
}
template <>
std::span<const std::string_view> names_of<Stance>() {
  return kStances;
}
template <>
std::span<const std::string_view> names_of<EvidenceState>() {
  return kEvidenceStates;
}
template <>
std::span<const std::string_view> names_of<FindingKind>() {
  return kFindingKinds;
}
template <>
std::span<const std::string_view> names_of<ActivityStatus>() {
  return kActivityStatuses;
}
template <>
std::span<const std::string_view> names_of<ReviewState>() {
  return kReviewStates;
}
template <>
std::span<const std::string_view> names_of<TeamPart>() {
  return kTeamParts;
}
template <>
std::span<const std::string_view> names_of<Distance>() {
  return kDistances;
}
template <>
std::span<const std::string_view> names_of<Answer>() {
  return kAnswers;
}
template <>
std::span<const std::string_view> names_of<HostView>() {
  return kHostViews;
}
template <>
std::span<const std::string_view> names_of<PackageState>() {
  return kPackageStates;
}

std::string in_words(std::string_view name) {
  if (name.empty()) return "not given";
  std::string words(name);
  std::ranges::replace(words, '_', ' ');
  return words;
}

bool is_pupil_facing(SourceKind kind) {
  return kind == SourceKind::lesson_visit || kind == SourceKind::learning_walk ||
         kind == SourceKind::pupil_conversation;
}

}  // namespace plenary::review
