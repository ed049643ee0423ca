#include <charconv>

#include "clients/link/connection.h"

namespace plenary::link {

Result<HubAddress> parse_hub_address(std::string_view text, const TransportKey& key) {
  const auto refused = [&] {
    return fail(ErrorCode::invalid_argument,
                "\"" + std::string(text) + "\" is no hub address. It looks like hub.example.org:7411");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return refused();
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  // Without brackets, the last group of an IPv6 address would be taken for the port.
  if (!bracketed && host.find(':') != std::string_view::npos) return refused();
  if (bracketed) host = host.substr(1, host.size() - 2);

  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (host.empty() || digits.empty() || error != std::errc() || end != digits.data() + digits.size() || port == 0) {
    return refused();
  }
  return HubAddress{std::string(host), port, key};
}

}  // namespace plenary::link
