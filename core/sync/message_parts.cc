#include "core/sync/message_parts.h"

#include <functional>

#include "core/base/byte_codec.h"
#include "core/sync/limits.h"
#include "core/sync/message_fields.h"
#include "sync.pb.h"

namespace plenary::sync {
namespace {

// Fields of a message or of one of its parts that are not lists.
constexpr std::size_t kMaxFields = 32;

struct Part {
  std::uint64_t number = 0;  // of its field
  ByteSpan bytes;            // empty where the field is a number
};
using Visit = std::function<Result<void>(const Part&)>;

// Reads one field of any kind.
bool read_part(ByteReader& reader, Part& part) {
  constexpr std::size_t kFixed64 = 8, kFixed32 = 4;
  const std::uint64_t tag = reader.varint();
  part = {tag >> 3, {}};
  switch (tag & 7) {
    case 0:
      reader.varint();
      return reader.ok();
    case 1:
      reader.raw(kFixed64);
      return reader.ok();
    case 2:
      part.bytes = reader.raw(reader.bounded(reader.remaining()));
      return reader.ok();
    case 5:
      reader.raw(kFixed32);
      return reader.ok();
    default:
      return false;
  }
}

Result<void> walk(ByteSpan bytes, std::size_t max, const Visit& visit) {
  ByteReader reader(bytes);
  Part part;
  for (std::size_t count = 0; !reader.at_end(); ++count) {
    if (!read_part(reader, part)) return malformed("bytes that are no message");
    if (count >= max) {
      return fail(ErrorCode::limit_exceeded,
                  "The other side sent a message with more than " + std::to_string(max) + " parts of one kind.");
    }
    if (const auto visited = visit(part); !visited) return visited;
  }
  return {};
}

// The field of a body that is a list of parts, and how long it may be.
struct List {
  std::uint64_t field = 0;
  std::size_t max = 0;
};

List list_of(std::uint64_t body) {
  switch (body) {
    case wire::Message::kHello:
      return {wire::Hello::kOpenFieldNumber, kMaxSpaces};
    case wire::Message::kWelcome:
      return {wire::Welcome::kOpenedFieldNumber, kMaxSpaces};
    case wire::Message::kOpens:
      return {wire::Opens::kOpenFieldNumber, kMaxSpaces};
    case wire::Message::kItems:
      return {wire::Items::kItemsFieldNumber, kMaxItems};
    case wire::Message::kCommitted:
      return {wire::Committed::kRefusedFieldNumber, kMaxUncommitted};
    default:
      return {};
  }
}

Result<void> check_body(const Part& body) {
  const List list = list_of(body.number);
  return walk(body.bytes, list.max + kMaxFields, [&](const Part& part) -> Result<void> {
    if (list.max == 0 || part.number != list.field) return {};
    return walk(part.bytes, kMaxFields, [](const Part&) { return Result<void>(); });
  });
}

}  // namespace

Result<void> check_parts(ByteSpan message) {
  return walk(message, kMaxFields, check_body);
}

}  // namespace plenary::sync
