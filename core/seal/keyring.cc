#include "core/seal/keyring.h"

#include "core/crypto/kdf.h"
#include "core/seal/sealed_bytes.h"

namespace plenary::seal {
namespace {

crypto::Domain reader_domain() {
  return {"plenary key box", 1, SpaceId{}};
}

// key id ‖ key: the id inside shows the reader that the box is for the key that the record names.
Bytes boxed(const SpaceKey& key) {
  Bytes plaintext(KeyId::kSize + SpaceKey::kSize);
  std::ranges::copy(key_id(key).bytes, plaintext.begin());
  std::ranges::copy(key.span(), plaintext.begin() + KeyId::kSize);
  return plaintext;
}

Result<SpaceKey> from_boxed(const KeyId& expected, Bytes plaintext) {
  const ByteSpan bytes(plaintext);
  auto key =
      bytes.size() == KeyId::kSize + SpaceKey::kSize ? SpaceKey::from(bytes.subspan(KeyId::kSize)) : std::nullopt;
  crypto::wipe(plaintext);
  if (!key || key_id(*key) != expected) {
    return fail(ErrorCode::refused, "a wrapped key is not the key that the roster names");
  }
  return std::move(*key);
}

}  // namespace

SpaceKey make_space_key(Environment& environment) {
  return SpaceKey::random(environment);
}

KeyId key_id(const SpaceKey& key) {
  return crypto::hash<KeyId>({"plenary space key", 1, SpaceId{}}, {key.span()});
}

crypto::CipherKey purpose_key(const SpaceKey& key, std::string_view purpose) {
  return crypto::derive_key(key.span(), {"plenary purpose", 1, SpaceId{}}, as_bytes(purpose));
}

roster::KeyBox wrap_for_reader(const SpaceKey& key, const TransportKey& reader, Environment& environment) {
  Bytes plaintext = boxed(key);
  auto box = crypto::seal_box(environment, reader, reader_domain(), plaintext);
  crypto::wipe(plaintext);
  // A reader's key of low order was refused when its claim was taken in; an empty box opens for nobody.
  return {reader, box ? std::move(*box) : Bytes{}};
}

Result<SpaceKey> unwrap(const KeyId& expected, const roster::KeyBox& box, const crypto::AgreementKey& reader) {
  if (box.reader != reader.public_key()) return fail(ErrorCode::refused, "a wrapped key is for another device");
  auto plaintext = crypto::open_box(reader, reader_domain(), box.box);
  if (!plaintext) return tl::make_unexpected(plaintext.error());
  return from_boxed(expected, std::move(*plaintext));
}

Bytes wrap_under(const SpaceKey& newer, const SpaceKey& previous, Environment& environment) {
  Bytes plaintext = boxed(previous);
  Bytes wrapped = seal_bytes(purpose_key(newer, "previous key"), key_id(newer).span(), plaintext, environment);
  crypto::wipe(plaintext);
  return wrapped;
}

Result<SpaceKey> unwrap_previous(const SpaceKey& newer, const KeyId& expected, ByteSpan wrapped) {
  auto plaintext = open_bytes(purpose_key(newer, "previous key"), key_id(newer).span(), wrapped);
  if (!plaintext) return tl::make_unexpected(plaintext.error());
  return from_boxed(expected, std::move(*plaintext));
}

roster::WrappedKey wrap_key(const SpaceKey& key, const SpaceKey* previous, std::span<const TransportKey> readers,
                            Environment& environment) {
  roster::WrappedKey wrapped{key_id(key), {}, {}};
  if (previous) wrapped.previous = wrap_under(key, *previous, environment);
  for (const TransportKey& reader : readers) wrapped.boxes.push_back(wrap_for_reader(key, reader, environment));
  return wrapped;
}

void KeyRing::add(SpaceKey key) {
  const KeyId id = key_id(key);
  keys_.emplace(id, std::move(key));
}

const SpaceKey* KeyRing::find(const KeyId& id) const {
  const auto found = keys_.find(id);
  return found == keys_.end() ? nullptr : &found->second;
}

std::vector<KeyId> KeyRing::ids() const {
  std::vector<KeyId> ids;
  for (const auto& [id, key] : keys_) ids.push_back(id);
  return ids;
}

bool KeyRing::learn(std::span<const roster::WrappedKey> chain, const crypto::AgreementKey& reader) {
  const std::size_t before = keys_.size();
  for (const roster::WrappedKey& wrapped : chain) {
    if (find(wrapped.key)) continue;
    for (const roster::KeyBox& box : wrapped.boxes) {
      if (box.reader != reader.public_key()) continue;
      if (auto key = unwrap(wrapped.key, box, reader)) add(std::move(*key));
    }
  }
  for (std::size_t i = chain.size(); i-- > 1;) {
    const SpaceKey* newer = find(chain[i].key);
    if (!newer || chain[i].previous.empty() || find(chain[i - 1].key)) continue;
    if (auto key = unwrap_previous(*newer, chain[i - 1].key, chain[i].previous)) add(std::move(*key));
  }
  return keys_.size() != before;
}

}  // namespace plenary::seal
