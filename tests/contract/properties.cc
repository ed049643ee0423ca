#include "tests/contract/properties.h"

#include "core/base/byte_codec.h"

namespace plenary::contract {
namespace {

using merge::Life;
using merge::MergedSpace;

// Everything in some order, with repetitions; `pause` says after how many arrivals somebody looks.
std::unique_ptr<MergedSpace> merged(const World& world, const Changes& changes, const Records& records,
                                    std::uint32_t version, std::size_t pause = SIZE_MAX) {
  auto space = std::make_unique<MergedSpace>(example_schema(), version);
  std::size_t arrivals = 0;
  std::size_t record = 0;
  for (const log::Change& change : changes) {
    if (++arrivals % pause == 0 && record < records.size()) space->add(records[record++]);
    space->learn_author(change.log, world.authors.at(change.log));
    space->add(change);
    if (arrivals % pause == 0 && !space->roster().empty()) space->digest_bytes();
  }
  for (; record < records.size(); ++record) space->add(records[record]);
  return space;
}

// All that people see, beyond what the digest covers.
Bytes shown(const MergedSpace& space) {
  ByteWriter out;
  out.raw(space.digest_bytes());
  const log::Causality& causality = space.causality();
  const auto name = [&](const merge::Write& write) {
    out.id(causality.chain_of(write.place));
    out.varint(write.index);
  };
  for (const auto& [record, entry] : space.records()) {
    for (const merge::MergedField& field : entry.merged.fields) {
      out.varint(field.number);
      out.u8(field.ask);
      std::vector<WriteId> insertions;
      for (const merge::WriteIndex write : field.shown) {
        if (!field.text) name(entry.writes[write]);
        insertions.emplace_back(causality.chain_of(entry.writes[write].place), entry.writes[write].index);
      }
      std::sort(insertions.begin(), insertions.end());  // a text's are listed in no agreed order
      for (const auto& [chain, index] : insertions) out.id(chain);
      for (const merge::Past& past : field.history) {
        name(entry.writes[past.write]);
        out.u8(static_cast<std::uint8_t>(past.reason));
      }
    }
  }
  for (const log::Head& head : causality.waiting()) out.id(head.chain);
  return std::move(out).take();
}

class Check {
 public:
  explicit Check(RandomHistory& history)
      : history_(history),
        changes_(history.changes()),
        records_(history.records()),
        reference_(merged(history.world, changes_, records_, example_schema().newest)) {}

  Outcome run() {
    expect(!history_.world.disagreed, "two devices at one position had different digests");
    find_guesses();
    order_does_not_matter();
    devices_agree_with_scratch();
    authors_are_believed();
    nothing_is_lost();
    clocks_decide_nothing();
    what_was_seen_comes_before();
    waiting_has_no_influence();
    readmission_restores();
    snapshot_is_the_graph();
    tally();
    return {std::move(faults_), std::move(counts_)};
  }

 private:
  void expect(bool holds, const char* name) {
    if (!holds && (faults_.empty() || faults_.back() != name)) faults_.emplace_back(name);
  }

  void order_does_not_matter() {
    Random& random = history_.world.random;
    for (std::uint32_t version : {1u, 2u}) {
      const auto plain = merged(history_.world, changes_, records_, version);
      for (const std::size_t pause : {std::size_t{SIZE_MAX}, 1 + random.below(9)}) {
        Changes mixed = changes_;
        const Changes again = random.half(changes_);
        mixed.insert(mixed.end(), again.begin(), again.end());
        random.shuffle(mixed);
        Records records = records_;
        random.shuffle(records);
        const auto other = merged(history_.world, mixed, records, version, pause);
        expect(other->digest_bytes() == plain->digest_bytes(), "order, repetition or batching changed the digest");
        expect(shown(*other) == shown(*plain), "order, repetition or batching changed what is shown");
      }
    }
  }

  // What devices merged step by step, from scratch.
  void devices_agree_with_scratch() {
    for (const auto& device : history_.devices) {
      const auto scratch = merged(history_.world, device->all_changes(), device->all_records(), device->version);
      expect(shown(*scratch) == shown(device->space()), "a device that merged step by step shows another state");
    }
  }

  template <class Visit>
  void each_write(Visit visit) {
    for (const auto& [record, entry] : reference_->records()) {
      for (std::size_t i = 0; i < entry.writes.size(); ++i) visit(entry, entry.writes[i], entry.merged.effects[i]);
    }
  }

  // A lost head stands for what is here of its log up to the first fork. Where that log was forked and the other branch
  // is lost as well, nobody can tell that it does not: then what its readers saw is a guess (decision 5).
  void find_guesses() {
    for (const log::LaneSnapshot& lane : reference_->causality().snapshot()) {
      for (const auto& [by, head] : lane.cited) {
        if (!reference_->causality().is_delivered(head) && history_.world.forked.contains(head.log)) {
          guesses_.insert(head.log);
        }
      }
    }
  }
  bool is_guess(const merge::Write& seen) const {
    return guesses_.contains(reference_->causality().log_of(seen.place.lane));
  }

  // What the header says was seen is exactly what was in effect on the author's screen; less, never more, where a
  // branch that the author saw is lost.
  void authors_are_believed() {
    const log::Causality& causality = reference_->causality();
    each_write([&](const auto&, const merge::Write& write, const merge::Effect&) {
      const std::set<WriteId>& screen = history_.world.screens.at(causality.chain_of(write.place));
      each_write([&](const auto&, const merge::Write& other, const merge::Effect& effect) {
        if (other.place == write.place || is_guess(other)) return;
        const bool saw = reference_->view().saw(write, other, effect);
        if (causality.is_unclear(write.place, other.place.lane)) return expect(!saw, "saw what is unclear");
        const bool on_screen = screen.contains({causality.chain_of(other.place), other.index});
        expect(saw == on_screen, saw ? "saw what was not on the screen" : "did not see what was on the screen");
      });
    });
  }

  bool was_seen_by(const merge::Write& write, const merge::Write& by) const {
    if (write.place == by.place) return write.index < by.index;
    if (is_guess(write)) return true;
    const log::Causality& causality = reference_->causality();
    return history_.world.screens.at(causality.chain_of(by.place))
        .contains({causality.chain_of(write.place), write.index});
  }

  // Every effective write is shown, or in history with a reason, or held; and what is called superseded was replaced
  // by an effective write whose author had it on the screen.
  void nothing_is_lost() {
    for (const auto& [record, entry] : reference_->records()) {
      for (merge::WriteIndex write = 0; write < entry.writes.size(); ++write) {
        if (entry.merged.effects[write].verdict == merge::Verdict::effective) nothing_is_lost(entry, write);
      }
    }
  }

  void nothing_is_lost(const MergedSpace::Entry& entry, merge::WriteIndex write) {
    const merge::MergedRecord& merged = entry.merged;
    expect(merged.life != Life::none, "an effective write is neither shown nor held");
    const log::Operation& operation = *entry.writes[write].operation;
    const auto replaced = [&](auto counts) {
      for (merge::WriteIndex other = 0; other < entry.writes.size(); ++other) {
        const bool effective = merged.effects[other].verdict == merge::Verdict::effective;
        if (other != write && effective && counts(*entry.writes[other].operation) &&
            was_seen_by(entry.writes[write], entry.writes[other])) {
          return true;
        }
      }
      return false;
    };
    using log::OperationKind;
    if (merged.life == Life::deleted && operation.kind != OperationKind::discard &&
        operation.kind != OperationKind::hide) {
      const bool erased = log::has_value(operation.kind) && merged.payloads[write] == merge::Payload::erased;
      expect(erased || replaced([](const auto& other) { return other.kind == OperationKind::discard; }),
             "a write went with its record though nobody who deleted it had seen it");
    }
    if ((merged.life != Life::live && merged.life != Life::contested) || operation.field == 0) return;
    const merge::MergedField* field = merged.field(operation.field);
    const auto past = std::find_if(field->history.begin(), field->history.end(),
                                   [&](const merge::Past& entry) { return entry.write == write; });
    const bool shown = std::find(field->shown.begin(), field->shown.end(), write) != field->shown.end();
    expect(shown != (past != field->history.end()), "a write is not either shown or in history");
    if (past != field->history.end() && past->reason == merge::Reason::superseded) {
      expect(replaced([&](const auto& other) { return other.field == operation.field; }),
             "a write was superseded by nobody who saw it");
    }
  }

  void clocks_decide_nothing() {
    Changes wild = changes_;
    for (log::Change& change : wild)
      change.time_ms = static_cast<std::int64_t>(history_.world.random.below(2'000'000)) - 1'000'000;
    const auto other = merged(history_.world, wild, records_, example_schema().newest);
    expect(writes_in_effect(*other) == writes_in_effect(*reference_), "a clock changed what takes effect");
    auto twin = other->records().begin();
    for (const auto& [record, entry] : reference_->records()) {
      expect(twin->second.merged.life == entry.merged.life, "a clock changed a record's life");
      for (const merge::MergedField& field : entry.merged.fields) {
        const auto standing = [&](const MergedSpace& space, const MergedSpace::Entry& from,
                                  const merge::MergedField& of) {
          std::set<WriteId> names;
          for (const merge::WriteIndex write : of.standing) {
            names.emplace(space.causality().chain_of(from.writes[write].place), from.writes[write].index);
          }
          return names;
        };
        expect(standing(*other, twin->second, *twin->second.merged.field(field.number)) ==
                   standing(*reference_, entry, field),
               "a clock changed what is superseded");
      }
      ++twin;
    }
  }

  // Whatever the clocks say: what somebody replaced who had it on the screen is shown no more, and what somebody
  // appended stands behind what was on the screen.
  void what_was_seen_comes_before() {
    const auto surely_saw = [&](const merge::Write& later, const merge::Write& earlier) {
      const bool is_clear = !reference_->causality().is_unclear(later.place, earlier.place.lane);
      return is_clear && !is_guess(earlier) && was_seen_by(earlier, later);
    };
    for (const auto& [record, entry] : reference_->records()) {
      for (const merge::MergedField& field : entry.merged.fields) {
        for (std::size_t i = 0; i < field.shown.size(); ++i) {
          const merge::Write& one = entry.writes[field.shown[i]];
          if (field.policy == merge::Policy::append) {
            for (std::size_t j = i + 1; j < field.shown.size(); ++j) {
              expect(!surely_saw(one, entry.writes[field.shown[j]]), "an answer stands before what it answers");
            }
          }
          if (one.operation->kind != log::OperationKind::set || field.policy == merge::Policy::once) continue;
          for (std::size_t j = 0; j < entry.writes.size(); ++j) {
            const merge::Write& other = entry.writes[j];
            const bool counts = other.operation->kind == log::OperationKind::set &&
                                other.operation->field == field.number &&
                                entry.merged.effects[j].verdict == merge::Verdict::effective;
            if (counts && field.shown[i] != j) expect(!surely_saw(other, one), "what was replaced is shown");
          }
        }
      }
    }
  }

  void waiting_has_no_influence() {
    Changes present = changes_;
    const std::vector<log::Head> waiting = reference_->causality().waiting();
    std::erase_if(present, [&](const log::Change& change) {
      return std::find(waiting.begin(), waiting.end(), log::Head{change.log, change.number, change.chain}) !=
             waiting.end();
    });
    const auto without = merged(history_.world, present, records_, example_schema().newest);
    expect(without->digest_bytes() == reference_->digest_bytes(), "a waiting change had influence");
  }

  // Remove somebody, re-admit all that this set aside: as if nothing had happened.
  void readmission_restores() {
    const roster::Standing& standing = reference_->roster().standing();
    const log::Causality& causality = reference_->causality();
    std::vector<log::Place> places;
    for (std::uint32_t lane = 0; lane < causality.lane_count(); ++lane) {
      if (!standing.people.contains(causality.author_of(lane)) || !causality.lane_is_alone(lane)) continue;
      const std::uint32_t end = end_of(lane);
      for (std::uint32_t number = 1; number <= end; ++number) places.push_back({lane, number});
    }
    if (places.empty()) return;
    const DeviceKey key = causality.author_of(history_.world.random.pick(places).lane);
    std::erase_if(places, [&](log::Place place) { return causality.author_of(place.lane) != key; });
    for (std::uint32_t lane = 0; lane < causality.lane_count(); ++lane) {
      if (causality.author_of(lane) == key && !causality.lane_is_alone(lane)) return;
    }
    Records records = records_;
    const auto sign = [&](roster::Body body) {
      const RosterHash previous = records.size() == records_.size() ? reference_->roster().tip() : records.back().hash;
      roster::Record record{history_.world.random.id<RosterHash>(), previous, standing.epoch, standing.keeper.signing,
                            std::move(body)};
      records.push_back(std::move(record));
    };
    sign(roster::Remove{key, {}, std::nullopt});
    for (const log::Place place : places) {
      const roster::Right right = reference_->view().right(place);
      if (right.role == kNoRole) continue;
      const log::Head head = causality.head_of(place);
      sign(roster::Readmit{head.log, head.number, head.number, head.chain, right.role});
    }
    const auto after = merged(history_.world, changes_, records, example_schema().newest);
    expect(writes_in_effect(*after) == writes_in_effect(*reference_), "re-admission did not restore");
  }

  std::uint32_t end_of(std::uint32_t lane) const {
    std::uint32_t end = 0;
    for (const log::Head& head : reference_->causality().frontier()) {
      if (head.log == reference_->causality().log_of(lane)) end = std::max(end, head.number);
    }
    return end;
  }

  void snapshot_is_the_graph() {
    const log::Causality& graph = reference_->causality();
    std::vector<RosterHash> rosters;
    for (const roster::Record* record : reference_->roster().records()) rosters.push_back(record->hash);
    history_.world.random.shuffle(rosters);
    const auto again = log::Causality::restore(graph.snapshot(), rosters, reference_->roster().losses());
    if (!again) return expect(false, "a snapshot cannot be opened");
    expect(again->snapshot() == graph.snapshot(), "a snapshot of a snapshot is another");
    expect(again->frontier() == graph.frontier(), "a snapshot has another frontier");
    for (std::uint32_t lane = 0; lane < graph.lane_count(); ++lane) {
      for (const log::Head& head : graph.frontier()) {
        const log::Place place = *graph.find(head.log, head.number, head.chain);
        expect(again->held_up_to(place, lane) == graph.held_up_to(place, lane), "a snapshot remembers another history");
        expect(again->is_unclear(place, lane) == graph.is_unclear(place, lane),
               "a snapshot is unclear about other logs");
        expect(again->name_of(place) == graph.name_of(place), "a snapshot names changes otherwise");
      }
    }
  }

  void tally() {
    static const std::map<Life, const char*> lives{
        {Life::none, "records without effect"}, {Life::held, "records held"},       {Life::live, "records live"},
        {Life::contested, "records contested"}, {Life::deleted, "records deleted"}, {Life::erased, "records erased"}};
    static const std::map<merge::Verdict, const char*> verdicts{
        {merge::Verdict::effective, "writes effective"},
        {merge::Verdict::quarantined, "writes quarantined"},
        {merge::Verdict::role, "writes set aside: role"},
        {merge::Verdict::unknown, "writes set aside: unknown"},
        {merge::Verdict::malformed, "writes set aside: malformed"}};
    static const std::map<roster::Quarantine, const char*> reasons{
        {roster::Quarantine::not_granted, "changes not granted"},
        {roster::Quarantine::removed, "changes removed"},
        {roster::Quarantine::lost, "changes lost"},
        {roster::Quarantine::fork, "changes beyond a fork"}};
    const log::Causality& causality = reference_->causality();
    counts_["changes"] += changes_.size();
    counts_["changes waiting"] += causality.waiting().size();
    counts_["logs seen by guess"] += guesses_.size();
    counts_["void erasures"] += reference_->roster().void_erasures().size();
    counts_["alarms"] += reference_->roster().alarms().size();
    for (const LogId& log : causality.logs()) counts_["forked logs"] += causality.is_forked(log);
    for (const auto& [place, why] : reference_->quarantine()) ++counts_[reasons.at(why)];
    each_write(
        [&](const auto&, const merge::Write&, const merge::Effect& effect) { ++counts_[verdicts.at(effect.verdict)]; });
    for (const auto& [record, entry] : reference_->records()) {
      ++counts_[lives.at(entry.merged.life)];
      for (const merge::MergedField& field : entry.merged.fields) counts_["asked"] += field.ask;
      for (const merge::Payload payload : entry.merged.payloads) {
        counts_["payloads hidden"] += payload == merge::Payload::hidden;
        counts_["payloads erased"] += payload == merge::Payload::erased;
      }
    }
    for (const log::LaneSnapshot& lane : causality.snapshot()) {
      for (const auto& cited : lane.cited) counts_["cited heads that are lost"] += !causality.is_delivered(cited.head);
    }
    for (const LogId& log : causality.logs()) {
      for (const log::Head& head : causality.frontier()) {
        const auto place = causality.find(head.log, head.number, head.chain);
        counts_["logs unclear to an author"] += causality.is_unclear(*place, log);
      }
    }
  }

  RandomHistory& history_;
  const Changes changes_;
  const Records records_;
  const std::unique_ptr<MergedSpace> reference_;
  std::set<LogId> guesses_;
  std::vector<std::string> faults_;
  std::map<std::string, std::size_t> counts_;
};

}  // namespace

Outcome run_seed(std::uint64_t seed) {
  RandomHistory history(seed);
  return Check(history).run();
}

}  // namespace plenary::contract
