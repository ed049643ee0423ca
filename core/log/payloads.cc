#include "core/log/payloads.h"

#include <algorithm>
#include <map>

#include "core/base/byte_codec.h"
#include "core/base/check.h"
#include "core/log/limits.h"

namespace plenary::log::payloads {
namespace {

// Finds the payload of a record. Changes mostly concern one record or a few: the last one is tried first, and a map
// is made only for the many.
class RecordIndex {
 public:
  explicit RecordIndex(std::vector<RecordName>& records) : records_(records) {}

  std::uint32_t place(const RecordName& record) {
    if (last_ < records_.size() && records_[last_] == record) return last_;
    last_ = records_.size() < kFew ? search(record) : look_up(record);
    if (last_ == records_.size()) records_.push_back(record);
    return last_;
  }

 private:
  static constexpr std::size_t kFew = 16;

  std::uint32_t search(const RecordName& record) const {
    return static_cast<std::uint32_t>(std::find(records_.begin(), records_.end(), record) - records_.begin());
  }

  std::uint32_t look_up(const RecordName& record) {
    for (auto i = static_cast<std::uint32_t>(map_.size()); i < records_.size(); ++i) map_.emplace(records_[i], i);
    return map_.emplace(record, static_cast<std::uint32_t>(records_.size())).first->second;
  }

  std::vector<RecordName>& records_;
  std::map<RecordName, std::uint32_t> map_;
  std::uint32_t last_ = 0;
};

}  // namespace

bool carries_value(const Operation& operation) {
  return is_known(operation.kind) ? has_value(operation.kind) : operation.unknown_has_value;
}

Index index_of(const Change& change) {
  Index index;
  index.of_operation.reserve(change.operations.size());
  RecordIndex records(index.records);
  for (const Operation& operation : change.operations) {
    index.of_operation.push_back(carries_value(operation) ? records.place(operation.record) : kNone);
  }
  return index;
}

std::vector<EncodedPayload> encode(const Change& change) {
  const Index index = index_of(change);
  std::vector<ByteWriter> writers(index.records.size());
  std::vector<EncodedPayload> payloads;
  payloads.reserve(index.records.size());
  const auto& missing = change.payload_missing;
  std::vector<bool> absent;
  for (const RecordName& record : index.records) {
    absent.push_back(!missing.empty() && std::binary_search(missing.begin(), missing.end(), record));
  }
  for (std::size_t i = 0; i < change.operations.size(); ++i) {
    const auto& value = change.operations[i].value;
    const std::uint32_t place = index.of_operation[i];
    CHECK(value.has_value() == (place != kNone && !absent[place]));
    if (value) writers[place].blob(as_bytes(*value));
  }
  for (std::size_t i = 0; i < writers.size(); ++i) {
    payloads.push_back({index.records[i], std::nullopt});
    if (!absent[i]) payloads.back().bytes = std::move(writers[i]).take();
  }
  return payloads;
}

bool decode(Change& change, std::span<const std::optional<ByteSpan>> payloads) {
  const Index index = index_of(change);
  if (index.records.size() != payloads.size()) return false;
  std::vector<ByteReader> readers;
  readers.reserve(payloads.size());
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    readers.emplace_back(payloads[i].value_or(ByteSpan{}));
    if (!payloads[i]) change.payload_missing.push_back(index.records[i]);
    if (payloads[i] && payloads[i]->size() > 2 * kMaxChangeValueBytes) return false;
  }
  std::sort(change.payload_missing.begin(), change.payload_missing.end());
  for (std::size_t i = 0; i < change.operations.size(); ++i) {
    const std::uint32_t place = index.of_operation[i];
    if (place == kNone || !payloads[place]) continue;
    change.operations[i].value = std::string(as_text(readers[place].blob(kMaxValueBytes)));
  }
  return std::ranges::all_of(readers, [](const ByteReader& reader) { return reader.finished(); });
}

}  // namespace plenary::log::payloads

namespace plenary::log {

std::vector<RecordName> payload_records(const Change& change) {
  return payloads::index_of(change).records;
}

bool drop_payload(Change& change, const RecordName& record) {
  bool had = false;
  for (Operation& operation : change.operations) {
    if (!payloads::carries_value(operation) || operation.record != record || !operation.value) continue;
    operation.value.reset();
    had = true;
  }
  if (!had) return false;
  const auto place = std::lower_bound(change.payload_missing.begin(), change.payload_missing.end(), record);
  change.payload_missing.insert(place, record);
  return true;
}

}  // namespace plenary::log
