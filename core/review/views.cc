#include "core/review/views.h"

#include <algorithm>

namespace plenary::review {

std::string OtherRecord::text(std::string_view field) const {
  const auto found = fields.find(std::string(field));
  return found == fields.end() ? std::string{} : found->second.text();
}

RecordId OtherRecord::reference(std::string_view field) const {
  return RecordId{text(field)};
}

bool OtherRecord::flag(std::string_view field) const {
  const auto found = fields.find(std::string(field));
  const bool* value = found == fields.end() ? nullptr : std::get_if<bool>(&found->second.content);
  return value != nullptr && *value;
}

const std::vector<OtherRecord>& ReviewFile::of(const std::string& type) const {
  static const std::vector<OtherRecord> kNone;
  const auto found = others.find(type);
  return found == others.end() ? kNone : found->second;
}

EvidenceRule ReviewFile::rule() const {
  return review && review->evidence_rule ? *review->evidence_rule : EvidenceRule{};
}

const Evidence* ReviewFile::note(const RecordId& id) const {
  const auto found = std::ranges::find(notes, id, &Evidence::id);
  return found == notes.end() ? nullptr : &*found;
}

const School* ReviewFile::host() const {
  if (!review) return nullptr;
  const auto found = std::ranges::find(schools, review->host, &School::id);
  return found == schools.end() ? nullptr : &*found;
}

const TeamMember* ReviewFile::member_of(const replica::Authorship& author) const {
  const std::string pseudonym = author.person_id.hex();
  auto found = std::ranges::find(members, pseudonym, &TeamMember::member);
  if (found == members.end() && !author.person.empty()) {
    found = std::ranges::find(members, author.person, &TeamMember::name);
  }
  return found == members.end() ? nullptr : &*found;
}

}  // namespace plenary::review
