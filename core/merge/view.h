// View: from where a space is read: its changes, its roster at the tip, and the reader's schema version. It says which
// changes and operations take effect, and what a write's author saw. Source: the reference model, section 3.
//
// A View refers to the Causality, Roster and Schema it was made with; they must outlive it. It notices by itself when
// they have moved on. One thread at a time.
#pragma once

#include "core/merge/schema.h"
#include "core/merge/write.h"
#include "core/roster/roster.h"

namespace plenary::merge {

// Whether an operation takes effect, and if not, why.
enum class Verdict : std::uint8_t {
  effective = 0,
  quarantined = 1,  // with its whole change; see Effect::quarantine
  role = 2,         // set aside: the role may not write this record type
  unknown = 3,      // set aside: type, field or kind is not known to the reader's version; counts after an upgrade
  malformed = 4,    // set aside: does not fit its field's policy
};

struct Effect {
  Verdict verdict = Verdict::effective;
  roster::Quarantine quarantine = roster::Quarantine::none;
  Role role = kNoRole;  // with which the change takes effect
  friend bool operator==(const Effect&, const Effect&) = default;
};

// What can be read of a write's value.
enum class Payload : std::uint8_t {
  here = 0,
  missing = 1,  // not received yet
  hidden = 2,   // somebody asked for its erasure; the keeper has not decided
  erased = 3,   // gone for ever
};

class View {
 public:
  View(const log::Causality& causality, const roster::Roster& roster, const Schema& schema, std::uint32_t version);

  const log::Causality& causality() const { return causality_; }
  const roster::Roster& roster() const { return roster_; }
  const Schema& schema() const { return schema_; }
  std::uint32_t version() const { return version_; }

  // The right of a change at the reader's roster tip.
  roster::Right right(log::Place place) const;
  // Does the operation take effect, read from here?
  Effect effect(const Write& write) const;
  // Did the author of `later` have `earlier` on the screen: in the history and in effect there, at the roster record
  // and schema version which the later change cites? `now` is the effect of `earlier` read from here (it saves work
  // where both agree). Within one change, earlier operations are seen.
  bool saw(const Write& later, const Write& earlier, const Effect& now) const;

  // Logs of which changes delivered before may take effect differently since these arrived, because the roster names
  // one of these as the end of a cut or stretch: until it is here, a cut goes by number and a stretch does not count.
  // Every record that such a log wrote into must be merged anew. (Delivery::reshaped says more, and comes first.)
  std::vector<LogId> logs_decided_by(std::span<const log::Place> delivered) const;

  // ---- erasure

  // Is everything ever typed into the record erased, or what one change typed into it? `record` is canonical.
  bool is_erased(const log::RecordName& record) const;
  bool is_erased(const log::RecordName& record, log::Place change) const;
  // Hidden by a void erasure that nobody settled.
  bool is_hidden(const log::RecordName& record) const;
  bool is_hidden(const log::RecordName& record, log::Place change) const;
  // Was this request to hide declined?
  bool is_settled(const Write& hide) const;

  // True while nothing at all is erased or hidden by the roster.
  bool nothing_is_secret() const;

  // The person whose device wrote the change; null when it was never granted.
  const PersonId* person(log::Place place) const;

 private:
  using Payloads = std::map<log::RecordName, std::set<ChainValue>>;  // an empty chain value: the whole record
  struct Secrets {
    Payloads erased, hidden;
    bool unresolved = false;
  };
  using Rights = std::unique_ptr<roster::LogRights>;

  void refresh() const;
  void collect(const roster::Record& erasure, Payloads& into) const;
  const roster::LogRights& cached(std::vector<Rights>& by_lane, std::uint32_t lane, const RosterHash& at) const;
  roster::Right right_seen_by(log::Place reader, log::Place place) const;
  Verdict judge(const log::Operation& operation, std::uint32_t written_with, Role role, std::uint32_t version) const;

  const log::Causality& causality_;
  const roster::Roster& roster_;
  const Schema& schema_;
  std::uint32_t version_;

  // Caches, dropped when the roster grows or the graph is reshaped.
  mutable std::uint64_t seen_revision_ = UINT64_MAX, seen_shape_ = UINT64_MAX;
  mutable std::size_t seen_size_ = 0;
  mutable std::vector<std::vector<Rights>> rights_;  // [cited roster][lane]
  mutable std::vector<Rights> rights_now_;           // [lane]
  mutable Secrets secrets_;
};

// What must be merged anew when the roster's tip moves from one standing to another.
struct Impact {
  std::vector<LogId> logs;               // whose changes may take effect differently: every record they wrote into
  std::vector<log::RecordName> records;  // that were erased or hidden, or no longer are; canonical
  bool none() const { return logs.empty() && records.empty(); }
};
// `hidden_before` and `hidden_after` are Roster::unsettled() at either time.
Impact impact(const log::Causality& causality, const roster::Roster& roster, const roster::Standing& before,
              const std::vector<RosterHash>& hidden_before, const roster::Standing& after,
              const std::vector<RosterHash>& hidden_after);

}  // namespace plenary::merge
