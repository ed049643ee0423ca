// PeerView: what a device knows that its hub holds of one space. Internal to this folder.
#pragma once

#include <map>
#include <unordered_map>
#include <unordered_set>

#include "core/sync/space_log.h"

namespace plenary::sync {

class PeerView {
 public:
  void set_roster(const std::vector<RosterHash>& hashes) { roster_ = {hashes.begin(), hashes.end()}; }
  void set_frontier(const log::Frontier& frontier);
  void set_notices(const std::vector<NoticeName>& names);

  void add_record(const RosterHash& hash) { roster_.insert(hash); }
  // Changes `first` to `head.number` of a log are there now.
  void add_run(std::uint32_t first, const log::Head& head);
  // All that it has of one log, as it says.
  void set_tips(const LogId& log, std::vector<log::Head> tips);
  void add_notice(const NoticeName& name);

  // What of our inventory is not there.
  std::vector<RosterHash> records_lacking(const Inventory& ours) const;
  std::vector<LogWant> logs_lacking(const Inventory& ours) const;
  std::vector<NoticeName> notices_lacking(const Inventory& ours) const;

 private:
  std::unordered_set<RosterHash> roster_;
  std::unordered_map<LogId, std::vector<log::Head>> heads_;
  std::map<std::pair<ItemKind, NoticeSubject>, std::uint64_t> notices_;
};

// Of a log with more known heads than this, those with the greatest numbers are remembered.
inline constexpr std::size_t kHeadsRemembered = 64;

}  // namespace plenary::sync
