#include "core/log/value.h"

#include <bit>
#include <cmath>
#include <limits>

#include "core/base/byte_codec.h"
#include "core/base/check.h"

namespace plenary::log {
namespace {

constexpr std::uint8_t kByWrite = 0;
constexpr std::uint8_t kByTag = 1;
constexpr std::uint32_t kMax32 = std::numeric_limits<std::uint32_t>::max();

std::string text_of(const ByteWriter& writer) {
  return std::string(as_text(writer.bytes()));
}

tl::unexpected<Error> unfit(std::string_view kind) {
  return fail(ErrorCode::malformed, "the stored value is not " + std::string(kind) + " in its canonical form");
}

void write_u64(ByteWriter& writer, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) writer.u8(static_cast<std::uint8_t>(value >> (8 * i)));
}

std::uint64_t read_u64(ByteReader& reader) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(reader.u8()) << (8 * i);
  return value;
}

}  // namespace

std::string encode_integer(std::int64_t value) {
  ByteWriter writer;
  writer.zigzag(value);
  return text_of(writer);
}

std::string encode_boolean(bool value) {
  return std::string(1, value ? '\1' : '\0');
}

std::string encode_enumeration(std::uint32_t value) {
  ByteWriter writer;
  writer.varint(value);
  return text_of(writer);
}

std::string encode_real(double value) {
  CHECK(!std::isnan(value));
  ByteWriter writer;
  write_u64(writer, std::bit_cast<std::uint64_t>(value));
  return text_of(writer);
}

std::string encode_reference(const RecordName& record) {
  ByteWriter writer;
  writer.varint(record.type);
  if (const auto* tag = std::get_if<OriginTag>(&record.origin)) {
    writer.u8(kByTag);
    writer.id(*tag);
    return text_of(writer);
  }
  const auto& write = std::get<WriteName>(record.origin);
  writer.u8(kByWrite);
  writer.id(write.change.log);
  writer.varint(write.change.number);
  writer.varint(write.index);
  if (write.change.branch != 0) write_u64(writer, write.change.branch);
  return text_of(writer);
}

Result<std::int64_t> decode_integer(std::string_view bytes) {
  ByteReader reader(as_bytes(bytes));
  const std::int64_t value = reader.zigzag();
  if (!reader.finished()) return unfit("an integer");
  return value;
}

Result<bool> decode_boolean(std::string_view bytes) {
  if (bytes.size() != 1 || (bytes[0] != '\0' && bytes[0] != '\1')) return unfit("a truth value");
  return bytes[0] == '\1';
}

Result<std::uint32_t> decode_enumeration(std::string_view bytes) {
  ByteReader reader(as_bytes(bytes));
  const auto value = static_cast<std::uint32_t>(reader.bounded(kMax32));
  if (!reader.finished()) return unfit("an enumeration");
  return value;
}

Result<double> decode_real(std::string_view bytes) {
  ByteReader reader(as_bytes(bytes));
  const auto value = std::bit_cast<double>(read_u64(reader));
  if (!reader.finished() || std::isnan(value)) return unfit("a real number");
  return value;
}

Result<RecordName> decode_reference(std::string_view bytes) {
  ByteReader reader(as_bytes(bytes));
  RecordName record;
  record.type = static_cast<std::uint32_t>(reader.bounded(kMax32));
  const std::uint8_t form = reader.u8();
  if (form == kByTag) {
    record.origin = reader.id<OriginTag>();
    if (!reader.finished()) return unfit("a reference");
    return record;
  }
  WriteName write;
  write.change.log = reader.id<LogId>();
  write.change.number = static_cast<std::uint32_t>(reader.bounded(kMax32));
  write.index = static_cast<std::uint32_t>(reader.bounded(kMax32));
  const bool has_branch = !reader.at_end();
  if (has_branch) write.change.branch = read_u64(reader);
  if (form != kByWrite || !reader.finished() || write.change.number == 0) return unfit("a reference");
  if (has_branch && write.change.branch == 0) return unfit("a reference");
  record.origin = write;
  return record;
}

}  // namespace plenary::log
