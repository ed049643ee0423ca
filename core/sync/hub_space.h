// HubSpace: one space on one connection, as the hub sees it. Internal to this folder.
#pragma once

#include <map>
#include <unordered_set>

#include "core/sync/line.h"

namespace plenary::sync {

// What the spaces of one connection share.
struct HubContext {
  HubSpaces& spaces;
  Line& line;
  const HubOptions& options;
  std::string token;
  std::int64_t credit = 0;       // bytes of items that the device still takes; one item may overdraw it
  std::int64_t uncommitted = 0;  // bytes of items that the device sent and that are not stored yet
  std::uint64_t next_ticket = 1;

  const TransportKey& device() const { return line.channel().peer(); }
};

class HubSpace {
 public:
  HubSpace(HubContext& context, const SpaceId& id, std::uint32_t index) : context_(context), id_(id), index_(index) {}

  const SpaceId& id() const { return id_; }
  // False for a removed device: it learns of its removal, and neither sends nor follows.
  bool open() const { return access_ != WireAccess::none && access_ != WireAccess::removed; }

  // The answer to Open.
  Opened answer(const Open& open);
  void take(const Want& want);
  void take(Items items);
  void take(const Survey& survey);
  void take(const Reminder& reminder);
  // Puts what the device sent into one request, if there is anything.
  void request_storing();
  // True when the outcome is of a request of this space.
  bool stored(const StoreOutcome& outcome);
  void changed();
  // Sends what is due, as far as credit and outbox allow.
  void pump();

 private:
  struct Pending {
    std::uint64_t ticket = 0;
    std::size_t items = 0;
    std::uint64_t bytes = 0;
    bool counted = true;  // false: made by the hub itself, of a claim shown in Open
  };

  void set_access(WireAccess access);
  Opened refuse(const Error& error, bool retry) const;
  Opened let_in(WireAccess access, const ShortPosition* known);
  WireAccess access_now() const;
  Result<WireAccess> decide(const Open& open);
  void close(const Error& error);
  void stop();
  Opened tell_of_removal();
  void fill_inventory(Opened& opened, const ShortPosition* known);
  std::optional<HeadUpdate> head_update();
  void request(std::vector<Item> items, std::uint64_t bytes, bool counted);
  void tell_of(std::size_t items, const StoreOutcome& outcome);
  void check_access();
  void plan(std::size_t named);
  void end_for_wanting_too_much();
  bool gather(Items& items);
  bool gather_wanted(Items& items, std::size_t& bytes);
  bool gather_new(Items& items, std::size_t& bytes);
  void add(Items& items, std::size_t& bytes, Item item);

  HubContext& context_;
  const SpaceId id_;
  const std::uint32_t index_;
  WireAccess access_ = WireAccess::none;
  Bytes claim_;
  bool reminded_ = false;
  bool introduced_ = false;  // an introducing device has sent all that it had

  std::uint64_t head_epoch_ = 0, head_number_ = 0;  // the newest hub head that the device has

  // What the device asked for, and how far it is sent.
  std::vector<RosterHash> wanted_records_;
  std::map<LogId, std::vector<log::Head>> wanted_logs_;  // whose segments were not looked up yet
  std::vector<SegmentRef> wanted_segments_;
  std::vector<NoticeName> wanted_notices_;
  std::size_t next_record_ = 0, next_segment_ = 0, next_notice_ = 0;

  bool live_ = false;   // the device has what it asked for, or asked for it: new items follow by themselves
  bool fresh_ = false;  // there may be items after cursor_
  bool done_due_ = false;
  std::int64_t cursor_ = 0;                // items up to here are sent, were asked for, or came from the device
  std::unordered_set<std::int64_t> skip_;  // items after the cursor that the device has

  std::vector<Item> received_;
  std::uint64_t received_bytes_ = 0;
  std::uint64_t committed_count_ = 0;
  std::vector<Pending> pending_;
};

}  // namespace plenary::sync
