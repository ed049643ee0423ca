#include "core/sync/messages.h"

#include <algorithm>

#include "core/base/check.h"
#include "core/sync/message_fields.h"
#include "core/sync/message_parts.h"
#include "core/sync/message_problem.h"
#include "sync.pb.h"

namespace plenary::sync {
namespace {

// ---- parts of messages

void write(const Open& open, wire::Open& out) {
  out.set_space(text_of(open.space));
  std::string* position = out.mutable_position();
  for (const auto& digest : {open.position.roster, open.position.frontier, open.position.notices}) {
    *position += as_text(digest);
  }
  out.set_claim(text_of(open.claim));
  out.set_introduce(open.introduce);
  out.set_hub_epoch(open.hub_epoch);
  out.set_hub_number(open.hub_number);
}

Result<Open> read(const wire::Open& in) {
  const auto space = SpaceId::from(as_bytes(in.space()));
  if (!space) return malformed("a space id that is none");
  if (in.position().size() != 3 * ShortPosition::kDigestSize) return malformed("a position that is none");
  Open open;
  open.space = *space;
  ByteReader position(as_bytes(in.position()));
  for (auto* digest : {&open.position.roster, &open.position.frontier, &open.position.notices}) {
    std::ranges::copy(position.raw(digest->size()), digest->begin());
  }
  open.claim = to_bytes(in.claim());
  open.introduce = in.introduce();
  open.hub_epoch = in.hub_epoch();
  open.hub_number = in.hub_number();
  return open;
}

void write(const HeadUpdate& update, wire::HeadUpdate& out) {
  out.set_head(text_of(encode_hub_head(update.head)));
  out.set_links(write_ids(update.links));
}

Result<HeadUpdate> read(const wire::HeadUpdate& in) {
  auto head = decode_hub_head(as_bytes(in.head()));
  if (!head) return tl::make_unexpected(head.error());
  auto links = read_ids<HubContent>(in.links(), kMaxLinks, "links of hub heads");
  if (!links) return tl::make_unexpected(links.error());
  return HeadUpdate{*head, std::move(*links)};
}

template <class Proto>
Result<std::optional<HeadUpdate>> read_head_of(const Proto& in) {
  if (!in.has_head()) return std::optional<HeadUpdate>();
  auto update = read(in.head());
  if (!update) return tl::make_unexpected(update.error());
  return std::optional(std::move(*update));
}

void write(const Opened& opened, wire::Opened& out) {
  out.set_space(opened.space);
  out.set_access(static_cast<wire::Access>(opened.access));
  if (opened.problem) write_problem(*opened.problem, *out.mutable_problem());
  if (opened.roster) out.set_roster(write_ids(*opened.roster));
  if (opened.frontier) out.set_frontier(write_frontier(*opened.frontier));
  if (opened.notices) out.set_notices(write_names(*opened.notices));
  if (opened.head) write(*opened.head, *out.mutable_head());
  out.set_again(opened.again);
}

Result<Opened> read(const wire::Opened& in) {
  Opened opened;
  opened.space = in.space();
  opened.access = in.access() >= 0 && in.access() <= 4 ? static_cast<WireAccess>(in.access()) : WireAccess::none;
  if (in.has_problem()) opened.problem = read_problem(in.problem());
  if (in.has_roster()) {
    auto hashes = read_ids<RosterHash>(in.roster(), kMaxRosterRecords, "roster records");
    if (!hashes) return tl::make_unexpected(hashes.error());
    opened.roster = std::move(*hashes);
  }
  if (in.has_frontier()) {
    auto frontier = read_frontier(in.frontier());
    if (!frontier) return tl::make_unexpected(frontier.error());
    opened.frontier = std::move(*frontier);
  }
  if (in.has_notices()) {
    auto names = read_names(in.notices());
    if (!names) return tl::make_unexpected(names.error());
    opened.notices = std::move(*names);
  }
  auto head = read_head_of(in);
  if (!head) return tl::make_unexpected(head.error());
  opened.head = std::move(*head);
  opened.again = in.again();
  return opened;
}

Result<std::vector<Open>> read_opens(const google::protobuf::RepeatedPtrField<wire::Open>& in) {
  if (static_cast<std::size_t>(in.size()) > kMaxSpaces) return too_many("spaces");
  std::vector<Open> opens;
  for (const wire::Open& each : in) {
    auto open = read(each);
    if (!open) return tl::make_unexpected(open.error());
    opens.push_back(std::move(*open));
  }
  return opens;
}

// ---- messages

void write(const Hello& hello, wire::Message& out) {
  wire::Hello& body = *out.mutable_hello();
  body.set_program(cut(hello.program, kMaxProgramText));
  body.set_window(hello.window);
  body.set_token(hello.token);
  for (const Open& open : hello.open) write(open, *body.add_open());
}
Result<Message> read(const wire::Hello& in) {
  auto opens = read_opens(in.open());
  if (!opens) return tl::make_unexpected(opens.error());
  return Hello{printable(cut(in.program(), kMaxProgramText)), in.window(), in.token(), std::move(*opens)};
}

void write(const Opens& opens, wire::Message& out) {
  wire::Opens& body = *out.mutable_opens();
  for (const Open& open : opens.open) write(open, *body.add_open());
}
Result<Message> read(const wire::Opens& in) {
  auto opens = read_opens(in.open());
  if (!opens) return tl::make_unexpected(opens.error());
  return Opens{std::move(*opens)};
}

void write(const Welcome& welcome, wire::Message& out) {
  wire::Welcome& body = *out.mutable_welcome();
  body.set_program(cut(welcome.program, kMaxProgramText));
  body.set_window(welcome.window);
  body.set_signing_key(text_of(welcome.signing_key));
  for (const Opened& opened : welcome.opened) write(opened, *body.add_opened());
}
Result<Message> read(const wire::Welcome& in) {
  const auto key = DeviceKey::from(as_bytes(in.signing_key()));
  if (!key) return malformed("a signing key that is none");
  if (static_cast<std::size_t>(in.opened_size()) > kMaxSpaces) return too_many("spaces");
  Welcome welcome{printable(cut(in.program(), kMaxProgramText)), in.window(), *key, {}};
  for (const wire::Opened& each : in.opened()) {
    auto opened = read(each);
    if (!opened) return tl::make_unexpected(opened.error());
    welcome.opened.push_back(std::move(*opened));
  }
  return welcome;
}

void write(const Opened& opened, wire::Message& out) {
  write(opened, *out.mutable_opened());
}
Result<Message> read_opened(const wire::Opened& in) {
  auto opened = read(in);
  if (!opened) return tl::make_unexpected(opened.error());
  return std::move(*opened);
}

void write(const Want& want, wire::Message& out) {
  wire::Want& body = *out.mutable_want();
  body.set_space(want.space);
  body.set_roster(write_ids(want.roster));
  body.set_notices(write_names(want.notices));
  body.set_logs(write_wants(want.logs));
}
Result<Message> read(const wire::Want& in) {
  auto roster = read_ids<RosterHash>(in.roster(), kMaxRosterRecords, "roster records");
  if (!roster) return tl::make_unexpected(roster.error());
  auto notices = read_names(in.notices());
  if (!notices) return tl::make_unexpected(notices.error());
  auto logs = read_wants(in.logs());
  if (!logs) return tl::make_unexpected(logs.error());
  return Want{in.space(), std::move(*roster), std::move(*notices), std::move(*logs)};
}

void write(const Plan& plan, wire::Message& out) {
  out.mutable_plan()->set_space(plan.space);
  out.mutable_plan()->set_items(plan.items);
  out.mutable_plan()->set_bytes(plan.bytes);
}
Result<Message> read(const wire::Plan& in) {
  return Plan{in.space(), in.items(), in.bytes()};
}

void write(const Items& items, wire::Message& out) {
  wire::Items& body = *out.mutable_items();
  body.set_space(items.space);
  body.mutable_items()->Reserve(static_cast<int>(items.items.size()));
  for (const Item& item : items.items) {
    wire::Item& each = *body.add_items();
    each.set_kind(static_cast<std::uint32_t>(item.kind));
    each.mutable_bytes()->assign(as_text(item.bytes));
    if (!item.after.is_zero()) each.set_after(text_of(item.after));
    each.set_branch(item.branch);
    each.set_replaces(item.replaces);
  }
  body.set_done(items.done);
  if (items.head) write(*items.head, *body.mutable_head());
}
Result<Message> read(const wire::Items& in) {
  if (static_cast<std::size_t>(in.items_size()) > kMaxItems) return too_many("items");
  Items items;
  items.space = in.space();
  items.items.reserve(static_cast<std::size_t>(in.items_size()));
  for (const wire::Item& each : in.items()) {
    if (each.bytes().size() > kMaxItem) return too_many("bytes in one item");
    if (each.bytes().size() < kMinItem) return malformed("an item that is too short to be one");
    if (!each.after().empty() && each.after().size() != ChainValue::kSize)
      return malformed("a chain value that is none");
    Item item;
    item.kind = each.kind() <= 255 ? static_cast<ItemKind>(each.kind()) : ItemKind{255};
    item.bytes = to_bytes(each.bytes());
    if (!each.after().empty()) item.after = *ChainValue::from(as_bytes(each.after()));
    item.branch = each.branch();
    item.replaces = each.replaces();
    items.items.push_back(std::move(item));
  }
  items.done = in.done();
  auto head = read_head_of(in);
  if (!head) return tl::make_unexpected(head.error());
  items.head = std::move(*head);
  return items;
}

void write(const Committed& committed, wire::Message& out) {
  wire::Committed& body = *out.mutable_committed();
  body.set_space(committed.space);
  body.set_count(committed.count);
  for (const Refused& refused : committed.refused) {
    wire::Refused& each = *body.add_refused();
    each.set_number(refused.number);
    write_problem(refused.problem, *each.mutable_problem());
    log::Frontier tips = refused.tips;
    std::ranges::sort(tips);
    each.set_tips(write_frontier(tips));
  }
  if (committed.head) write(*committed.head, *body.mutable_head());
}
Result<Message> read(const wire::Committed& in) {
  Committed committed;
  committed.space = in.space();
  committed.count = in.count();
  for (const wire::Refused& each : in.refused()) {
    auto tips = each.tips().empty() ? log::Frontier() : read_frontier(each.tips());
    if (!tips) return tl::make_unexpected(tips.error());
    committed.refused.push_back({each.number(), read_problem(each.problem()), std::move(*tips)});
  }
  auto head = read_head_of(in);
  if (!head) return tl::make_unexpected(head.error());
  committed.head = std::move(*head);
  return committed;
}

void write(const Survey& survey, wire::Message& out) {
  out.mutable_survey()->set_space(survey.space);
  out.mutable_survey()->set_logs(write_ids(survey.logs));
}
Result<Message> read(const wire::Survey& in) {
  auto logs = read_ids<LogId>(in.logs(), kMaxSurveyed, "logs");
  if (!logs) return tl::make_unexpected(logs.error());
  return Survey{in.space(), std::move(*logs)};
}

void write(const Layout& layout, wire::Message& out) {
  out.mutable_layout()->set_space(layout.space);
  out.mutable_layout()->set_logs(write_layout(layout.logs));
}
Result<Message> read(const wire::Layout& in) {
  auto logs = read_layout(in.logs());
  if (!logs) return tl::make_unexpected(logs.error());
  return Layout{in.space(), std::move(*logs)};
}

void write(const Reminder& reminder, wire::Message& out) {
  out.mutable_reminder()->set_space(reminder.space);
  out.mutable_reminder()->set_head(text_of(encode_hub_head(reminder.head)));
}
Result<Message> read(const wire::Reminder& in) {
  auto head = decode_hub_head(as_bytes(in.head()));
  if (!head) return tl::make_unexpected(head.error());
  return Reminder{in.space(), *head};
}

void write(const Credit& credit, wire::Message& out) {
  out.mutable_credit()->set_bytes(credit.bytes);
}
void write(const Ping&, wire::Message& out) {
  out.mutable_ping();
}
void write(const Pong&, wire::Message& out) {
  out.mutable_pong();
}
void write(const Bye& bye, wire::Message& out) {
  out.mutable_bye();
  if (bye.problem) write_problem(*bye.problem, *out.mutable_bye()->mutable_problem());
}
Result<Message> read(const wire::Bye& in) {
  Bye bye;
  if (in.has_problem()) bye.problem = read_problem(in.problem());
  return bye;
}

Result<Message> read_body(const wire::Message& in) {
  switch (in.body_case()) {
    case wire::Message::kHello:
      return read(in.hello());
    case wire::Message::kWelcome:
      return read(in.welcome());
    case wire::Message::kOpens:
      return read(in.opens());
    case wire::Message::kOpened:
      return read_opened(in.opened());
    case wire::Message::kWant:
      return read(in.want());
    case wire::Message::kPlan:
      return read(in.plan());
    case wire::Message::kItems:
      return read(in.items());
    case wire::Message::kCommitted:
      return read(in.committed());
    case wire::Message::kCredit:
      return Credit{in.credit().bytes()};
    case wire::Message::kPing:
      return Ping{};
    case wire::Message::kPong:
      return Pong{};
    case wire::Message::kBye:
      return read(in.bye());
    case wire::Message::kSurvey:
      return read(in.survey());
    case wire::Message::kLayout:
      return read(in.layout());
    case wire::Message::kReminder:
      return read(in.reminder());
    case wire::Message::BODY_NOT_SET:
      break;
  }
  return malformed("no body");
}

}  // namespace

ShortPosition shorten(const Position& position) {
  const auto half = [](const Digest& digest) {
    std::array<std::byte, ShortPosition::kDigestSize> bytes;
    std::copy_n(digest.bytes.begin(), bytes.size(), bytes.begin());
    return bytes;
  };
  return {half(position.roster), half(position.frontier), half(position.notices)};
}

Bytes encode_message(const Message& message) {
  wire::Message out;
  std::visit([&](const auto& body) { write(body, out); }, message);
  Bytes bytes(out.ByteSizeLong());
  CHECK(out.SerializeToArray(bytes.data(), static_cast<int>(bytes.size())));
  return bytes;
}

Result<std::optional<Message>> decode_message(ByteSpan bytes) {
  if (bytes.size() > kMaxMessage) return too_many("bytes");
  if (const auto parts = check_parts(bytes); !parts) return tl::make_unexpected(parts.error());
  wire::Message in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return malformed("bytes that are no message");
  if (in.body_case() == wire::Message::BODY_NOT_SET) return std::optional<Message>();
  if (!in.has_items() && bytes.size() > kMaxControlMessage) return too_many("bytes");
  auto message = read_body(in);
  if (!message) return tl::make_unexpected(message.error());
  return std::optional<Message>(std::move(*message));
}

}  // namespace plenary::sync
