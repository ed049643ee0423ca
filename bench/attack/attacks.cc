#include "bench/attack/attacks.h"

#include <chrono>
#include <thread>

#include "tests/unit/sync/branches.h"

namespace plenary::attack {
namespace {

using sync::Item;
using sync::ItemKind;
using sync::Items;

crypto::AgreementKey new_key() {
  crypto::SystemEnvironment environment;
  return crypto::AgreementKey::generate(environment);
}

void rest(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

// ---- strangers

void hold_connections(Arms& arms) {
  static std::vector<std::unique_ptr<Attacker>> held;
  for (int i = 0; i < 50; ++i) held.push_back(std::make_unique<Attacker>(arms.target));
  if (held.size() > 700) held.erase(held.begin(), held.begin() + 50);
  rest(20);
}

void connect_and_leave(Arms& arms) {
  Attacker one(arms.target);
}

void shake_hands_and_leave(Arms& arms) {
  const auto key = new_key();
  Attacker one(arms.target);
  one.shake_hands(key);
}

void hold_authenticated_connections(Arms& arms) {
  static std::vector<std::unique_ptr<Attacker>> held;
  static std::vector<std::unique_ptr<crypto::AgreementKey>> keys;
  keys.push_back(std::make_unique<crypto::AgreementKey>(new_key()));
  held.push_back(std::make_unique<Attacker>(arms.target));
  held.back()->shake_hands(*keys.back());
  if (held.size() > 600) held.erase(held.begin(), held.begin() + 100);
}

void drip_the_handshake(Arms& arms) {
  static std::vector<std::unique_ptr<Attacker>> held;
  while (held.size() < 200) held.push_back(std::make_unique<Attacker>(arms.target));
  const Bytes byte(1);
  for (auto& one : held) {
    if (!one->send(byte)) one = std::make_unique<Attacker>(arms.target);
  }
  rest(200);
}

void send_empty_messages(Arms& arms) {
  const auto key = new_key();
  Attacker one(arms.target);
  if (!one.shake_hands(key)) return rest(10);
  const Bytes zeros(65'000);
  for (int i = 0; i < 200; ++i) {
    if (!one.say_bytes(zeros)) return;
  }
}

void declare_a_huge_message(Arms& arms) {
  const auto key = new_key();
  Attacker one(arms.target);
  if (!one.shake_hands(key)) return rest(10);
  const Bytes length{std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0x0f}};
  one.say_bytes(length);
  one.is_closed_within(1'000);
}

void open_a_space_of_others(Arms& arms) {
  Attacker one(arms.target);
  if (!one.shake_hands(arms.member->transport())) return rest(10);
  sync::Open open;
  open.space = arms.honest_space;
  open.introduce = true;
  one.say(sync::Hello{"", 1u << 20, "", {open}});
  one.say(sync::Want{0, {}, {}, {}});
  std::vector<Item> items;
  for (const RosterHash& hash : arms.member->records()) {
    items.push_back({ItemKind::roster, *arms.member->roster_record(arms.member->space(), hash), {}, false});
  }
  for (int i = 0; i < 20; ++i) one.say(Items{0, items, false, {}});
}

void replay_a_conversation(Arms& arms) {
  static Bytes recorded;
  if (recorded.empty()) {
    Attacker one(arms.target);
    if (one.shake_hands(arms.member->transport())) one.say(hello(arms.member->space()));
    recorded = one.sent();
  }
  Attacker again(arms.target);
  again.send(recorded);
  again.is_closed_within(1'000);
}

// ---- members of another space

void read_nothing(Arms& arms) {
  static std::vector<std::unique_ptr<Attacker>> held;
  for (const auto& colleague : *arms.colleagues) {
    held.push_back(std::make_unique<Attacker>(arms.target));
    if (!held.back()->shake_hands(colleague->transport())) continue;
    held.back()->say(hello(arms.member->space(), 1u << 30));
    held.back()->say(sync::Want{0, {}, {}, {{arms.member->own_log(), {}}}});
  }
  if (held.size() > 400) held.clear();
  rest(50);
}

void want_without_end(Arms& arms) {
  Attacker one(arms.target);
  if (!one.shake_hands(arms.member->transport())) return rest(10);
  one.say(hello(arms.member->space(), 1u << 30));
  for (int i = 0; i < 2'000; ++i) {
    if (!one.say(sync::Want{0, {}, {}, {{arms.member->own_log(), {}}}})) return;
  }
}

void begin_large_messages(Arms& arms) {
  static std::vector<std::unique_ptr<Attacker>> held;
  Bytes begun(1u << 20);
  begun[0] = begun[1] = begun[2] = std::byte{0xff};  // a message of 16 MB
  begun[3] = std::byte{0x07};
  for (const auto& colleague : *arms.colleagues) {
    held.push_back(std::make_unique<Attacker>(arms.target));
    if (!held.back()->shake_hands(colleague->transport())) continue;
    held.back()->say(hello(arms.member->space()));
    for (int i = 0; i < 12; ++i) held.back()->say_bytes(begun);
  }
  if (held.size() > 400) held.clear();
}

void send_what_is_refused(Arms& arms) {
  Attacker one(arms.target);
  if (!one.shake_hands(arms.member->transport())) return rest(10);
  one.say(hello(arms.member->space()));
  const std::vector<Item> junk(500, Item{ItemKind::segment, Bytes(sync::kMinItem), {}, false});
  for (int i = 0; i < 20; ++i) {
    if (!one.say(Items{0, junk, false, {}})) return;
    while (const auto message = one.hear()) {
      if (std::holds_alternative<sync::Committed>(*message)) break;
    }
  }
}

// Segments that pass every check but the signature.
void send_false_signatures(Arms& arms) {
  Attacker one(arms.target);
  if (!one.shake_hands(arms.member->transport())) return rest(10);
  one.say(hello(arms.member->space()));
  const auto& [id, log] = *arms.member->logs().begin();
  sync::TestLog forged = log;
  forged.branches.resize(1);
  std::vector<Item> items;
  for (std::uint32_t i = 0; i < 100; ++i) {
    forged.descriptor.nonce[0] = static_cast<std::byte>(i);
    items.push_back({ItemKind::segment,
                     pack(arms.member->space(), arms.member->roster().standing().keys.back(), forged,
                          forged.branches.front(), 1, 1),
                     {},
                     false});
  }
  for (int i = 0; i < 100; ++i) {
    if (!one.say(Items{0, items, false, {}})) return;
    while (const auto message = one.hear()) {
      if (std::holds_alternative<sync::Committed>(*message)) break;
    }
  }
}

void fill_the_quota(Arms& arms) {
  static int written = 0;
  arms.member->padding = 200'000;
  arms.member->run = 1;
  if (++written % 5 == 1) arms.member->write_one_by_one(20);
  Attacker one(arms.target);
  if (!one.shake_hands(arms.member->transport())) return rest(10);
  one.say(hello(arms.member->space()));
  for (const auto& ref :
       arms.member->missing_segments(arms.member->space(), std::vector<sync::LogWant>{{arms.member->own_log(), {}}})) {
    if (ref.size > sync::kMaxItem) continue;
    if (!one.say(Items{
            0, {{ItemKind::segment, *arms.member->segment(arms.member->space(), ref), ref.after, false}}, true, {}})) {
      return;
    }
  }
}

}  // namespace

std::vector<Attack> all_attacks() {
  return {
      {"strangers hold 700 connections", hold_connections},
      {"strangers connect and leave", connect_and_leave},
      {"strangers shake hands and leave", shake_hands_and_leave},
      {"strangers with keys hold 600 connections", hold_authenticated_connections},
      {"200 handshakes drip in", drip_the_handshake},
      {"frames full of empty messages", send_empty_messages},
      {"messages that say they are huge", declare_a_huge_message},
      {"a member of another space asks for this one", open_a_space_of_others},
      {"a conversation is replayed", replay_a_conversation},
      {"400 readers take nothing", read_nothing},
      {"wants without end", want_without_end},
      {"large messages begin and do not end", begin_large_messages},
      {"items that are refused", send_what_is_refused},
      {"segments with false signatures", send_false_signatures},
      {"one device fills its quota", fill_the_quota},
  };
}

}  // namespace plenary::attack
