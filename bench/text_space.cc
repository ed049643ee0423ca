#include "bench/text_space.h"

#include <algorithm>
#include <deque>
#include <stdexcept>

namespace plenary::bench {
namespace {

using merge::TextPlace;

constexpr std::uint32_t kType = 1, kField = 1;
constexpr Role kWriter = 1;
// The traces do not tell when a key was pressed: a person who types presses one about every 200 ms.
constexpr std::int64_t kKeystrokeMs = 200;
constexpr std::int64_t kBegin = 1'770'000'000'000;

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

merge::Schema one_text() {
  merge::Field field{kField, "body", merge::Policy::text, merge::ValueKind::text};
  field.max_bytes = 1 << 20;
  merge::RecordType type{kType, "note", 1, {{1, {kWriter}}}, {{kField, field}}};
  return {"bench", 1, {{kType, type}}, {{kWriter, "writer"}}};
}

// So many bytes of one value: an id that is nothing but different from others.
template <class Id>
Id plain_id(int value) {
  Id id;
  id.bytes.fill(static_cast<std::byte>(value));
  return id;
}

// From changes, causes first, to a document: names of writes become places in the list of insertions.
class OperationReader {
 public:
  void take(log::Change change) {
    std::vector<std::uint32_t>& first_insertion = logs_[change.log];
    first_insertion.resize(change.number);
    first_insertion.back() = static_cast<std::uint32_t>(insertions_.size());
    for (std::uint32_t index = 0; index < change.operations.size(); ++index) take_operation(change, index);
  }

  merge::TextDocument document() const {
    const auto ranks_before = [this](std::uint32_t a, std::uint32_t b) { return ranks_[a] < ranks_[b]; };
    return merge::TextDocument(insertions_, place_text(insertions_, struck_, ranks_before));
  }

 private:
  void take_operation(log::Change& change, std::uint32_t index) {
    log::Operation& operation = change.operations[index];
    if (operation.kind == log::OperationKind::insert) {
      insertions_.push_back({{operation.length, place(operation.left), place(operation.right)}});
      insertions_.back().text = texts_.emplace_back(std::move(*operation.value));
      ranks_.emplace_back(change.log, change.number, index);
    }
    for (const log::StrikeRange& range : operation.ranges)
      struck_.push_back({site(range.insertion), range.first, range.count});
  }
  std::uint32_t site(const log::WriteName& name) const {
    return logs_.at(name.change.log).at(name.change.number - 1) + name.index;
  }
  TextPlace place(const std::optional<log::Anchor>& anchor) const {
    return anchor ? TextPlace{site(anchor->insertion), anchor->offset} : TextPlace{};
  }

  // The first insertion of each change of a log; a change's insertions come first among its operations.
  std::map<LogId, std::vector<std::uint32_t>> logs_;
  std::deque<std::string> texts_;
  std::vector<merge::TextInsertion> insertions_;
  std::vector<merge::TextRun> struck_;
  std::vector<std::tuple<LogId, std::uint32_t, std::uint32_t>> ranks_;
};

}  // namespace

void SeededEnvironment::random(std::span<std::byte> out) {
  for (std::byte& byte : out) {
    // SplitMix64 (Steele, Lea, Flood).
    std::uint64_t mixed = state_ += 0x9E3779B97F4A7C15;
    mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EB;
    byte = static_cast<std::byte>(mixed ^ mixed >> 31);
  }
}

TextSpace::TextSpace(std::uint32_t agents) : space_(plain_id<SpaceId>(7)), schema_(one_text()) {
  seal::SpaceKey key = seal::make_space_key(environment_);
  current_key_ = seal::key_id(key);
  keys_.add(std::move(key));
  for (std::uint32_t agent = 0; agent < agents; ++agent) {
    crypto::SigningKey signing = crypto::SigningKey::generate(environment_);
    const log::LogDescriptor descriptor = log::make_log(signing.public_key(), environment_);
    roster::Record record{plain_id<RosterHash>(static_cast<int>(agent) + 1)};
    record.signer = agent == 0 ? signing.public_key() : authors_.front().key.public_key();
    const roster::DeviceIdentity device{signing.public_key(), {}};
    const auto person = plain_id<PersonId>(static_cast<int>(agent) + 1);
    if (agent == 0) {
      roster::Found found{0, device, person, kWriter};
      record.body = std::move(found);
    } else {
      record.previous = roster_.back().hash;
      record.body = roster::Grant{device, person, kWriter};
    }
    roster_.push_back(std::move(record));
    authors_.push_back({std::move(signing), descriptor, log::log_id(space_, descriptor)});
    authors_.back().secrets.chain_key = log::make_chain_key(environment_);
  }
}

// ---- writing

const log::Change& TextSpace::append(std::uint32_t agent, log::Change change) {
  Author& author = authors_[agent];
  change.log = author.log;
  change.roster = roster_.back().hash;
  log::EncodedChange bytes = log::append_change(space_, author.state, change, author.secrets, environment_);
  author.state = log::state_after(change);
  kept_.push_back({agent, change.chain, std::move(bytes)});
  return author.changes.emplace_back(std::move(change));
}

void TextSpace::begin_record() {
  record_ = {kType, log::WriteName{{authors_.front().log, 1, 0}, 0}};
  log::Change change;
  change.time_ms = kBegin;
  change.operations.push_back({log::OperationKind::create, record_});
  append(0, std::move(change));
}

log::WriteName TextSpace::name_of(std::uint32_t insertion) const {
  return insertions_.at(insertion);
}

log::Operation TextSpace::insertion(const merge::NewInsertion& made) const {
  const auto anchor = [&](TextPlace place) {
    return place.is_edge() ? std::optional<log::Anchor>() : log::Anchor{name_of(place.insertion), place.offset};
  };
  log::Operation operation{log::OperationKind::insert, record_, kField, made.text, made.origin.length};
  operation.left = anchor(made.origin.left);
  operation.right = anchor(made.origin.right);
  return operation;
}

log::Operation TextSpace::strike(const std::vector<merge::TextRun>& struck) const {
  log::Operation operation{log::OperationKind::strike, record_, kField};
  for (const merge::TextRun& run : struck) operation.ranges.push_back({name_of(run.insertion), run.first, run.count});
  return operation;
}

std::vector<log::Change> TextSpace::write(const TextHistory& history) {
  for (Author& author : authors_) {
    author.state = {};
    author.changes.clear();
  }
  insertions_.clear();
  kept_.clear();
  begin_record();
  std::vector<log::Change> written{authors_.front().changes.front()};
  std::vector<std::vector<std::uint32_t>> cited(authors_.size(), std::vector<std::uint32_t>(authors_.size()));
  std::int64_t keystrokes = 0;
  for (const TextChange& entry : history.changes) {
    Author& author = authors_[entry.agent];
    log::Change change;
    for (std::uint32_t other = 0; other < authors_.size(); ++other) {
      // The first log begins with the change that made the record.
      const std::uint32_t seen = entry.seen[other] + (other == 0 ? 1 : 0);
      if (other == entry.agent || seen == cited[entry.agent][other]) continue;
      cited[entry.agent][other] = seen;
      const log::Change& head = authors_[other].changes.at(seen - 1);
      change.seen.push_back({head.log, head.number, head.chain});
    }
    std::sort(change.seen.begin(), change.seen.end());
    const auto number = static_cast<std::uint32_t>(author.changes.size()) + 1;
    for (const merge::NewInsertion& made : entry.edit.insertions) {
      insertions_.push_back({{author.log, number, 0}, static_cast<std::uint32_t>(change.operations.size())});
      change.operations.push_back(insertion(made));
      keystrokes += made.origin.length;
    }
    if (!entry.edit.struck.empty()) change.operations.push_back(strike(entry.edit.struck));
    for (const merge::TextRun& run : entry.edit.struck) keystrokes += run.count;
    change.time_ms = kBegin + keystrokes * kKeystrokeMs;
    written.push_back(append(entry.agent, std::move(change)));
  }
  return written;
}

// ---- loading

merge::TextDocument TextSpace::load() const {
  std::vector<log::ChainState> states(authors_.size());
  OperationReader reader;
  std::vector<std::optional<ByteSpan>> payloads;
  for (const Kept& kept : kept_) {
    payloads.assign(kept.bytes.payloads.size(), std::nullopt);
    for (std::size_t i = 0; i < payloads.size(); ++i) payloads[i] = *kept.bytes.payloads[i].bytes;
    log::ChainState& state = states[kept.agent];
    log::Change change = value_or_throw(log::decode_change(authors_[kept.agent].log, state, kept.chain,
                                                           kept.bytes.header, kept.bytes.skeleton, payloads));
    state = log::state_after(change);
    reader.take(std::move(change));
  }
  return reader.document();
}

// ---- sealing

std::vector<Bytes> TextSpace::seal() {
  std::vector<Bytes> segments;
  for (Author& author : authors_) {
    const Bytes content = log::pack_changes({}, author.changes, author.secrets);
    log::Envelope envelope;
    envelope.space = space_;
    envelope.log = author.descriptor;
    envelope.last = author.state.number;
    envelope.chain = author.state.chain;
    envelope.signature =
        log::sign_head(space_, {author.log, author.state.number, author.state.chain}, author.key).signature;
    const seal::SpaceKey& key = *keys_.find(current_key_);
    segments.push_back(log::encode_segment(seal::seal_segment(key, envelope, content, environment_)));
  }
  return segments;
}

std::vector<log::Change> TextSpace::open(const std::vector<Bytes>& segments) const {
  std::vector<log::Change> changes;
  for (const Bytes& bytes : segments) {
    const auto segment = value_or_throw(log::view_segment(bytes));
    if (!log::verify_envelope(segment.envelope)) throw std::runtime_error("a head is not signed by its author");
    const Bytes content = value_or_throw(seal::open_segment(keys_, segment.envelope, segment.sealed));
    log::RunOfChanges run = value_or_throw(log::unpack_changes(content, segment.envelope, {}));
    changes.insert(changes.end(), std::make_move_iterator(run.changes.begin()),
                   std::make_move_iterator(run.changes.end()));
  }
  return changes;
}

std::string TextSpace::merge(const std::vector<log::Change>& changes) const {
  merge::MergedSpace space(schema_, 1);
  for (const Author& author : authors_) space.learn_author(author.log, author.key.public_key());
  for (const roster::Record& record : roster_) space.add(record);
  for (const log::Change& change : changes) space.add(change);
  const auto found = space.records().find(record_);
  if (found == space.records().end()) throw std::runtime_error("the record was not merged");
  const merge::MergedField* field = found->second.merged.field(kField);
  if (!field || !field->text) throw std::runtime_error("the text was not merged");
  return field->text->placed.shown;
}

}  // namespace plenary::bench
