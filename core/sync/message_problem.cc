#include "core/sync/message_problem.h"

#include <algorithm>

#include "sync.pb.h"

namespace plenary::sync {
namespace {

// The numbers of ProblemCode never change; ErrorCode is our own business.
constexpr std::pair<ErrorCode, wire::ProblemCode> kCodes[] = {
    {ErrorCode::malformed, wire::MALFORMED},         {ErrorCode::limit_exceeded, wire::LIMIT_EXCEEDED},
    {ErrorCode::not_found, wire::NOT_FOUND},         {ErrorCode::refused, wire::REFUSED},
    {ErrorCode::conflict, wire::CONFLICT},           {ErrorCode::unsupported, wire::UNSUPPORTED},
    {ErrorCode::not_delivered, wire::NOT_DELIVERED}, {ErrorCode::busy, wire::BUSY},
    {ErrorCode::unavailable, wire::UNAVAILABLE},
};

// The length of the UTF-8 character that `text` begins with; 0 when it begins with none.
std::size_t character_length(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return length;
}

}  // namespace

std::string cut(const std::string& text, std::size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
  return text.substr(0, size);
}

std::string printable(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const bool control = length == 1 && (static_cast<unsigned char>(text[0]) < 32 || text[0] == 127);
    if (length == 0 || control) {
      result += control ? ' ' : '?';
    } else {
      result += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return result;
}

void write_problem(const Problem& problem, wire::Problem& out) {
  const auto code = std::ranges::find(kCodes, problem.error.code, [](const auto& pair) { return pair.first; });
  out.set_code(code == std::end(kCodes) ? wire::REFUSED : code->second);
  out.set_text(cut(problem.error.message, kMaxErrorText));
  out.set_retry(problem.retry);
  out.set_retry_after_ms(static_cast<std::uint64_t>(std::max<std::int64_t>(problem.retry_after_ms, 0)));
}

Problem read_problem(const wire::Problem& in) {
  const auto code = std::ranges::find(kCodes, in.code(), [](const auto& pair) { return pair.second; });
  Problem problem;
  problem.error = {code == std::end(kCodes) ? ErrorCode::refused : code->first,
                   printable(cut(in.text(), kMaxErrorText))};
  problem.retry = in.retry();
  problem.retry_after_ms = static_cast<std::int64_t>(std::min<std::uint64_t>(in.retry_after_ms(), 86'400'000));
  return problem;
}

}  // namespace plenary::sync
