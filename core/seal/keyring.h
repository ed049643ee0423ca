// The keys of one space: made by its keeper, wrapped for each reader, each new one wrapping the one before.
// Source: architecture.md D4, D6; docs/protocol/formats.md, "Space keys". Never linked by the hub.
#pragma once

#include <map>

#include "core/crypto/box.h"
#include "core/roster/record.h"

namespace plenary::seal {

using SpaceKey = crypto::Secret<32>;

SpaceKey make_space_key(Environment& environment);

// A commitment to the key: BLAKE2b-32, domain "plenary space key". Nobody finds two keys with one id, so no sealed
// bytes can be opened to two contents.
KeyId key_id(const SpaceKey& key);

// A key for one purpose ("segment", "label"…), so that what is sealed for one is never opened as another.
crypto::CipherKey purpose_key(const SpaceKey& key, std::string_view purpose);

// Boxes. They are bound to the reader and to the key id (the space is not named: its id is the hash of a record that
// contains them).
roster::KeyBox wrap_for_reader(const SpaceKey& key, const TransportKey& reader, Environment& environment);
Result<SpaceKey> unwrap(const KeyId& expected, const roster::KeyBox& box, const crypto::AgreementKey& reader);
Bytes wrap_under(const SpaceKey& newer, const SpaceKey& previous, Environment& environment);
// The key that `newer` wraps; its id is checked against `expected`.
Result<SpaceKey> unwrap_previous(const SpaceKey& newer, const KeyId& expected, ByteSpan wrapped);

// The whole of a roster record's key: boxes for `readers`, and the key before, if there is one.
roster::WrappedKey wrap_key(const SpaceKey& key, const SpaceKey* previous, std::span<const TransportKey> readers,
                            Environment& environment);

// All keys of one space that this device has. Looking up does not tell keys apart by time: key ids are not secret.
class KeyRing {
 public:
  KeyRing() = default;
  KeyRing(KeyRing&&) = default;
  KeyRing& operator=(KeyRing&&) = default;

  // Adds a key; repeated additions are harmless.
  void add(SpaceKey key);
  const SpaceKey* find(const KeyId& id) const;
  bool empty() const { return keys_.empty(); }
  std::vector<KeyId> ids() const;

  // Learns what it can from a roster's wrapped keys, given in the roster's order, oldest first: opens boxes for this
  // reader, then walks back from each key that it has to the ones before. True when something new was learnt.
  bool learn(std::span<const roster::WrappedKey> chain, const crypto::AgreementKey& reader);

 private:
  std::map<KeyId, SpaceKey> keys_;
};

}  // namespace plenary::seal
