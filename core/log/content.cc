#include "core/log/content.h"

#include <map>
#include <unordered_map>

#include "core/log/content_layout.h"
#include "core/log/header.h"
#include "core/log/payloads.h"

namespace plenary::log {
namespace {

// Gathers the shape of one change, and sorts its numbers into columns.
class ColumnSink {
 public:
  void begin_change(std::uint64_t flags) {
    shape_ = ByteWriter();
    shape_.varint(flags);
  }
  void number(Column column, std::uint64_t value) {
    if (column == Column::shape) return shape_.varint(value);
    columns_[static_cast<std::size_t>(column)].add(anchors_.write(column, value));
  }
  void raw(ByteSpan bytes) { shape_.raw(bytes); }
  void length(const Operation& operation) {
    anchors_.begin_insertion();
    number(Column::length, operation.length - content::count_characters(operation.value));
  }

  const Bytes& shape() const { return shape_.bytes(); }
  void write(ByteWriter& writer) const {
    for (std::size_t i = 1; i < kColumnCount; ++i) columns_[i].write(writer);
  }

 private:
  ByteWriter shape_;
  content::AnchorDifference anchors_;
  std::array<ColumnWriter, kColumnCount> columns_;
};

class Packer {
 public:
  explicit Packer(const LogSecrets& secrets) : secrets_(secrets) {}

  void add(const ChainState& before, const Change& change) {
    const std::uint64_t flags = header::flags_of(change, before);
    times_.add(to_zigzag(header::time_difference(change, before)));
    header::write_extras(extras_, change, flags);
    sink_.begin_change(flags);
    SkeletonWriter<ColumnSink>(sink_, change.log, change.number).write(change.operations);
    add_shape(std::string(as_text(sink_.shape())));
    add_payloads(change);
  }

  Bytes finish(const ChangeSpan& changes) {
    ByteWriter columns, texts;
    columns.id(secrets_.chain_key);
    write_shapes(columns);
    times_.write(columns);
    columns.blob(extras_.bytes());
    sink_.write(columns);
    write_missing(columns);
    write_blinders(columns, changes);
    for (const auto& [key, values] : groups_) write_group(columns, texts, values);
    ByteWriter content;
    content.reserve(columns.size() + texts.size() + 8);
    content.u8(content::kLayout);
    content.blob(columns.bytes());
    content.raw(texts.bytes());
    return std::move(content).take();
  }

 private:
  void add_shape(std::string shape) {
    const auto [place, is_new] = shape_places_.emplace(std::move(shape), shape_places_.size());
    if (is_new) shapes_.push_back(&place->first);
    shape_column_.add(place->second);
  }

  void add_payloads(const Change& change) {
    const payloads::Index index = payloads::index_of(change);
    for (std::uint32_t i = 0; i < index.records.size(); ++i) payload_names_.push_back({change.number, i});
    std::vector<bool> present(index.records.size(), false);
    for (std::size_t i = 0; i < change.operations.size(); ++i) {
      const Operation& operation = change.operations[i];
      if (!operation.value) continue;
      present[index.of_operation[i]] = true;
      groups_[{operation.record.type, operation.field, operation.kind}].push_back({*operation.value, change.time_ms});
    }
    present_.insert(present_.end(), present.begin(), present.end());
  }

  void write_shapes(ByteWriter& writer) const {
    writer.varint(shapes_.size());
    for (const std::string* shape : shapes_) writer.blob(as_bytes(*shape));
    shape_column_.write(writer);
  }

  void write_missing(ByteWriter& writer) const {
    ByteWriter hashes;
    ColumnWriter places;
    for (std::size_t i = 0; i < present_.size(); ++i) {
      if (present_[i]) continue;
      const auto erased = secrets_.erased.find(payload_names_[i]);
      CHECK(erased != secrets_.erased.end());
      places.add(i);
      hashes.id(erased->second);
    }
    places.write(writer);
    writer.raw(hashes.bytes());
  }

  // Per run of blinders: its seed where nothing of it is erased, else a blinder for each payload that is here.
  void write_blinders(ByteWriter& writer, const ChangeSpan& changes) const {
    std::size_t next = 0;
    for (std::uint32_t run = blinder_run(changes.first); run <= blinder_run(changes.last); ++run) {
      const std::size_t begin = next;
      while (next < payload_names_.size() && blinder_run(payload_names_[next].number) == run) ++next;
      const auto seed = secrets_.seeds.find(run);
      const bool by_seed =
          seed != secrets_.seeds.end() && secrets_.may_pass_on_seed(run) && derived(begin, next, seed->second);
      writer.u8(by_seed ? content::kBySeed : content::kEach);
      if (by_seed) writer.id(seed->second);
      for (std::size_t i = begin; i < next && !by_seed; ++i) {
        if (!present_[i]) continue;
        const auto blinder = secrets_.blinder(payload_names_[i]);
        CHECK(blinder.has_value());
        writer.id(*blinder);
      }
    }
  }

  // False when a payload has a blinder of its own that is not the seed's.
  bool derived(std::size_t begin, std::size_t end, const BlinderSeed& seed) const {
    for (std::size_t i = begin; i < end; ++i) {
      const auto own = secrets_.blinders.find(payload_names_[i]);
      if (own != secrets_.blinders.end() && own->second != derive_blinder(seed, payload_names_[i])) return false;
    }
    return true;
  }

  const LogSecrets& secrets_;
  ColumnSink sink_;
  ColumnWriter times_, shape_column_;
  ByteWriter extras_;
  std::unordered_map<std::string, std::uint64_t> shape_places_;
  std::vector<const std::string*> shapes_;
  std::vector<PayloadName> payload_names_;
  std::vector<bool> present_;
  std::map<GroupKey, std::vector<GroupedValue>> groups_;
};

struct Weight {
  std::size_t operations = 0, values = 0;
};

Weight weigh(const Change& change) {
  Weight weight;
  for (const Operation& operation : change.operations) {
    weight.operations += 1 + operation.targets.size() + operation.ranges.size() + operation.changes.size() +
                         operation.unknown.size() / skeleton::kUnknownBytesPerOperation;
    weight.values += (operation.value ? operation.value->size() : 0) + operation.unknown.size();
  }
  // What is in no value, but in the plaintext all the same; generously.
  weight.values += change.seen.size() * 72 + change.extension.size();
  return weight;
}

}  // namespace

std::size_t changes_that_fit(std::span<const Change> changes) {
  Weight total;
  std::size_t count = 0;
  for (const Change& change : changes) {
    const Weight weight = weigh(change);
    total.operations += weight.operations;
    total.values += weight.values;
    const bool fits = total.operations <= kMaxSegmentOperations && total.values <= kMaxSegmentValueBytes / 2;
    if (count > 0 && (!fits || count == kMaxSegmentChanges)) break;
    ++count;
  }
  return count;
}

Bytes pack_changes(const ChainState& before, std::span<const Change> changes, const LogSecrets& secrets) {
  CHECK(!changes.empty() && changes.size() <= changes_that_fit(changes));
  Packer packer(secrets);
  ChainState state = before;
  for (const Change& change : changes) {
    CHECK(change.number == state.number + 1);
    packer.add(state, change);
    state = state_after(change);
  }
  return packer.finish({changes.front().number, changes.back().number});
}

}  // namespace plenary::log
