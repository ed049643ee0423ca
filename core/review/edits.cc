#include "core/review/edits.h"

#include <array>

namespace plenary::review {
namespace {

constexpr std::array<std::string_view, 3> kRelations = {"supports", "qualifies", "contradicts"};

}  // namespace

Result<void> cite(replica::Edit& edit, const replica::RecordId& finding, const replica::RecordId& note,
                  Relation relation) {
  const std::string field(kRelations[static_cast<std::size_t>(relation)]);
  if (auto added = edit.add(finding, field, note); !added) return added;
  return edit.set(note, "state", "cited");
}

Result<void> set_aside(replica::Edit& edit, const std::vector<replica::RecordId>& notes, const std::string& reason) {
  if (reason.empty()) {
    return fail(ErrorCode::invalid_argument, "Notes are set aside with a reason. Say why, once for all of them.");
  }
  for (const auto& note : notes) {
    if (auto set = edit.set(note, "state", "set_aside"); !set) return set;
    if (auto set = edit.set(note, "state_reason", reason); !set) return set;
  }
  return {};
}

std::optional<Relation> relation_named(std::string_view name) {
  for (std::size_t i = 0; i < kRelations.size(); ++i) {
    if (kRelations[i] == name) return static_cast<Relation>(i);
  }
  return std::nullopt;
}

}  // namespace plenary::review
