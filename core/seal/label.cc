#include "core/seal/label.h"

#include "core/base/byte_codec.h"
#include "core/base/utf8.h"
#include "core/crypto/hash.h"
#include "core/seal/sealed_bytes.h"

namespace plenary::seal {
namespace {

constexpr std::uint8_t kLabelVersion = 1;
constexpr std::size_t kStep = 32;
constexpr std::byte kEnd{0x80};

Bytes associated(LabelUse use) {
  Bytes bytes = crypto::Domain{"plenary label", 1, SpaceId{}}.encode();
  bytes.push_back(static_cast<std::byte>(use));
  return bytes;
}

}  // namespace

Result<void> check_label(std::string_view text, const std::string& what) {
  if (text.size() > kMaxLabelText) {
    return fail(ErrorCode::limit_exceeded,
                what + " is longer than " + std::to_string(kMaxLabelText) + " bytes. Shorten it.");
  }
  if (count_scalars(text)) return {};
  return fail(ErrorCode::invalid_argument, what + " is not valid UTF-8. Save or type it as UTF-8 and try again.");
}

Bytes seal_label(const SpaceKey& key, LabelUse use, std::string_view text, Environment& environment) {
  CHECK(text.size() <= kMaxLabelText);
  Bytes padded = to_bytes(text);
  padded.push_back(kEnd);
  padded.resize((padded.size() + kStep - 1) / kStep * kStep);
  ByteWriter writer;
  writer.u8(kLabelVersion);
  writer.id(key_id(key));
  writer.raw(seal_bytes(purpose_key(key, "label"), associated(use), padded, environment));
  return std::move(writer).take();
}

Result<std::string> open_label(const KeyRing& keys, LabelUse use, ByteSpan label) {
  ByteReader reader(label);
  const std::uint8_t version = reader.u8();
  const auto id = reader.id<KeyId>();
  if (!reader.ok()) return fail(ErrorCode::malformed, "a sealed name was cut off");
  if (version != kLabelVersion)
    return fail(ErrorCode::unsupported, "a sealed name is of a newer version than this program");
  const SpaceKey* key = keys.find(id);
  if (!key) return fail(ErrorCode::not_found, "a name is sealed under a key that this device does not have");
  auto padded = open_bytes(purpose_key(*key, "label"), associated(use), reader.raw(reader.remaining()));
  if (!padded) return tl::make_unexpected(padded.error());
  while (!padded->empty() && padded->back() == std::byte{0}) padded->pop_back();
  const bool ends = !padded->empty() && padded->back() == kEnd && padded->size() <= kMaxLabelText + 1;
  if (!ends) return fail(ErrorCode::malformed, "a sealed name does not have its form");
  padded->pop_back();
  if (!count_scalars(as_text(*padded))) return fail(ErrorCode::malformed, "a sealed name is not UTF-8");
  return std::string(as_text(*padded));
}

}  // namespace plenary::seal
