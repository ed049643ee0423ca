#include "core/seal/recovery_code.h"

#include "core/crypto/hash.h"

namespace plenary::seal {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kSecret = 26, kChecks = 2, kGroup = 4;

std::string checks_of(std::string_view secret) {
  const auto sum =
      crypto::hash<FixedId<struct RecoveryCheckTag, 16>>({"plenary recovery code", 1, {}}, {as_bytes(secret)});
  std::string checks;
  for (std::size_t i = 0; i < kChecks; ++i) checks += kAlphabet[std::to_integer<unsigned>(sum.bytes[i]) % 32];
  return checks;
}

char as_written(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'O') return '0';
  if (c == 'I' || c == 'L') return '1';
  return c;
}

}  // namespace

std::string make_recovery_code(Environment& environment) {
  std::array<std::byte, kSecret> chance;
  environment.random(chance);
  std::string code;
  for (const std::byte byte : chance) code += kAlphabet[std::to_integer<unsigned>(byte) % 32];
  return code + checks_of(code);
}

std::string print_recovery_code(std::string_view code) {
  std::string text;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i != 0 && i % kGroup == 0) text += '-';
    text += code[i];
  }
  return text;
}

Result<std::string> read_recovery_code(std::string_view typed) {
  std::string code;
  for (const char c : typed) {
    if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    code += as_written(c);
  }
  const bool whole = code.size() == kSecret + kChecks && code.find_first_not_of(kAlphabet) == std::string::npos;
  if (!whole || code.substr(kSecret) != checks_of(std::string_view(code).substr(0, kSecret))) {
    return fail(
        ErrorCode::invalid_argument,
        "That is no recovery code of a profile: it has seven groups of four letters and digits, and a mistyped one "
        "is noticed. Look at it again.");
  }
  return code;
}

}  // namespace plenary::seal
