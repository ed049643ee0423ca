// What an operator decides about a hub: by a file (plenaryd.example.toml explains each line) and by flags.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "sync-server/event_log.h"

namespace plenary::hub {

// Who may found spaces on this hub.
enum class Founding : std::uint8_t { open, tokens };

// Past a limit there is a clear refusal that names it. Sizes in bytes.
struct Limits {
  std::int64_t connections = 12'000;
  // Tablets of a whole school often share one address.
  std::int64_t connections_per_address = 512;
  // A tablet needs one; those that broke off are noticed only after a while.
  std::int64_t connections_per_device = 16;
  std::chrono::seconds handshake_timeout{10};
  // Without a frame from the device; devices that stay for live push send a sign of life more often.
  std::chrono::seconds idle_timeout{300};
  // How long a device may take to accept what is ready for it.
  std::chrono::seconds write_timeout{60};
  // What may wait for one slow reader before it is dropped.
  std::int64_t outbox = std::int64_t{8} << 20;
  // Of messages that have begun and are not complete, of all devices together.
  std::int64_t unfinished = std::int64_t{256} << 20;
  // Token bucket per device: this much at once, and then this much a second.
  std::int64_t upload_burst = std::int64_t{64} << 20;
  std::int64_t upload_per_second = std::int64_t{4} << 20;
  // What one device may keep here.
  std::int64_t bytes_per_device = std::int64_t{1} << 30;
  std::int64_t spaces_per_device = 256;
  // Devices cost their founder nothing: what they may keep together in one space.
  std::int64_t bytes_per_space = std::int64_t{8} << 30;
};

struct Configuration {
  std::filesystem::path data;
  std::string address = "0.0.0.0";
  std::uint16_t port = 7411;        // 0: any free port
  std::filesystem::path port_file;  // if set, the port is written here once the hub listens
  std::string public_address;       // host:port as devices reach it, for the line that init prints
  Founding founding = Founding::open;
  std::vector<std::string> founding_tokens;
  Limits limits;
  LogFormat log_format = LogFormat::text;
  LogLevel log_level = LogLevel::info;
};

// Reads `path` over `defaults`. Errors name file, line and key: malformed (no TOML, a wrong type or value, an unknown
// key), not_found.
Result<Configuration> read_configuration(const std::filesystem::path& path, const Configuration& defaults = {});
Result<Configuration> parse_configuration(std::string_view text, const std::string& name,
                                          const Configuration& defaults = {});

}  // namespace plenary::hub
