#include "core/seal/segment_seal.h"

// For the block splitter's parameter: one of the library's that may change, so its refusal is not an error.
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include <bit>
#include <new>

#include "core/base/byte_codec.h"
#include "core/base/check.h"
#include "core/seal/sealed_bytes.h"

namespace plenary::seal {
namespace {

constexpr std::size_t kSmallestSize = 512;
enum Form : std::uint8_t { kPlain = 0, kZstd = 1 };

// Small contents are compressed as well as zstd can: they take no time. For large ones level 10 with the block splitter
// was measured to cost a fifth of level 13 and to take 2 % more room.
int default_level(std::size_t size) {
  return size <= 8u << 10 ? 19 : 10;
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Without checksum and dictionary id: the seal already authenticates.
Bytes compress(ByteSpan content, int level) {
  const std::unique_ptr<ZSTD_CCtx, FreeContext> context(ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level != 0 ? level : default_level(content.size()));
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 0);
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_useBlockSplitter, ZSTD_ps_enable);
  Bytes compressed(ZSTD_compressBound(content.size()));
  const std::size_t size =
      ZSTD_compress2(context.get(), compressed.data(), compressed.size(), content.data(), content.size());
  CHECK(!ZSTD_isError(size));
  compressed.resize(size);
  return compressed;
}

// The frame must say its size, so that nothing is allocated beyond the limit.
Result<Bytes> decompress(ByteSpan frame) {
  const unsigned long long size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) {
    return fail(ErrorCode::malformed, "a segment's compressed contents are damaged");
  }
  if (size > log::kMaxSegmentPlaintext) {
    return fail(ErrorCode::limit_exceeded,
                "a segment may have at most " + std::to_string(log::kMaxSegmentPlaintext) + " bytes of contents");
  }
  Bytes content(static_cast<std::size_t>(size));
  const std::unique_ptr<ZSTD_DCtx, FreeContext> context(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  const std::size_t done =
      ZSTD_decompressDCtx(context.get(), content.data(), content.size(), frame.data(), frame.size());
  if (ZSTD_isError(done) || done != content.size()) {
    return fail(ErrorCode::malformed, "a segment's compressed contents are damaged");
  }
  return content;
}

bool is_zero(ByteSpan bytes) {
  return std::ranges::all_of(bytes, [](std::byte b) { return b == std::byte{0}; });
}

}  // namespace

std::size_t padded_size(std::size_t size) {
  if (size <= kSmallestSize) return kSmallestSize;
  const int exponent = std::bit_width(size) - 1;
  const int kept_bits = std::bit_width(static_cast<unsigned>(exponent));
  const std::size_t mask = (std::size_t{1} << (exponent - kept_bits)) - 1;
  return (size + mask) & ~mask;
}

log::Segment seal_segment(const SpaceKey& key, log::Envelope envelope, ByteSpan content, Environment& environment,
                          Compression compression) {
  CHECK(content.size() <= log::kMaxSegmentPlaintext);
  const Bytes compressed = compress(content, compression.level);
  const bool smaller = compressed.size() < content.size();
  ByteWriter plaintext;
  plaintext.reserve(padded_size(content.size() + 8));
  plaintext.u8(smaller ? kZstd : kPlain);
  plaintext.blob(smaller ? ByteSpan(compressed) : content);
  Bytes padded = std::move(plaintext).take();
  padded.resize(padded_size(padded.size()));
  envelope.key = key_id(key);
  Bytes sealed = seal_bytes(purpose_key(key, "segment"), log::encode_envelope(envelope), padded, environment);
  return {envelope, std::move(sealed)};
}

Result<Bytes> open_segment(const KeyRing& keys, const log::Envelope& envelope, ByteSpan sealed) {
  const SpaceKey* key = keys.find(envelope.key);
  if (!key) return fail(ErrorCode::not_found, "a segment is sealed under a key that this device does not have yet");
  auto padded = open_bytes(purpose_key(*key, "segment"), log::encode_envelope(envelope), sealed);
  if (!padded) return tl::make_unexpected(padded.error());
  ByteReader reader(*padded);
  const std::uint8_t form = reader.u8();
  const ByteSpan content = reader.blob(padded->size());
  if (reader.ok() && form > kZstd) {
    return fail(ErrorCode::unsupported, "a segment's contents are of a newer version than this program; update it");
  }
  if (!reader.ok() || !is_zero(reader.raw(reader.remaining()))) {
    return fail(ErrorCode::malformed, "a segment's contents do not have their form");
  }
  return form == kZstd ? decompress(content) : to_bytes(content);
}

}  // namespace plenary::seal
