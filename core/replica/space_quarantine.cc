// Cuts, and what lies past them: counted for people, and readmitted.
#include <algorithm>

#include "core/replica/space.h"

namespace plenary::replica {
namespace {

Quarantine quarantine_of(roster::Quarantine why) {
  switch (why) {
    case roster::Quarantine::removed:
      return Quarantine::removed;
    case roster::Quarantine::lost:
      return Quarantine::lost;
    case roster::Quarantine::fork:
      return Quarantine::fork;
    default:
      return Quarantine::not_granted;
  }
}

// The role that a device had last, also when it was removed since.
Role last_role(const roster::Standing& standing, const DeviceKey& device) {
  Role role = kNoRole;
  for (const roster::Event& event : standing.events) {
    const DeviceKey* of = roster::device_of(*event.record);
    if (of != nullptr && *of == device && event.role != kNoRole) role = event.role;
  }
  return role;
}

}  // namespace

// The last change of a log that takes effect, or waits; on the branch that takes effect where the log is forked.
std::optional<roster::Cut> Space::cut_of_log(const LogId& log) {
  auto& table = store_->log_table();
  const auto& causality = store_->causality();
  if (const auto only = table.only_strand_of(log)) {
    const store::Strand& strand = table.strand(*only);
    if (strand.last.number == 0) return std::nullopt;
    return roster::Cut{strand.last.number, strand.last.chain};
  }
  std::optional<roster::Cut> best;
  for (const std::uint32_t number : table.strands_of(log)) {
    const store::Strand& strand = table.strand(number);
    for (std::uint32_t n = strand.last.number; n >= strand.first && (!best || n > best->number); --n) {
      const ChainValue chain = table.chain({number, n});
      const auto place = causality.find(log, n, chain);
      if (!place || store_->view().right(*place).role == kNoRole) continue;
      best = roster::Cut{n, chain};
    }
  }
  return best;
}

roster::Cuts Space::cuts_of(const DeviceKey& device) {
  roster::Cuts cuts;
  for (const store::Strand& strand : store().log_table().strands()) {
    if (strand.descriptor.author != device || cuts.contains(strand.log)) continue;
    if (const auto cut = cut_of_log(strand.log)) cuts.emplace(strand.log, *cut);
  }
  return cuts;
}

void Space::summarise(WorkSummary& work, std::uint32_t strand, std::uint32_t first, std::uint32_t last) {
  const auto* counted = store_->schema().type_named("evidence");
  for (const log::Change& change : store_->log_table().read(strand, first, last)) {
    ++work.changes;
    work.first_ms = std::min(work.first_ms.value_or(change.time_ms), change.time_ms);
    work.last_ms = std::max(work.last_ms.value_or(change.time_ms), change.time_ms);
    work.notes += static_cast<std::size_t>(std::ranges::count_if(change.operations, [&](const log::Operation& one) {
      return one.kind == log::OperationKind::create && counted != nullptr && one.record.type == counted->number;
    }));
  }
}

Result<CutView> Space::cut(const DeviceKey& device) {
  const auto member = member_here(device);
  if (!member) return tl::make_unexpected(member.error());
  CutView view;
  view.member = member_view(device, **member);
  auto& table = store_->log_table();
  for (const auto& [log, cut] : cuts_of(device)) {
    auto at = table.find({log, cut.number, cut.chain});
    while (at) {
      const store::Strand& strand = table.strand(at->strand);
      summarise(view.kept, strand.number, strand.first, at->number);
      at = strand.parent;
    }
  }
  return view;
}

std::vector<QuarantinedWork> Space::quarantined() {
  std::vector<QuarantinedWork> stretches;
  auto& table = store().log_table();
  const auto& causality = store_->causality();
  for (const store::Strand& strand : table.strands()) {
    if (strand.last.number < strand.first) continue;
    std::optional<QuarantinedWork> open;
    const auto close = [&] {
      if (!open) return;
      summarise(open->work, strand.number, open->first, open->last);
      stretches.push_back(*std::exchange(open, std::nullopt));
    };
    for (std::uint32_t n = strand.first; n <= strand.last.number; ++n) {
      const ChainValue chain = table.chain({strand.number, n});
      const auto place = causality.find(strand.log, n, chain);
      if (!place) break;
      const auto right = store_->view().right(*place);
      const Quarantine why = quarantine_of(right.quarantine);
      if (right.role != kNoRole || (open && open->why != why)) close();
      if (right.role != kNoRole) continue;
      if (!open) {
        open.emplace();
        open->log = strand.log;
        open->first = n;
        open->device = strand.descriptor.author;
        open->why = why;
      }
      open->last = n;
      open->chain = chain;
    }
    close();
  }
  for (QuarantinedWork& stretch : stretches) {
    const auto* member = store_->roster().empty() ? nullptr : store_->roster().standing().member(stretch.device);
    stretch.name = member == nullptr ? "somebody not yet granted" : name_of(member->person);
    if (member == nullptr) continue;
    stretch.person = member->person;
    stretch.role = last_role(store_->roster().standing(), stretch.device);
  }
  return stretches;
}

Result<void> Space::readmit(const QuarantinedWork& work) {
  if (!work.person || work.role == kNoRole) {
    return fail(ErrorCode::refused,
                "Whoever wrote this was never granted access. It counts by itself as soon as they are: admit them.");
  }
  if (!store().log_table().find({work.log, work.last, work.chain})) {
    return fail(ErrorCode::not_found, "That work is not here.");
  }
  return add_own_record(roster::Readmit{work.log, work.first, work.last, work.chain, work.role});
}

}  // namespace plenary::replica
