#include "core/seal/container.h"

#include "core/base/byte_codec.h"
#include "core/crypto/kdf.h"
#include "core/seal/container_content.h"

// file   = magic "PLENARY\n" (8), u8 version (1), key hint (16), salt (32), u64 size of the whole file, check (16),
//          piece*
// check  = BLAKE2b-16, domain "plenary container header", over all before it: shows a changed header as changed
// hint   = BLAKE2b-16, domain "plenary container hint", key = purpose key "container", over the salt
// piece  = ciphertext of at most 65,536 bytes with its tag; nonce = u64 place of the piece and 16 zeros; key = derived
//          from the purpose key "container" and the salt; associated data = header, u8 1 for the last piece, else 0
// What the pieces hold together: u8 kind (1 day end, 2 receipt), a message of proto/log.proto.

namespace plenary::seal {
namespace {

constexpr std::string_view kMagic = "PLENARY\n";
constexpr std::uint8_t kContainerVersion = 1;
constexpr std::size_t kSaltSize = 32;
constexpr std::size_t kPieceSize = 65'536;
constexpr std::size_t kHeaderSize = 8 + 1 + 16 + kSaltSize + 8 + 16;

using Short = FixedId<struct ContainerShortTag, 16>;

struct Header {
  Short hint;
  Bytes salt;
  std::uint64_t size = 0;
  Bytes bytes;  // all of it
};

Short hint_of(const crypto::CipherKey& key, ByteSpan salt) {
  return crypto::hash<Short>({"plenary container hint", 1, SpaceId{}}, {salt}, key.span());
}

Short check_of(ByteSpan header) {
  return crypto::hash<Short>({"plenary container header", 1, SpaceId{}}, {header});
}

crypto::CipherKey file_key(const crypto::CipherKey& key, ByteSpan salt) {
  return crypto::derive_key(key.span(), {"plenary container", 1, SpaceId{}}, salt);
}

Bytes write_header(const Short& hint, ByteSpan salt, std::uint64_t size) {
  ByteWriter writer;
  writer.raw(as_bytes(kMagic));
  writer.u8(kContainerVersion);
  writer.id(hint);
  writer.raw(salt);
  for (int i = 0; i < 8; ++i) writer.u8(static_cast<std::uint8_t>(size >> (8 * i)));
  writer.id(check_of(writer.bytes()));
  return std::move(writer).take();
}

tl::unexpected<Error> no_container() {
  return fail(ErrorCode::malformed, "This is not a Plenary day-end file or receipt. Choose another file.");
}
tl::unexpected<Error> cut_off() {
  return fail(ErrorCode::malformed, "The file was cut off. Copy it again, the whole of it.");
}
tl::unexpected<Error> changed() {
  return fail(ErrorCode::malformed, "The file was changed or damaged since it was written. Copy it again.");
}

Result<Header> read_header(ByteSpan file) {
  const std::size_t seen = std::min(file.size(), kMagic.size());
  if (seen == 0 || as_text(file.first(seen)) != kMagic.substr(0, seen)) return no_container();
  if (file.size() > kMagic.size() && file[kMagic.size()] > std::byte{kContainerVersion}) {
    return fail(ErrorCode::unsupported, "The file was written by a newer version of Plenary. Update this program.");
  }
  if (file.size() < kHeaderSize) return cut_off();
  ByteReader reader(file.subspan(kMagic.size() + 1));
  Header header;
  header.bytes = to_bytes(file.first(kHeaderSize));
  header.hint = reader.id<Short>();
  header.salt = to_bytes(reader.raw(kSaltSize));
  for (int i = 0; i < 8; ++i) header.size |= static_cast<std::uint64_t>(reader.u8()) << (8 * i);
  if (reader.id<Short>() != check_of(file.first(kHeaderSize - Short::kSize))) return changed();
  if (file.size() < header.size) return cut_off();
  if (file.size() > header.size) return changed();
  return header;
}

crypto::XNonce nonce_of(std::uint64_t place) {
  crypto::XNonce nonce{};
  for (int i = 0; i < 8; ++i) nonce[i] = static_cast<std::byte>(place >> (8 * i));
  return nonce;
}

Bytes associated(ByteSpan header, bool last) {
  Bytes bytes = to_bytes(header);
  bytes.push_back(last ? std::byte{1} : std::byte{0});
  return bytes;
}

std::uint64_t pieces_of(std::uint64_t size) {
  return std::max<std::uint64_t>(1, (size + kPieceSize - 1) / kPieceSize);
}

Bytes write_container(const SpaceKey& key, ByteSpan content, Environment& environment) {
  Bytes salt(kSaltSize);
  environment.random(salt);
  const crypto::CipherKey own = purpose_key(key, "container");
  const std::uint64_t pieces = pieces_of(content.size());
  Bytes file = write_header(hint_of(own, salt), salt, kHeaderSize + content.size() + pieces * crypto::kTagSize);
  const Bytes header = file;
  const crypto::CipherKey cipher = file_key(own, salt);
  for (std::uint64_t i = 0; i < pieces; ++i) {
    const ByteSpan rest = content.subspan(i * kPieceSize);
    const ByteSpan piece = rest.first(std::min(rest.size(), kPieceSize));
    const Bytes sealed = crypto::seal(cipher, nonce_of(i), associated(header, i + 1 == pieces), piece);
    file.insert(file.end(), sealed.begin(), sealed.end());
  }
  return file;
}

Result<Bytes> open_pieces(const crypto::CipherKey& cipher, const Header& header, ByteSpan file) {
  ByteSpan rest = file.subspan(kHeaderSize);
  Bytes content;
  content.reserve(rest.size());
  for (std::uint64_t i = 0; i == 0 || !rest.empty(); ++i) {
    const ByteSpan piece = rest.first(std::min(rest.size(), kPieceSize + crypto::kTagSize));
    rest = rest.subspan(piece.size());
    if (piece.size() < crypto::kTagSize) return changed();
    auto opened = crypto::open(cipher, nonce_of(i), associated(header.bytes, rest.empty()), piece);
    if (!opened) return changed();
    content.insert(content.end(), opened->begin(), opened->end());
  }
  return content;
}

}  // namespace

Bytes write_day_end(const SpaceKey& key, const DayEnd& content, Environment& environment) {
  return write_container(key, encode_content(content), environment);
}

Bytes write_receipt(const SpaceKey& key, const Receipt& content, const crypto::SigningKey& device,
                    Environment& environment) {
  return write_container(key, encode_content(content, device), environment);
}

Result<ContainerContent> read_container(std::span<const KeyRing* const> rings, ByteSpan file) {
  if (file.size() > kMaxContainerBytes) {
    return fail(ErrorCode::limit_exceeded, "The file is larger than the " + std::to_string(kMaxContainerBytes >> 20) +
                                               " MB that a day-end file may have.");
  }
  auto header = read_header(file);
  if (!header) return tl::make_unexpected(header.error());
  for (const KeyRing* ring : rings) {
    for (const KeyId& id : ring->ids()) {
      const crypto::CipherKey own = purpose_key(*ring->find(id), "container");
      if (hint_of(own, header->salt) != header->hint) continue;
      auto content = open_pieces(file_key(own, header->salt), *header, file);
      if (!content) return tl::make_unexpected(content.error());
      return decode_content(*content);
    }
  }
  return fail(ErrorCode::not_found,
              "The file belongs to a space that this device is not in, or is sealed under a key that it does not have "
              "yet. Synchronise first, or ask who wrote it.");
}

ContainerHash hash_container(ByteSpan file) {
  return crypto::hash<ContainerHash>({"plenary container file", 1, SpaceId{}}, {file});
}

}  // namespace plenary::seal
