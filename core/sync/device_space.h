// DeviceSpace: one space on one connection, as the device sees it. Internal to this folder.
#pragma once

#include <deque>
#include <set>

#include "core/sync/line.h"
#include "core/sync/peer_view.h"

namespace plenary::sync {

// What the spaces of one connection share.
struct DeviceContext {
  DeviceSpaces& spaces;
  Line& line;
  const DeviceOptions& options;
  std::int64_t credit = 0;    // bytes of items that the hub still takes; one item may overdraw it
  std::uint64_t pending = 0;  // bytes of items that came and are not stored yet, of all spaces
  DeviceKey hub_signing;
};

class DeviceSpace {
 public:
  DeviceSpace(DeviceContext& context, const SpaceId& id, std::uint32_t index)
      : context_(context), id_(id), index_(index) {}

  const SpaceId& id() const { return id_; }
  Open make_open();

  void take(const Opened& opened);
  void take(const Plan& plan);
  void take(Items items);
  void take(const Committed& committed);
  void take(const Layout& layout);
  void local_change();

  // Does what can be done now: stores, plans, sends, settles. Called after everything else.
  void work();
  // Nothing is left to be done; what the hub may push later aside.
  bool idle() const;

 private:
  enum class State : std::uint8_t { asked, open, closed };
  // Something of ours that the hub lacks.
  struct Outgoing {
    ItemKind kind = ItemKind::segment;
    RosterHash record;
    NoticeName notice;
    SegmentRef segment;
    std::uint64_t size = 0;
    bool replaces = false;
  };
  struct Sent {
    Outgoing what;
    std::uint64_t number = 0;  // of the item, from 1
  };

  void close(const Problem& problem);
  void learn_of_removal(const Opened& opened);
  void ask_for_what_we_lack(const Opened& opened);
  void check_head(const HeadUpdate& update);
  void save_head();
  void check_inventory(const Opened& opened);
  void raise(HubAlarm::Kind kind, const HubHead& seen, const HubHead& shown, std::optional<HubForkProof> proof = {});
  void forgot(const HubHead& seen, const HubHead& shown);
  bool follows(const HeadUpdate& update);
  bool agrees_with_witnesses(const HeadUpdate& update);
  void note_received(const Item& item);
  void store_incoming();
  void ask_again(const std::vector<LogWant>& wants);
  void plan();
  void plan_segments(const Inventory& ours);
  void pump();
  std::optional<Item> load(Outgoing& what);
  void give_up(const Outgoing& what);
  void committed(const Sent& sent);
  void refused(const Sent& sent, const Refused& refusal);
  void settle();
  void survey();
  bool may_settle() const;
  bool quiet() const;

  DeviceContext& context_;
  const SpaceId id_;
  const std::uint32_t index_;
  State state_ = State::asked;
  WireAccess access_ = WireAccess::none;

  Inventory at_open_;  // ours, when we asked
  PeerView hub_;
  std::optional<HubHead> head_;  // the newest hub head that we trust
  bool head_unsaved_ = false;
  bool reminded_ = false;  // the hub was shown a head that it had forgotten

  bool downloading_ = false;  // the answer to a Want is not complete
  bool incoming_complete_ = false;
  std::vector<Item> incoming_;
  std::uint64_t incoming_bytes_ = 0;
  std::map<LogId, int> asked_again_;

  bool plan_due_ = false;
  std::deque<Outgoing> queue_;
  std::deque<Sent> in_flight_;
  std::uint64_t sent_count_ = 0;
  std::set<LogId> waiting_;   // logs refused for now: until the roster changes, or something is written
  std::set<LogId> given_up_;  // logs refused for good, on this connection
  std::map<LogId, int> replanned_;
  std::set<LogId> turned_back_;  // logs of which the hub has more or less than we thought, since the last plan

  bool unsettled_ = false;          // roster or logs changed since settled() was called
  std::optional<Problem> removal_;  // this device was removed; closes as soon as it has the keeper's record
  std::optional<std::int64_t> settled_at_ms_;
  bool survey_due_ = true;                  // nobody asked yet whether the hub should keep something otherwise
  bool surveying_ = false;                  // a Layout is on its way
  int surveys_ = 0;                         // on this connection
  std::map<LogId, std::size_t> replacing_;  // segments to replace that are not acknowledged yet
  bool announced_ = false;                  // up_to_date was said since the last change
};

}  // namespace plenary::sync
