// Writing: one transaction on a space.
#include <algorithm>

#include "core/store/space_store.h"

namespace plenary::store {
namespace {

// The payloads of a change that are here.
void add_present(const log::Change& change, std::vector<log::PayloadName>& present) {
  const auto records = log::payload_records(change);
  for (std::uint32_t index = 0; index < records.size(); ++index) {
    if (!std::ranges::binary_search(change.payload_missing, records[index])) present.push_back({change.number, index});
  }
}

// Whether seeds alone say everything: true of all logs of which nothing was ever erased.
bool seeds_suffice(const log::LogSecrets& here, const log::LogSecrets& brought) {
  if (!here.blinders.empty() || !here.erased.empty() || !brought.blinders.empty() || !brought.erased.empty()) {
    return false;
  }
  return std::ranges::all_of(brought.seeds, [&](const auto& seed) {
    const auto known = here.seeds.find(seed.first);
    return known == here.seeds.end() || known->second == seed.second;
  });
}

// So many changes are merged at a time, so that a large arrival needs little memory.
constexpr std::size_t kMergedAtOnce = 4096;
// After so many changes the causal graph is written as rows again, so that opening reads few changes.
constexpr std::size_t kKeepLanesAfter = 4096;

}  // namespace

SpaceStore::Writing::Writing(SpaceStore& store) : store_(store), transaction_(*store.database_) {}

SpaceStore::Writing::~Writing() {
  if (committed_ || !touched_) return;
  // What is in memory must be what is in the file. The transaction is rolled back first.
  { const sqlite::Transaction ended = std::move(transaction_); }
  store_.stale_ = true;
}

void SpaceStore::Writing::set_digest_key(const DigestKey& key) {
  if (store_.digest_key_ == key) return;
  touched_ = true;
  store_.digest_key_ = key.duplicate();
  set("digest key", key.span());
  reshaped_ |= store_.causality().size() > 0;
}

roster::Admission SpaceStore::Writing::add_record(const roster::VerifiedRecord& record) {
  State& state = *store_.state_;
  // Not shown to the roster either, which would take it in once its predecessor is here, when its bytes are gone.
  const RosterHash& previous = record.record().previous;
  if (!previous.is_zero() && state.roster.find(previous) == nullptr) return roster::Admission::waiting;
  if (!roster_before_ && !state.roster.empty()) {
    roster_before_ = RosterBefore{state.roster.standing(), state.roster.unsettled()};
  }
  touched_ = true;
  std::vector<const roster::Record*> admitted;
  const roster::Admission admission = state.roster.add(record.record(), &admitted);
  if (admission != roster::Admission::admitted) return admission;
  roster_changed_ = true;
  store_.insert_record_.run(transaction_, record.record().hash, roster::encode_signed_record(record.signed_record()));
  store_.roster_hashes_.push_back(record.record().hash);
  for (const roster::Record* valid : admitted) {
    deliver(state.causality.learn_roster(valid->hash), nullptr);
    if (const auto* lost = std::get_if<roster::Lost>(&valid->body)) {
      deliver(state.causality.declare_lost({lost->log, lost->number, lost->chain}), nullptr);
    }
  }
  return admission;
}

std::uint32_t SpaceStore::Writing::begin_log(const log::LogDescriptor& descriptor) {
  touched_ = true;
  const LogId log = log::log_id(store_.space_, descriptor);
  store_.state_->causality.learn_author(log, descriptor.author);
  return store_.log_table_.add_strand(transaction_, descriptor, log, std::nullopt);
}

log::Change SpaceStore::Writing::append(std::uint32_t number, std::vector<log::Operation> operations,
                                        std::int64_t time_ms, Environment& environment) {
  touched_ = true;
  State& state = *store_.state_;
  const Strand& strand = store_.log_table_.strand(number);
  std::optional<log::Place> last;
  if (strand.last.number > 0) last = state.causality.find(strand.log, strand.last.number, strand.last.chain);
  log::Change change;
  change.log = strand.log;
  change.seen = state.causality.unseen_heads(strand.log, last);
  change.roster = state.roster.tip();
  change.time_ms = time_ms;
  change.schema = store_.version();
  change.operations = std::move(operations);
  // Of the secrets only what concerns this change: there are more of them with every day that is recorded.
  const std::uint32_t next = strand.last.number + 1;
  const log::LogSecrets before = store_.log_table_.secrets_for(number, next, next);
  log::LogSecrets secrets = before;
  if (next == 1) secrets.chain_key = log::make_chain_key(environment);
  const auto encoded = log::append_change(store_.space_, strand.last, change, secrets, environment);
  store_.log_table_.append(transaction_, number, change, encoded);
  if (secrets != before) store_.log_table_.add_secrets(transaction_, number, secrets, log::blinder_run(next));
  const Fresh fresh{{number, change.number}, std::make_shared<const log::Change>(change)};
  deliver(state.causality.add(change), &fresh);
  return change;
}

Result<TakenRun> SpaceStore::Writing::take_in(const log::Envelope& envelope, ByteSpan content) {
  touched_ = true;
  LogTable& table = store_.log_table_;
  const log::SignedHead head = envelope.head();
  TakenRun taken;
  if (table.find(head.head)) {
    taken.changes_known = envelope.count();
    return taken;
  }
  std::vector<StrandPlace> befores;
  if (envelope.first == 1) {
    befores.push_back({});
  } else {
    for (const std::uint32_t number : table.strands_of(head.head.log)) {
      const Strand& strand = table.strand(number);
      const bool covers = envelope.first > strand.first && envelope.first - 1 <= strand.last.number;
      if (covers) befores.push_back({number, envelope.first - 1});
    }
  }
  Error error{ErrorCode::not_delivered,
              "Changes before number " + std::to_string(envelope.first) + " of a log are not here yet."};
  for (const StrandPlace& before : befores) {
    auto run = log::unpack_changes(content, envelope, table.state(before));
    if (!run) {
      error = run.error();
      continue;
    }
    const std::uint32_t strand = place_run(envelope, *run, before, taken);
    table.add_head(transaction_, strand, head);
    return taken;
  }
  return tl::make_unexpected(std::move(error));
}

std::uint32_t SpaceStore::Writing::place_run(const log::Envelope& envelope, log::RunOfChanges& run, StrandPlace before,
                                             TakenRun& taken) {
  LogTable& table = store_.log_table_;
  const LogId log = envelope.log_id();
  if (!table.first_strand_of(log)) store_.state_->causality.learn_author(log, envelope.log.author);
  std::optional<StrandPlace> at;
  if (before.number > 0) at = before;
  std::vector<Extended> extended;
  for (std::size_t i = 0; i < run.changes.size(); ++i) {
    log::Change& change = run.changes[i];
    const bool is_next = at && table.only_strand_of(log) && at->number == table.strand(at->strand).last.number;
    if (!is_next) {
      if (const auto known = table.find({log, change.number, change.chain})) {
        at = known;
        ++taken.changes_known;
        continue;
      }
    }
    const bool branches = !at || at->number != table.strand(at->strand).last.number;
    if (branches) at = StrandPlace{table.add_strand(transaction_, envelope.log, log, at), change.number - 1};
    if (extended.empty() || extended.back().strand != at->strand) extended.push_back({at->strand, change.number, i});
    extended.back().count = i + 1 - extended.back().index;
    table.append(transaction_, at->strand, change, run.encoded[i]);
    ++at->number;
    ++taken.changes_new;
  }
  for (const Extended& part : extended) take_secrets(part, run);
  for (const Extended& part : extended) {
    for (std::size_t i = 0; i < part.count; ++i) {
      const Fresh fresh{{part.strand, part.first + static_cast<std::uint32_t>(i)},
                        std::make_shared<const log::Change>(std::move(run.changes[part.index + i]))};
      deliver(store_.state_->causality.add(*fresh.change), &fresh);
    }
  }
  return at->strand;
}

// What the segment brought for the changes that were new in a strand.
void SpaceStore::Writing::take_secrets(const Extended& part, const log::RunOfChanges& run) {
  log::LogSecrets secrets = store_.log_table_.strand(part.strand).secrets;
  std::vector<log::PayloadName> present;
  if (!seeds_suffice(secrets, run.secrets)) {
    for (std::size_t i = 0; i < part.count; ++i) add_present(run.changes[part.index + i], present);
  }
  for (const auto& [number, seed] : run.secrets.seeds) {
    // Whoever holds the segment that brought it could test guesses against what was erased.
    if (!secrets.may_pass_on_seed(number)) store_.log_table_.make_due(transaction_, {part.strand, number});
  }
  secrets.take_in(run.secrets, part.first, present);
  store_.log_table_.keep_secrets(transaction_, part.strand, std::move(secrets), log::blinder_run(part.first));
}

void SpaceStore::Writing::deliver(const log::Delivery& delivery, const Fresh* fresh) {
  reshaped_ |= delivery.reshaped;
  if (fresh != nullptr) ++store_.unkept_changes_;
  if (reshaped_) return;  // all is merged anew at the end
  for (const log::Place& place : delivery.places) {
    const bool is_fresh = fresh != nullptr && store_.causality().chain_of(place) == fresh->change->chain;
    store_.merger_.take(transaction_, place, is_fresh ? std::optional(fresh->at) : std::nullopt,
                        is_fresh ? fresh->change : nullptr);
  }
  // A change at which the roster ends a cut or a stretch decides about its log's earlier ones.
  for (const LogId& log : store_.view().logs_decided_by(delivery.places)) store_.merger_.touch_log(transaction_, log);
  // While the roster changes in the same transaction, what is merged now might have to be merged again.
  if (store_.merger_.pending() >= kMergedAtOnce && !roster_changed_) store_.merger_.flush(transaction_);
}

void SpaceStore::Writing::settle_roster() {
  const State& state = *store_.state_;
  if (!roster_changed_ || !roster_before_ || reshaped_) return;
  const auto impact = merge::impact(state.causality, state.roster, roster_before_->standing, roster_before_->unsettled,
                                    state.roster.standing(), state.roster.unsettled());
  for (const LogId& log : impact.logs) store_.merger_.touch_log(transaction_, log);
  for (const log::RecordName& record : impact.records) store_.merger_.touch(transaction_, record);
}

void SpaceStore::Writing::commit() {
  if (touched_) {
    settle_roster();
    if (reshaped_) {
      store_.rebuild(transaction_);
    } else {
      store_.merger_.flush(transaction_);
    }
    for (const std::uint32_t type : store_.merger_.take_erased_types()) {
      store_.tables_.scrub_search(transaction_, type);
      erased_ = true;
    }
    erase_waiting();
    if (erased_) set("scrub", ByteSpan{});
    if (store_.unkept_changes_ >= kKeepLanesAfter) store_.keep_lanes(transaction_);
    if (store_.kept_sum_ != store_.merger_.sum) set("sum", store_.merger_.sum.value().span());
  }
  transaction_.commit();
  store_.kept_sum_ = store_.merger_.sum;
  committed_ = true;
  if (erased_) store_.scrub();
}

// Does the erasure concern what the change types into the record? The change is not delivered, so its own creations are
// recognised by its chain value, and other records only where their creation is here.
static bool concerns(const roster::Erase& erasure, const log::Change& change, const log::RecordName& record,
                     const log::Causality& causality) {
  const auto names_change = [&](const log::Head& head) { return head.chain == change.chain; };
  if (!erasure.changes.empty() && std::ranges::none_of(erasure.changes, names_change)) return false;
  const auto* own = std::get_if<log::WriteName>(&record.origin);
  const auto* erased = std::get_if<log::WriteName>(&erasure.record.origin);
  if (own && erased && own->change.log == change.log && own->change.number == change.number) {
    const bool same_branch = erased->change.branch == 0 || erased->change.branch == log::branch_of(change.chain);
    return same_branch && erasure.record.type == record.type && erased->change.log == change.log &&
           erased->change.number == change.number && erased->index == own->index;
  }
  return causality.canonical(erasure.record) == causality.canonical(record);
}

// An erasure holds for changes that wait for something, too.
void SpaceStore::Writing::erase_waiting() {
  const State& state = *store_.state_;
  if (state.roster.empty() || state.roster.standing().erasures.empty()) return;
  for (const log::Head& head : state.causality.waiting()) {
    const auto at = store_.log_table_.find(head);
    if (!at) continue;
    const SharedChange change = store_.log_table_.read(*at);
    for (const log::RecordName& record : log::payload_records(*change)) {
      const auto is_named = [&](const roster::Record* erasure) {
        return concerns(std::get<roster::Erase>(erasure->body), *change, record, state.causality);
      };
      if (std::ranges::none_of(state.roster.standing().erasures, is_named)) continue;
      erased_ |= store_.log_table_.erase(transaction_, store_.space_, *at, record);
    }
  }
}

}  // namespace plenary::store
