// Attacker: a program that reaches a hub and does not keep to the protocol, or keeps to it for no good reason.
#pragma once

#include "core/crypto/random.h"
#include "core/sync/channel.h"

namespace plenary::attack {

// Where the hub listens, on this machine.
struct Target {
  std::uint16_t port = 0;
  TransportKey hub;
};

class Attacker {
 public:
  // Connects; whether that worked, connected() says.
  explicit Attacker(const Target& target);
  ~Attacker();
  Attacker(const Attacker&) = delete;
  Attacker& operator=(const Attacker&) = delete;

  bool connected() const { return socket_ >= 0; }
  // Bytes as they are. False: the hub takes no more, or not within a second.
  bool send(ByteSpan bytes);
  // Proves to have `key`, which outlives the attacker. False: the hub closed, or refused.
  bool shake_hands(const crypto::AgreementKey& key);
  // Only after shake_hands.
  bool say(const sync::Message& message);
  bool say_bytes(ByteSpan stream);
  // The next message of the hub; nothing when it closed, or was silent for ten seconds.
  std::optional<sync::Message> hear();
  // Reads and forgets until the hub closes; false when it does not within so many milliseconds.
  bool is_closed_within(int milliseconds);
  // All that was sent.
  const Bytes& sent() const { return sent_; }

 private:
  std::optional<std::size_t> receive(std::span<std::byte> into, int milliseconds);
  bool flush();

  Target target_;
  int socket_ = -1;
  crypto::SystemEnvironment environment_;
  std::optional<sync::Channel> channel_;
  Bytes sent_;
};

// Hello with one space. A great window lets the hub send all that it has.
sync::Message hello(const SpaceId& space, std::uint64_t window = 1u << 20);

}  // namespace plenary::attack
