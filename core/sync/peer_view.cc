#include "core/sync/peer_view.h"

#include <algorithm>

namespace plenary::sync {

void PeerView::set_frontier(const log::Frontier& frontier) {
  heads_.clear();
  for (const log::Head& head : frontier) heads_[head.log].push_back(head);
}

void PeerView::set_notices(const std::vector<NoticeName>& names) {
  notices_.clear();
  for (const NoticeName& name : names) add_notice(name);
}

void PeerView::add_run(std::uint32_t first, const log::Head& head) {
  std::vector<log::Head>& heads = heads_[head.log];
  if (std::ranges::find(heads, head) != heads.end()) return;
  const auto continued = [&](const log::Head& each) { return each.number + 1 == first; };
  if (std::ranges::count_if(heads, continued) == 1) std::erase_if(heads, continued);
  heads.push_back(head);
  if (heads.size() <= kHeadsRemembered) return;
  std::ranges::sort(heads, std::greater(), &log::Head::number);
  heads.resize(kHeadsRemembered / 2);
}

void PeerView::set_tips(const LogId& log, std::vector<log::Head> tips) {
  heads_[log] = std::move(tips);
}

void PeerView::add_notice(const NoticeName& name) {
  std::uint64_t& number = notices_[{name.kind, name.subject}];
  number = std::max(number, name.number);
}

std::vector<RosterHash> PeerView::records_lacking(const Inventory& ours) const {
  std::vector<RosterHash> lacking;
  for (const RosterHash& hash : ours.roster) {
    if (!roster_.contains(hash)) lacking.push_back(hash);
  }
  return lacking;
}

std::vector<LogWant> PeerView::logs_lacking(const Inventory& ours) const {
  std::vector<LogWant> lacking;
  for (const log::Head& head : ours.frontier) {
    if (!lacking.empty() && lacking.back().log == head.log) continue;
    const auto theirs = heads_.find(head.log);
    if (theirs == heads_.end()) {
      lacking.push_back({head.log, {}});
    } else if (std::ranges::find(theirs->second, head) == theirs->second.end()) {
      lacking.push_back({head.log, theirs->second});
    }
  }
  return lacking;
}

std::vector<NoticeName> PeerView::notices_lacking(const Inventory& ours) const {
  std::vector<NoticeName> lacking;
  for (const NoticeName& name : ours.notices) {
    const auto theirs = notices_.find({name.kind, name.subject});
    if (theirs == notices_.end() || theirs->second < name.number) lacking.push_back(name);
  }
  return lacking;
}

}  // namespace plenary::sync
