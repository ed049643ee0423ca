#include "core/store/record_rows.h"

#include "core/log/value.h"
#include "core/store/damaged.h"

namespace plenary::store {
namespace {

//   row = type (10 bits), strand (15), change number (24), operation (14)
constexpr int kIndexBits = 14, kNumberBits = 24, kStrandBits = 15, kTypeBits = 10;

bool fits(std::uint64_t value, int bits) {
  return value >> bits == 0;
}

}  // namespace

Bytes encode_record_name(const log::RecordName& name) {
  return to_bytes(log::encode_reference(name));
}

Result<log::RecordName> decode_record_name(ByteSpan bytes) {
  return log::decode_reference(as_text(bytes));
}

void RecordRows::create(sqlite::Transaction& transaction) {
  transaction.execute("CREATE TABLE plenary_alias (row INTEGER PRIMARY KEY, name BLOB NOT NULL UNIQUE)");
}

RecordRows::RecordRows(sqlite::Database& database, const LogTable& log_table)
    : log_table_(log_table),
      select_row_(database, "SELECT row FROM plenary_alias WHERE name = ?"),
      select_name_(database, "SELECT name FROM plenary_alias WHERE row = ?"),
      insert_(database,
              "INSERT INTO plenary_alias (row, name) "
              "VALUES ((SELECT coalesce(min(row), 0) - 1 FROM plenary_alias), ?) RETURNING row") {}

std::optional<RecordRow> RecordRows::direct(const log::RecordName& name) const {
  const auto* write = std::get_if<log::WriteName>(&name.origin);
  if (write == nullptr || write->change.branch != 0) return std::nullopt;
  const auto strand = log_table_.first_strand_of(write->change.log);
  if (!strand || !fits(name.type, kTypeBits) || !fits(*strand, kStrandBits) ||
      !fits(write->change.number, kNumberBits) || !fits(write->index, kIndexBits)) {
    return std::nullopt;
  }
  RecordRow row = name.type;
  row = row << kStrandBits | *strand;
  row = row << kNumberBits | write->change.number;
  return row << kIndexBits | write->index;
}

std::optional<RecordRow> RecordRows::find(const log::RecordName& name) {
  if (const auto row = direct(name)) return row;
  auto rows = select_row_.query(encode_record_name(name));
  return rows.next() ? std::optional(rows.integer(0)) : std::nullopt;
}

RecordRow RecordRows::find_or_add(sqlite::Transaction& transaction, const log::RecordName& name) {
  if (const auto row = find(name)) return *row;
  auto rows = insert_.run_returning(transaction, encode_record_name(name));
  const bool inserted = rows.next();
  CHECK(inserted);
  return rows.integer(0);
}

log::RecordName RecordRows::name(RecordRow row) {
  if (row < 0) {
    auto rows = select_name_.query(row);
    if (!rows.next()) throw_damaged("a record has no name.");
    const auto name = decode_record_name(rows.blob(0));
    if (!name) throw_damaged("a record's name cannot be read.");
    return *name;
  }
  const auto take = [&row](int bits) {
    const auto value = static_cast<std::uint32_t>(row & ((std::int64_t{1} << bits) - 1));
    row >>= bits;
    return value;
  };
  log::WriteName write;
  write.index = take(kIndexBits);
  write.change.number = take(kNumberBits);
  write.change.log = log_table_.strand(take(kStrandBits)).log;
  return {take(kTypeBits), write};
}

}  // namespace plenary::store
