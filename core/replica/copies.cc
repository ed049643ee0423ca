#include "core/replica/copies.h"

#include <algorithm>

#include "core/replica/space_edit.h"

namespace plenary::replica {
namespace {

// The copies that a space holds, by the tag of their source.
std::map<OriginTag, std::vector<log::RecordName>> copies_in(Space& space) {
  std::map<OriginTag, std::vector<log::RecordName>> copies;
  sqlite::Statement select(space.store().database(), "SELECT name FROM plenary_alias");
  for (auto rows = select.query(); rows.next();) {
    const auto name = store::decode_record_name(rows.blob(0));
    const auto* tag = name ? std::get_if<OriginTag>(&name->origin) : nullptr;
    if (tag != nullptr) copies[*tag].push_back(*name);
  }
  return copies;
}

// Somebody asked before, and the keeper may have declined: asking again would only be a nuisance.
bool was_asked(const store::LoadedRecord& record) {
  return std::ranges::any_of(record.writes,
                             [](const auto& write) { return write.operation->kind == log::OperationKind::hide; });
}

bool ask(Space& space, const log::RecordName& copy) {
  SpaceEdit edit(space);
  if (!edit.ask_to_erase({store::record_text(copy)})) return false;
  return edit.commit().has_value();
}

// What only some changes typed may stand in a copy or not: that is for people to see.
void follow(Space& space, const log::RecordName& copy, bool whole, ErasureSummary& summary) {
  const auto record = space.store().load(copy);
  if (!record || record->merged.life == merge::Life::erased) return;
  if (whole && space.is_keeper()) {
    if (space.erase(copy, {})) ++summary.copies_erased;
  } else if (!was_asked(*record) && space.is_granted()) {
    if (ask(space, copy)) ++summary.copies_asked;
  }
}

}  // namespace

ErasureSummary follow_erasures(Spaces& spaces) {
  ErasureSummary summary;
  std::map<SpaceId, std::map<OriginTag, std::vector<log::RecordName>>> copies_of;  // read when first needed
  for (const auto& [id, source] : spaces) {
    if (source->store().roster().empty() || source->store().roster().standing().erasures.empty()) continue;
    std::map<OriginTag, bool> erased;
    for (const roster::Record* record : source->store().roster().standing().erasures) {
      const auto& erasure = std::get<roster::Erase>(record->body);
      const auto tag = source->origin_tag(source->store().causality().canonical(erasure.record));
      if (tag) erased[*tag] |= erasure.changes.empty();
    }
    for (const auto& [other, space] : spaces) {
      if (other == id) continue;
      const auto [held, is_new] = copies_of.try_emplace(other);
      if (is_new) held->second = copies_in(*space);
      for (const auto& [tag, copies] : held->second) {
        const auto source_erased = erased.find(tag);
        if (source_erased == erased.end()) continue;
        for (const log::RecordName& copy : copies) follow(*space, copy, source_erased->second, summary);
      }
    }
  }
  return summary;
}

}  // namespace plenary::replica
