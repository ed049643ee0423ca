// Causality: the graph of the changes that are delivered, without their operations. It answers who held what when
// they wrote. Source: the reference model, section 1; architecture.md D2, D9.
//
// The graph is made of *lanes*. A lane is one branch of one log; a log that is not forked is one lane. A change is
// named in this process by its Place (lane, number). What an author held is a clock over lanes: for every lane, the
// number up to which it was held. Clocks are step functions along the author's own lane, because headers carry
// differences; so an offline day costs almost nothing and a question is a binary search.
//
// One thread at a time. Places stay valid for the life of the object and mean nothing outside it.
#pragma once

#include <map>
#include <optional>
#include <unordered_map>

#include "core/log/change.h"

namespace plenary::log {

// A delivered change, in this process.
struct Place {
  std::uint32_t lane = 0;
  std::uint32_t number = 0;

  friend auto operator<=>(const Place&, const Place&) = default;
};

// The branch of a ChangeName that names this change: the first 8 bytes of its chain value, as a big-endian number.
std::uint64_t branch_of(const ChainValue& chain);

// What can be seen from somewhere: the history of one delivered change (without itself), or all that is delivered.
class Horizon {
 public:
  static Horizon everything() { return Horizon(Place{}); }
  static Horizon of(Place reader) { return Horizon(reader); }
  bool is_everything() const { return reader_.number == 0; }
  Place reader() const { return reader_; }

 private:
  explicit Horizon(Place reader) : reader_(reader) {}
  Place reader_;
};

// What an arrival brought about.
struct Delivery {
  // Changes that became delivered, each after everything that it saw.
  std::vector<Place> places;
  // True when something became different for changes delivered *before*: a log forked (their canonical names
  // change), or what a lost head stands for did. Everything must then be merged anew.
  bool reshaped = false;
};

// A declared loss: nothing of `log` beyond `number`, or on another branch than `chain`, is waited for.
using Loss = Head;

// One lane as a value, so that a store can keep the graph and open it again without reading every change.
struct LaneSnapshot {
  struct Cited {
    std::uint32_t by = 0;  // number of the citing change
    Head head;
    friend bool operator==(const Cited&, const Cited&) = default;
  };
  LogId log;
  DeviceKey author;
  std::optional<Place> parent;  // the change that its first change follows, in an earlier lane
  std::vector<ChainValue> chains;
  std::vector<std::pair<std::uint32_t, RosterHash>> rosters;     // from this number on
  std::vector<std::pair<std::uint32_t, std::uint32_t>> schemas;  // from this number on
  std::vector<Cited> cited;
  friend bool operator==(const LaneSnapshot&, const LaneSnapshot&) = default;
};

class Causality {
 public:
  // ---- arrivals

  // Says who signs a log. Must be said before the log's first change is added (CHECK).
  void learn_author(const LogId& log, const DeviceKey& author);
  // A change arrived; its header is copied. A change that is known already does nothing. A change whose number and
  // predecessor do not fit, or that cites what does not exist, waits for ever.
  Delivery add(const Change& change);
  // A roster record became known and valid: changes that cite it need not wait for it.
  Delivery learn_roster(const RosterHash& record);
  // The roster declares a loss (void or not): what is lost is no longer waited for.
  Delivery declare_lost(const Loss& loss);

  // ---- what is here

  std::size_t size() const { return size_; }
  std::vector<Head> waiting() const;  // sorted
  Frontier frontier() const;          // heads of all logs, sorted
  // The `seen` of a next change that follows `last`, or of the first change of `own` when `last` is empty: all heads
  // of each log whose heads differ from those that its author's line cited last.
  std::vector<Head> unseen_heads(const LogId& own, std::optional<Place> last) const;
  std::optional<Place> find(const LogId& log, std::uint32_t number, const ChainValue& chain) const;
  bool is_delivered(const Head& head) const { return find(head.log, head.number, head.chain).has_value(); }
  bool is_forked(const LogId& log) const;
  // Is every head here that the author held when writing this change?
  bool holds_what_was_seen(Place place) const;
  // Heads that changes in waiting cite and that are not here.
  std::vector<Head> missing() const;
  std::vector<LogId> logs() const;  // sorted
  std::size_t lane_count() const { return lanes_.size(); }
  // Grows by one whenever a delivery was `reshaped`.
  std::uint64_t shape() const { return shape_; }

  // ---- one change

  const LogId& log_of(std::uint32_t lane) const { return logs_[lanes_[lane].log].id; }
  const DeviceKey& author_of(std::uint32_t lane) const { return logs_[lanes_[lane].log].author; }
  bool lane_is_alone(std::uint32_t lane) const { return logs_[lanes_[lane].log].lanes.size() == 1; }
  bool same_log(Place a, Place b) const { return lanes_[a.lane].log == lanes_[b.lane].log; }
  const ChainValue& chain_of(Place place) const;
  Head head_of(Place place) const { return {log_of(place.lane), place.number, chain_of(place)}; }
  std::optional<Place> previous_of(Place place) const;
  std::uint32_t schema_of(Place place) const;
  // Index of the cited roster record, into the order in which records were learnt; see roster_at.
  std::uint32_t roster_of(Place place) const;
  const RosterHash& roster_at(std::uint32_t index) const { return rosters_[index]; }
  // (log, number, chain value): the order of siblings in a text, and the last word in every tie.
  bool before_in_order(Place a, Place b) const;

  // ---- names

  // The canonical name: without branch in the part of a log that all its branches share, with it beyond. A pure
  // function of the delivered changes, the same in every process.
  ChangeName name_of(Place place) const;
  // Reads a name as the author of `reader` meant it: in that change's own history, itself included. Empty when it
  // names nothing there, or several branches at once.
  std::optional<Place> resolve(Place reader, const ChangeName& name) const;
  // Reads a name in all that is delivered (a keeper's erasure); empty when it does not name exactly one change.
  std::optional<Place> resolve(const ChangeName& name) const;
  // The record's canonical name. What its author did not hold (or is lost) gets a name that no other author's record
  // has: as it was written, but with the highest bit of the index set. Such work is held, never mixed with a record
  // that arrives later.
  RecordName canonical(Place reader, const RecordName& record) const;
  // Can a name as it was written have this canonical one, for some reader? Cheap, and never false where canonical
  // would give it: of a change that made hundreds of records only those operations need to be resolved that may
  // concern the record which is merged.
  static bool may_mean(const RecordName& written, const RecordName& canonical);
  RecordName canonical(const RecordName& record) const;

  // ---- questions

  // Did the author of `later` hold `earlier`? (A change is not in its own history.)
  bool in_history(Place later, Place earlier) const {
    return earlier.lane == later.lane ? earlier.number < later.number
                                      : earlier.number <= held_up_to(later, earlier.lane);
  }
  bool sees(Horizon horizon, Place place) const {
    return horizon.is_everything() || in_history(horizon.reader(), place);
  }
  // Up to which number of `lane` the author of `reader` held; 0 for nothing.
  std::uint32_t held_up_to(Place reader, std::uint32_t lane) const;
  // Is `ancestor` the change `place`, or before it in one log?
  bool on_path(Place ancestor, Place place) const;
  // Is the change at or before (number, chain) of its log, as far as the horizon can tell? While the named change is
  // not there, a smaller number suffices; an equal one is another branch.
  bool within(Place place, std::uint32_t number, const ChainValue& chain, Horizon horizon) const;
  // False when the change and the named one are known to be on different branches.
  bool comparable(Place place, std::uint32_t number, const ChainValue& chain, Horizon horizon) const;
  // A forked log takes effect up to the last common change, then along the branch that holds the latest of `names`
  // (points of this log named by the roster, in chain order) which is there.
  bool on_line(Place place, const std::vector<Head>& names, Horizon horizon) const;
  // True when the author saw two branches of `log`, one of which is lost: nothing of that log counts as seen.
  bool is_unclear(Place reader, const LogId& log) const;
  bool is_unclear(Place reader, std::uint32_t lane) const {
    return !lanes_[reader.lane].unclear.empty() && is_unclear(reader, log_of(lane));
  }

  // ---- snapshot

  std::vector<LaneSnapshot> snapshot() const;
  // For an object without changes. `rosters` are all records known, `losses` all declared. Snapshots are our own
  // stored data; one that contradicts itself is an error.
  static Result<Causality> restore(const std::vector<LaneSnapshot>& lanes, const std::vector<RosterHash>& rosters,
                                   const std::vector<Loss>& losses);

 private:
  struct Step {
    std::uint32_t from = 0;  // number of a change of the lane
    std::uint32_t value = 0;
  };
  struct Track {
    std::uint32_t lane = 0;
    std::vector<Step> steps;
  };
  // A cited head: a place, or (lane kAbsent) an index into absent_.
  struct Cite {
    std::uint32_t by = 0;
    std::uint32_t lane = 0;
    std::uint32_t number = 0;
  };
  struct Unclear {
    std::uint32_t from = 0;
    std::uint32_t log = 0;
    bool unclear = false;
  };
  using Mentions = std::map<std::uint32_t, std::vector<Cite>>;  // log -> its heads as cited last
  struct Lane {
    std::uint32_t log = 0;
    std::uint32_t parent = kNone;  // lane that it branches off, after number first - 1
    std::uint32_t first = 1;
    std::vector<ChainValue> chains;
    std::vector<Step> rosters, schemas;
    std::vector<Cite> cites;
    // Derived from the above, anew when a presumption changes:
    std::vector<Track> clock;  // by lane
    std::vector<Unclear> unclear;
    Mentions mentions;             // at the lane's end
    bool mentions_absent = false;  // some head in it may be absent
    std::uint32_t end() const { return first + static_cast<std::uint32_t>(chains.size()) - 1; }
  };
  struct Log {
    LogId id;
    DeviceKey author;
    std::vector<std::uint32_t> lanes;
    std::uint32_t common = UINT32_MAX;  // last number before the first fork
    std::uint32_t absent = 0;           // cited heads of it that are lost and not here
  };
  // A cited head that is lost; `place` once it is here after all.
  struct Absent {
    Head head;
    std::uint32_t log = 0;
    std::optional<Place> place;
  };
  struct Progress;  // of rebuilding clocks, causes first

  static constexpr std::uint32_t kNone = UINT32_MAX;
  static constexpr std::uint32_t kAbsent = UINT32_MAX;

  // causality_delivery.cc
  struct Obstacle;
  Obstacle obstacle(const Change& change) const;
  bool is_declared_lost(const Head& head) const;
  void deliver_ready(std::vector<ChainValue> candidates, Delivery& delivery);
  void retry_waiting(Delivery& delivery);
  void deliver(const Change& change, Delivery& delivery);
  std::uint32_t lane_for(const Change& change, Delivery& delivery);
  std::uint32_t open_lane(std::uint32_t log, std::uint32_t parent, std::uint32_t first);
  void cite(std::uint32_t lane, std::uint32_t number, const Head& head);
  void settle(Delivery& delivery);
  std::uint32_t log_index(const LogId& log);

  // causality_clock.cc
  void inherit(std::uint32_t lane);
  Mentions mentions_at(Place place) const;
  void apply(Place place, const Progress* progress);
  void presume(Place place, const Progress* progress);
  void mark_unclear(Place place, std::uint32_t log, const std::vector<Cite>& heads);
  void raise(std::uint32_t lane, std::uint32_t from, Place held);
  bool raise_one(Lane& lane, std::uint32_t from, Place held);
  void rebuild();
  void rebuild_causes_first();
  bool is_free(Place place, const Progress& progress) const;
  bool is_ready(Place place, const Progress& progress) const;
  std::span<const Cite> cites_of(Place place) const;
  std::uint32_t log_of_cite(const Cite& cite) const;
  std::optional<Place> place_of(const Cite& cite) const;
  Head head_of(const Cite& cite) const;
  std::optional<Place> presumed(std::uint32_t log, std::uint32_t below) const;

  std::vector<Log> logs_;
  std::unordered_map<LogId, std::uint32_t> log_index_;
  std::vector<Lane> lanes_;
  std::vector<RosterHash> rosters_;
  std::unordered_map<RosterHash, std::uint32_t> roster_index_;
  std::vector<Loss> losses_;
  std::vector<Absent> absent_;
  std::map<Head, std::uint32_t> absent_index_;
  std::unordered_map<ChainValue, Change> waiting_;  // headers, without operations
  std::unordered_map<ChainValue, std::vector<ChainValue>> blocked_on_change_;
  std::unordered_map<RosterHash, std::vector<ChainValue>> blocked_on_roster_;
  std::size_t size_ = 0;
  std::uint64_t shape_ = 0;
  bool rings_ = false;  // the last rebuilding had to break a ring of forged, lost logs
  bool stale_ = false;  // clocks must be rebuilt when the arrival is settled
};

}  // namespace plenary::log
