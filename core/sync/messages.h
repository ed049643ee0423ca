// The messages of the protocol as values. Encoding and decoding is in messages.cc and in the sources named message_*,
// which alone know sync.pb.h. Decoding bounds every length and count.
#pragma once

#include <variant>

#include "core/sync/space_log.h"

namespace plenary::sync {

struct Problem {
  Error error;
  bool retry = false;
  std::int64_t retry_after_ms = 0;
};

// The first half of each digest of a Position: enough to see that nothing differs.
struct ShortPosition {
  static constexpr std::size_t kDigestSize = 16;
  std::array<std::byte, kDigestSize> roster{}, frontier{}, notices{};
  friend bool operator==(const ShortPosition&, const ShortPosition&) = default;
};
ShortPosition shorten(const Position& position);

struct Open {
  SpaceId space;
  ShortPosition position;
  Bytes claim;
  bool introduce = false;
  std::uint64_t hub_epoch = 0, hub_number = 0;
};

struct HeadUpdate {
  HubHead head;
  std::vector<HubContent> links;
};

enum class WireAccess : std::uint8_t { none = 0, claimant = 1, member = 2, introducing = 3, removed = 4 };

struct Opened {
  std::uint32_t space = 0;
  WireAccess access = WireAccess::none;
  std::optional<Problem> problem;
  std::optional<std::vector<RosterHash>> roster;
  std::optional<log::Frontier> frontier;
  std::optional<std::vector<NoticeName>> notices;
  std::optional<HeadUpdate> head;
  bool again = false;
};

struct Hello {
  std::string program;
  std::uint64_t window = 0;
  std::string token;
  std::vector<Open> open;
};
struct Opens {
  std::vector<Open> open;
};
struct Welcome {
  std::string program;
  std::uint64_t window = 0;
  DeviceKey signing_key;
  std::vector<Opened> opened;
};
struct Want {
  std::uint32_t space = 0;
  std::vector<RosterHash> roster;
  std::vector<NoticeName> notices;
  std::vector<LogWant> logs;
};
struct Plan {
  std::uint32_t space = 0;
  std::uint64_t items = 0, bytes = 0;
};
struct Items {
  std::uint32_t space = 0;
  std::vector<Item> items;
  bool done = false;
  std::optional<HeadUpdate> head;
};
struct Refused {
  std::uint64_t number = 0;
  Problem problem;
  std::vector<log::Head> tips;
};
struct Committed {
  std::uint32_t space = 0;
  std::uint64_t count = 0;
  std::vector<Refused> refused;
  std::optional<HeadUpdate> head;
};
struct Credit {
  std::uint64_t bytes = 0;
};
struct Survey {
  std::uint32_t space = 0;
  std::vector<LogId> logs;
};
struct Layout {
  std::uint32_t space = 0;
  std::vector<LogLayout> logs;
};
struct Reminder {
  std::uint32_t space = 0;
  HubHead head;
};
struct Ping {};
struct Pong {};
struct Bye {
  std::optional<Problem> problem;
};

using Message = std::variant<Hello, Welcome, Opens, Opened, Want, Plan, Items, Committed, Credit, Ping, Pong, Bye,
                             Survey, Layout, Reminder>;

Bytes encode_message(const Message& message);
// Nothing for a message that a newer version brought: it is passed over. malformed, limit_exceeded.
Result<std::optional<Message>> decode_message(ByteSpan bytes);

}  // namespace plenary::sync
