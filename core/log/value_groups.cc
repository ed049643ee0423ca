#include "core/log/value_groups.h"

#include <bit>
#include <unordered_map>

#include "core/log/limits.h"

namespace plenary::log {
namespace {

enum Form : std::uint8_t { kPlain = 0, kDictionary = 1, kIntegers = 2, kTimes = 3 };

constexpr std::size_t kMaxDictionary = 65'536;

// The number that these bytes are the zigzag varint of, when they are one.
std::optional<std::int64_t> as_integer(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > 10) return std::nullopt;
  ByteReader reader(as_bytes(bytes));
  const std::int64_t value = reader.zigzag();
  return reader.finished() ? std::optional(value) : std::nullopt;
}

std::int64_t difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}

std::int64_t sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

// One way of writing a group, and about how many bytes it takes after compression.
struct Plan {
  Form form = kPlain;
  std::size_t cost = 0;
  ColumnWriter column;
  std::vector<std::string_view> dictionary;
};

void keep_cheaper(Plan& best, Plan candidate) {
  if (candidate.cost < best.cost) best = std::move(candidate);
}

Plan plan_plain(std::span<const GroupedValue> values) {
  Plan plan;
  for (const GroupedValue& value : values) {
    plan.column.add(value.bytes.size());
    plan.cost += value.bytes.size();
  }
  plan.cost += plan.column.width() * values.size();
  return plan;
}

// Gives up when the values hardly repeat.
std::optional<Plan> plan_dictionary(std::span<const GroupedValue> values) {
  Plan plan{kDictionary, 0, {}, {}};
  std::unordered_map<std::string_view, std::uint64_t> places;
  std::size_t looked_at = 0;
  for (const GroupedValue& value : values) {
    const auto [place, is_new] = places.emplace(value.bytes, plan.dictionary.size());
    if (is_new) {
      plan.dictionary.push_back(value.bytes);
      plan.cost += value.bytes.size() + 1;
    }
    plan.column.add(place->second);
    const bool hardly_repeat = ++looked_at >= 16 && plan.dictionary.size() * 4 > looked_at * 3;
    if (hardly_repeat || plan.dictionary.size() > kMaxDictionary) return std::nullopt;
  }
  plan.cost += values.size() * std::bit_width(plan.dictionary.size() - 1) / 8;
  return plan;
}

std::optional<Plan> plan_integers(std::span<const GroupedValue> values) {
  Plan integers{kIntegers, 0, {}, {}};
  Plan times{kTimes, 0, {}, {}};
  std::int64_t before = 0;
  for (const GroupedValue& value : values) {
    const auto number = as_integer(value.bytes);
    if (!number) return std::nullopt;
    integers.column.add(to_zigzag(difference(*number, before)));
    times.column.add(to_zigzag(difference(*number, value.time_ms)));
    before = *number;
  }
  integers.cost = integers.column.width() * values.size();
  times.cost = times.column.width() * values.size();
  keep_cheaper(integers, std::move(times));
  return integers;
}

void put(ByteReader& columns, const ValuePlace& place, std::string_view bytes, ValueBudget& budget) {
  if (bytes.size() > kMaxValueBytes || !budget.spend(bytes.size())) return columns.invalidate();
  place.value->emplace(bytes);
}

void read_dictionary(ByteReader& columns, std::span<const ValuePlace> places, ValueBudget& budget) {
  const auto count = static_cast<std::size_t>(columns.bounded(kMaxDictionary));
  std::vector<std::string_view> dictionary;
  for (std::size_t i = 0; i < count && columns.ok(); ++i) dictionary.push_back(as_text(columns.blob(kMaxValueBytes)));
  ColumnReader column = ColumnReader::read(columns, places.size());
  for (const ValuePlace& place : places) {
    const std::uint64_t index = column.next();
    if (!columns.ok() || column.exhausted() || index >= dictionary.size()) return columns.invalidate();
    put(columns, place, dictionary[index], budget);
  }
}

void read_plain(ByteReader& columns, ByteReader& texts, std::span<const ValuePlace> places, ValueBudget& budget) {
  ColumnReader sizes = ColumnReader::read(columns, places.size());
  for (const ValuePlace& place : places) {
    const std::uint64_t size = sizes.next();
    if (!columns.ok() || sizes.exhausted() || size > texts.remaining()) return columns.invalidate();
    put(columns, place, as_text(texts.raw(static_cast<std::size_t>(size))), budget);
  }
}

void read_integers(ByteReader& columns, std::span<const ValuePlace> places, Form form, ValueBudget& budget) {
  ColumnReader column = ColumnReader::read(columns, places.size());
  std::int64_t before = 0;
  for (const ValuePlace& place : places) {
    const std::int64_t from = form == kTimes ? place.time_ms : before;
    before = sum(from, from_zigzag(column.next()));
    if (!columns.ok() || column.exhausted()) return columns.invalidate();
    ByteWriter value;
    value.zigzag(before);
    put(columns, place, as_text(value.bytes()), budget);
  }
}

}  // namespace

bool ValueBudget::spend(std::size_t size) {
  if (size > left) exceeded = true;
  left -= std::min(size, left);
  return !exceeded;
}

void write_group(ByteWriter& columns, ByteWriter& texts, std::span<const GroupedValue> values) {
  Plan plan = plan_plain(values);
  if (auto dictionary = plan_dictionary(values)) keep_cheaper(plan, std::move(*dictionary));
  if (auto integers = plan_integers(values)) keep_cheaper(plan, std::move(*integers));
  columns.u8(plan.form);
  if (plan.form == kDictionary) {
    columns.varint(plan.dictionary.size());
    for (const std::string_view entry : plan.dictionary) columns.blob(as_bytes(entry));
  }
  plan.column.write(columns);
  if (plan.form != kPlain) return;
  for (const GroupedValue& value : values) texts.raw(as_bytes(value.bytes));
}

void read_group(ByteReader& columns, ByteReader& texts, std::span<const ValuePlace> places, ValueBudget& budget) {
  const std::uint8_t form = columns.u8();
  if (!columns.ok() || form > kTimes) return columns.invalidate();
  if (form == kPlain) return read_plain(columns, texts, places, budget);
  if (form == kDictionary) return read_dictionary(columns, places, budget);
  read_integers(columns, places, static_cast<Form>(form), budget);
}

}  // namespace plenary::log
