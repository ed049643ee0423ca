#include "core/seal/page_seal.h"

#include <sodium.h>

#include "core/crypto/kdf.h"
#include "core/crypto/octets.h"

namespace plenary::seal {
namespace {

using crypto::in;
using crypto::out;

constexpr std::size_t kNonceSize = 24;
constexpr std::size_t kContentSize = sqlite::kSealedPageSize - sqlite::kSealedPageReserve;
static_assert(kNonceSize + crypto::kTagSize == sqlite::kSealedPageReserve);
static_assert(crypto_shorthash_siphash24_BYTES == sizeof(std::uint64_t));

template <std::size_t N>
void put_number(std::span<std::byte, N> to, std::uint64_t number) {
  for (std::size_t i = 0; i < N; ++i, number >>= 8) to[i] = static_cast<std::byte>(number & 255);
}

std::uint32_t get_u32(std::span<const std::byte, 4> from) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value |= std::to_integer<std::uint32_t>(from[i]) << (8 * i);
  return value;
}

using Associated = std::array<std::byte, 25>;

Associated associated(const sqlite::PagePlace& place) {
  Associated bytes;
  bytes[0] = static_cast<std::byte>(place.home);
  put_number(std::span(bytes).subspan<1, 8>(), place.number);
  std::copy(place.frame.begin(), place.frame.end(), bytes.begin() + 9);
  return bytes;
}

// The second half of XChaCha20's nonce, as the inner cipher takes it.
std::array<std::byte, 12> inner_nonce(std::span<const std::byte, 8> counter) {
  std::array<std::byte, 12> nonce{};
  std::copy(counter.begin(), counter.end(), nonce.begin() + 4);
  return nonce;
}

}  // namespace

PageSeal::PageSeal(const PageKey& key, std::string_view name, Environment& environment)
    : environment_(environment),
      file_key_(crypto::derive_key(key.span(), {"plenary database file", 1, {}}, as_bytes(name))) {
  const auto checksums = crypto::derive_key(file_key_.span(), {"plenary log checksum", 1, {}});
  checksum_key_ = *crypto::Secret<16>::from(checksums.span().first(16));
  writing_ = new_subkey();
  reading_ = subkey_of(writing_.prefix);
}

PageSeal::Subkey PageSeal::subkey_of(const Prefix& prefix) const {
  Subkey subkey{prefix, {}};
  crypto_core_hchacha20(out(subkey.key.writable()), in(prefix), in(file_key_.span()), nullptr);
  return subkey;
}

PageSeal::Subkey PageSeal::new_subkey() const {
  Prefix prefix;
  environment_.random(prefix);
  return subkey_of(prefix);
}

void PageSeal::seal(const sqlite::PagePlace& place, sqlite::PlainPage plain, std::uint32_t remark,
                    sqlite::PageBuffer sealed) {
  if (++pages_sealed_ == 0) writing_ = new_subkey();  // all numbers are used
  const auto nonce = sealed.subspan<kContentSize, kNonceSize>();
  std::copy(writing_.prefix.begin(), writing_.prefix.end(), nonce.begin());
  put_number(nonce.subspan<16, 4>(), pages_sealed_);
  put_number(nonce.last<4>(), remark);
  const Associated about = associated(place);
  crypto_aead_chacha20poly1305_ietf_encrypt_detached(out(sealed), out(sealed.last<crypto::kTagSize>()), nullptr,
                                                     in(plain), kContentSize, in(about), about.size(), nullptr,
                                                     in(inner_nonce(nonce.last<8>())), in(writing_.key.span()));
}

bool PageSeal::open(const sqlite::PagePlace& place, sqlite::PlainPage sealed, sqlite::PageBuffer plain) {
  const auto nonce = sealed.subspan<kContentSize, kNonceSize>();
  if (!std::equal(reading_.prefix.begin(), reading_.prefix.end(), nonce.begin())) {
    Prefix prefix;
    std::copy_n(nonce.begin(), prefix.size(), prefix.begin());
    reading_ = subkey_of(prefix);
  }
  const Associated about = associated(place);
  const int refused = crypto_aead_chacha20poly1305_ietf_decrypt_detached(
      out(plain), nullptr, in(sealed), kContentSize, in(sealed.last<crypto::kTagSize>()), in(about), about.size(),
      in(inner_nonce(nonce.last<8>())), in(reading_.key.span()));
  const auto unread = refused == 0 ? plain.subspan(kContentSize) : std::span<std::byte>(plain);
  std::fill(unread.begin(), unread.end(), std::byte{0});
  return refused == 0;
}

std::uint32_t PageSeal::remark(sqlite::PlainPage sealed) const {
  return get_u32(sealed.subspan<kContentSize + kNonceSize - 4, 4>());
}

std::uint32_t PageSeal::round(unsigned number, const sqlite::PagePlace& place, std::uint32_t half) const {
  std::array<std::byte, 1 + 25 + 4> input;
  input[0] = static_cast<std::byte>(number);
  const Associated about = associated(place);
  std::copy(about.begin(), about.end(), input.begin() + 1);
  put_number(std::span(input).last<4>(), half);
  std::array<std::byte, 8> output;
  crypto_shorthash_siphash24(out(output), in(input), input.size(), in(checksum_key_.span()));
  return get_u32(std::span<const std::byte>(output).first<4>());
}

std::uint64_t PageSeal::hide(const sqlite::PagePlace& place, std::uint64_t checksum) const {
  auto left = static_cast<std::uint32_t>(checksum >> 32), right = static_cast<std::uint32_t>(checksum);
  for (unsigned number = 1; number <= 4; ++number) {
    left ^= round(number, place, right);
    std::swap(left, right);
  }
  return std::uint64_t{left} << 32 | right;
}

std::uint64_t PageSeal::reveal(const sqlite::PagePlace& place, std::uint64_t hidden) const {
  auto left = static_cast<std::uint32_t>(hidden >> 32), right = static_cast<std::uint32_t>(hidden);
  for (unsigned number = 4; number >= 1; --number) {
    std::swap(left, right);
    left ^= round(number, place, right);
  }
  return std::uint64_t{left} << 32 | right;
}

}  // namespace plenary::seal
