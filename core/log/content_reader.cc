#include <map>

#include "core/log/content.h"
#include "core/log/content_layout.h"
#include "core/log/header.h"
#include "core/log/payloads.h"

namespace plenary::log {
namespace {

// Reads one change's shape beside the columns of all.
class ColumnSource {
 public:
  void read_columns(ByteReader& reader) {
    for (std::size_t i = 1; i < kColumnCount; ++i) columns_[i] = ColumnReader::read(reader, kMaxSegmentOperations);
  }
  void begin_change(ByteSpan shape) { shape_ = ByteReader(shape); }

  std::uint64_t number(Column column, std::uint64_t max) {
    if (column == Column::shape) return shape_.bounded(max);
    ColumnReader& numbers = columns_[static_cast<std::size_t>(column)];
    const std::uint64_t value = anchors_.read(column, numbers.next());
    if (!numbers.exhausted() && value <= max) return value;
    invalidate();
    return 0;
  }
  ByteSpan raw(std::size_t count) { return shape_.raw(count); }
  std::uint32_t length() {
    anchors_.begin_insertion();
    return static_cast<std::uint32_t>(number(Column::length, UINT32_MAX));
  }
  bool spend(std::size_t count) {
    exceeded_ = exceeded_ || count > left_;
    left_ -= std::min(count, left_);
    return !exceeded_;
  }
  std::size_t shape_remaining() const { return shape_.remaining(); }
  bool ok() const { return shape_.ok(); }
  bool finished() const { return shape_.finished(); }
  bool exceeded() const { return exceeded_; }
  void invalidate() { shape_.invalidate(); }

 private:
  ByteReader shape_{ByteSpan{}};
  content::AnchorDifference anchors_;
  std::array<ColumnReader, kColumnCount> columns_;
  std::size_t left_ = kMaxSegmentOperations;
  bool exceeded_ = false;
};

class Unpacker {
 public:
  Unpacker(ByteReader& columns, ByteReader& texts, const Envelope& envelope, const ChainState& before)
      : columns_(columns), texts_(texts), envelope_(envelope), log_(envelope.log_id()), state_(before) {}

  // False when the bytes are no contents of this envelope; `limit_exceeded` tells whether they were too much.
  bool read() {
    run_.secrets.chain_key = columns_.id<ChainKey>();
    const bool done = read_changes() && read_missing() && read_blinders() && read_values();
    return done && columns_.finished() && texts_.finished();
  }
  bool limit_exceeded() const { return source_.exceeded() || budget_.exceeded; }
  RunOfChanges take() && { return std::move(run_); }

 private:
  bool read_changes() {
    const std::vector<ByteSpan> shapes = read_shapes();
    ColumnReader places = ColumnReader::read(columns_, envelope_.count());
    ColumnReader times = ColumnReader::read(columns_, envelope_.count());
    ByteReader extras(columns_.blob(kMaxSegmentPlaintext));
    source_.read_columns(columns_);
    run_.changes.reserve(std::min<std::size_t>(places.remaining(), kMaxSegmentChanges));
    for (std::uint32_t i = 0; i < envelope_.count(); ++i) {
      const std::uint64_t place = places.next();
      const std::int64_t time = from_zigzag(times.next());
      if (!columns_.ok() || places.exhausted() || times.exhausted() || place >= shapes.size()) return false;
      if (!read_change(shapes[place], time, extras)) return false;
    }
    return extras.finished();
  }

  std::vector<ByteSpan> read_shapes() {
    const auto count = static_cast<std::size_t>(columns_.bounded(kMaxSegmentChanges));
    std::vector<ByteSpan> shapes;
    for (std::size_t i = 0; i < count && columns_.ok(); ++i) shapes.push_back(columns_.blob(kMaxSkeletonBytes));
    return shapes;
  }

  bool read_change(ByteSpan shape, std::int64_t time, ByteReader& extras) {
    Change& change = run_.changes.emplace_back();
    change.log = log_;
    change.number = state_.number + 1;
    change.time_ms = header::time_after(state_, time);
    source_.begin_change(shape);
    const std::uint64_t flags = source_.number(Column::shape, UINT32_MAX);
    header::read_extras(extras, flags, state_, change);
    if (!extras.ok() || !source_.ok()) return false;
    change.operations = SkeletonReader<ColumnSource>(source_, log_, change.number).read();
    state_ = state_after(change);
    return source_.finished();
  }

  bool read_missing() {
    ColumnReader places = ColumnReader::read(columns_, kMaxSegmentOperations);
    missing_.resize(places.remaining());
    for (std::uint64_t& place : missing_) place = places.next();
    for (const Change& change : run_.changes) indexes_.push_back(payloads::index_of(change));
    std::size_t next_missing = 0;
    std::uint64_t place = 0;
    for (std::size_t i = 0; i < run_.changes.size(); ++i) {
      Change& change = run_.changes[i];
      for (std::uint32_t k = 0; k < indexes_[i].records.size(); ++k, ++place) {
        if (next_missing == missing_.size() || missing_[next_missing] != place) continue;
        change.payload_missing.push_back(indexes_[i].records[k]);
        run_.secrets.erased[{change.number, k}] = columns_.id<PayloadHash>();
        ++next_missing;
      }
      std::sort(change.payload_missing.begin(), change.payload_missing.end());
    }
    return columns_.ok() && next_missing == missing_.size();
  }

  bool read_blinders() {
    std::size_t i = 0;
    for (std::uint32_t run = blinder_run(envelope_.first); run <= blinder_run(envelope_.last); ++run) {
      const std::uint8_t form = columns_.u8();
      if (!columns_.ok() || form > content::kBySeed) return false;
      if (form == content::kBySeed) run_.secrets.seeds[run] = columns_.id<BlinderSeed>();
      for (; i < run_.changes.size() && blinder_run(run_.changes[i].number) == run; ++i) {
        for (std::uint32_t k = 0; form == content::kEach && k < indexes_[i].records.size(); ++k) {
          const PayloadName name{run_.changes[i].number, k};
          if (!run_.secrets.erased.contains(name)) run_.secrets.blinders[name] = columns_.id<Blinder>();
        }
      }
    }
    return columns_.ok();
  }

  bool read_values() {
    std::map<GroupKey, std::vector<ValuePlace>> groups;
    for (std::size_t i = 0; i < run_.changes.size(); ++i) {
      Change& change = run_.changes[i];
      const auto& missing = change.payload_missing;
      for (std::size_t k = 0; k < change.operations.size(); ++k) {
        Operation& operation = change.operations[k];
        if (indexes_[i].of_operation[k] == payloads::kNone) continue;
        if (!missing.empty() && std::binary_search(missing.begin(), missing.end(), operation.record)) continue;
        groups[{operation.record.type, operation.field, operation.kind}].push_back({&operation.value, change.time_ms});
      }
    }
    for (const auto& [key, places] : groups) {
      read_group(columns_, texts_, places, budget_);
      if (!columns_.ok()) return false;
    }
    for (Change& change : run_.changes) {
      for (Operation& operation : change.operations) {
        if (operation.kind == OperationKind::insert) operation.length += content::count_characters(operation.value);
      }
    }
    return true;
  }

  ByteReader& columns_;
  ByteReader& texts_;
  const Envelope& envelope_;
  const LogId log_;
  ChainState state_;
  ColumnSource source_;
  RunOfChanges run_;
  std::vector<payloads::Index> indexes_;
  std::vector<std::uint64_t> missing_;
  ValueBudget budget_{kMaxSegmentValueBytes, false};
};

tl::unexpected<Error> not_delivered(const Envelope& envelope) {
  return fail(ErrorCode::not_delivered, "the contents of changes " + std::to_string(envelope.first) + " to " +
                                            std::to_string(envelope.last) + " of log " +
                                            envelope.log_id().hex().substr(0, 8) +
                                            " are not what their author signed; another copy may have them");
}

// Fills in the chain values. False when the last one is not the head's, or a secret is lacking.
bool links_to_head(RunOfChanges& run, const Envelope& envelope, ChainState state) {
  for (Change& change : run.changes) {
    run.encoded.push_back(encode_change(change, state));
    const auto chain = chain_of(envelope.space, state, change, run.encoded.back(), run.secrets);
    if (!chain) return false;
    change.previous = state.chain;
    change.chain = *chain;
    state = state_after(change);
  }
  return state.chain == envelope.chain;
}

}  // namespace

Result<RunOfChanges> unpack_changes(ByteSpan content, const Envelope& envelope, const ChainState& before) {
  CHECK(before.number + 1 == envelope.first);
  ByteReader texts(content);
  const std::uint8_t layout = texts.u8();
  ByteReader columns(texts.blob(kMaxSegmentPlaintext));
  if (!texts.ok() || layout != content::kLayout || envelope.count() > kMaxSegmentChanges) {
    return not_delivered(envelope);
  }
  Unpacker unpacker(columns, texts, envelope, before);
  const bool read = unpacker.read();
  if (unpacker.limit_exceeded()) {
    return fail(ErrorCode::limit_exceeded, "a segment's contents are larger than a segment may be");
  }
  if (!read) return not_delivered(envelope);
  RunOfChanges run = std::move(unpacker).take();
  if (!links_to_head(run, envelope, before)) return not_delivered(envelope);
  return run;
}

}  // namespace plenary::log
