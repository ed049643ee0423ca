// Forked logs, for people to choose between their branches, and logs of which something is waited for in vain.
#include <algorithm>

#include "core/replica/space.h"

namespace plenary::replica {
namespace {

// The last change of a forked log that all its branches share.
std::uint32_t common_part(store::LogTable& table, const std::vector<std::uint32_t>& strands) {
  std::uint32_t common = UINT32_MAX;
  for (const std::uint32_t number : strands) {
    const store::Strand& strand = table.strand(number);
    if (strand.first > 1 || strand.parent) common = std::min(common, strand.first - 1);
  }
  // Two branches that both begin with change 1 share nothing.
  const auto begins = std::ranges::count_if(strands, [&](std::uint32_t each) { return table.strand(each).first == 1; });
  return begins > 1 ? 0 : common;
}

}  // namespace

std::vector<ForkView> Space::forks() {
  std::vector<ForkView> forks;
  std::set<LogId> seen;
  auto& table = store().log_table();
  for (const store::Strand& strand : table.strands()) {
    if (!store_->causality().is_forked(strand.log) || !seen.insert(strand.log).second) continue;
    forks.push_back(fork(strand.log));
  }
  return forks;
}

ForkView Space::fork(const LogId& log) {
  auto& table = store_->log_table();
  const auto strands = table.strands_of(log);
  ForkView fork;
  fork.log = log;
  fork.device = table.strand(strands.front()).descriptor.author;
  fork.name = writer_name(fork.device);
  fork.common = common_part(table, strands);
  for (const std::uint32_t number : strands) {
    const store::Strand& strand = table.strand(number);
    BranchView branch;
    branch.first = std::max(strand.first, fork.common + 1);
    branch.last = strand.last.number;
    branch.chain = strand.last.chain;
    const auto tip = store_->causality().find(log, branch.last, branch.chain);
    if (!tip || branch.last < branch.first) continue;
    summarise(branch.work, number, branch.first, branch.last);
    branch.counts = store_->view().right(*tip).role != kNoRole;
    fork.branches.push_back(branch);
  }
  const auto& names = store_->roster().standing().names;
  fork.settled = names.contains(log);
  return fork;
}

Result<void> Space::name_branch(const LogId& log, std::size_t branch, Others others) {
  if (!store().causality().is_forked(log)) return fail(ErrorCode::not_found, "That log is not forked.");
  const ForkView view = fork(log);
  if (branch >= view.branches.size()) {
    return fail(ErrorCode::invalid_argument, "There are " + std::to_string(view.branches.size()) +
                                                 " branches to choose from; number " + std::to_string(branch + 1) +
                                                 " is not one of them.");
  }
  const BranchView& chosen = view.branches[branch];
  auto done = add_own_record(roster::Branch{log, chosen.last, chosen.chain});
  if (!done || others == Others::set_aside) return done;
  for (const QuarantinedWork& work : quarantined()) {
    if (work.log != log || work.why != Quarantine::fork) continue;
    if (done = readmit(work); !done) return done;
  }
  return {};
}

std::vector<MissingLog> Space::missing_logs() {
  std::map<LogId, MissingLog> missing;
  for (const log::Head& head : store().causality().missing()) {
    MissingLog& entry = missing[head.log];
    entry.log = head.log;
    entry.up_to = std::max(entry.up_to, head.number);
  }
  std::vector<MissingLog> logs;
  for (auto& [log, entry] : missing) {
    if (const auto strand = store_->log_table().first_strand_of(log)) {
      entry.name = writer_name(store_->log_table().strand(*strand).descriptor.author);
      entry.here = store_->log_table().strand(*strand).last.number;
    }
    logs.push_back(std::move(entry));
  }
  return logs;
}

Result<void> Space::declare_lost(const LogId& log) {
  const auto logs = missing_logs();
  if (std::ranges::find(logs, log, &MissingLog::log) == logs.end()) {
    return fail(ErrorCode::not_found, "Nothing waits for that log. See: plenary missing");
  }
  roster::Lost lost;
  lost.log = log;
  for (const log::Head& head : store_->causality().frontier()) {
    if (head.log != log || head.number <= lost.number) continue;
    lost.number = head.number;
    lost.chain = head.chain;
  }
  return add_own_record(lost);
}

}  // namespace plenary::replica
