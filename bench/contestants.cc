#include "bench/contestants.h"

#include <poll.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace plenary::bench {
namespace {

constexpr const char* kFloorTablet = "floor-tablet";

struct PlenaryVariant {
  Variant variant;
  const char* name;
  const char* tablet_role;
};
constexpr PlenaryVariant kVariants[] = {{Variant::as_shipped, "plenary", "plenary-tablet"},
                                        {Variant::in_clear, "in clear", "plenary-tablet-in-clear"},
                                        {Variant::long_roster, "long roster", "plenary-tablet-long-roster"}};

constexpr int kStartPatienceMs = 20'000;

StartedHub start_floor_relay(const std::filesystem::path& folder) {
  StartedHub hub;
  hub.process = std::make_unique<Child>(std::vector<std::string>{"/proc/self/exe", "floor-relay", folder.string()});
  std::istringstream line(hub.process->receive());
  std::string word;
  unsigned port = 0;
  line >> word >> port;
  hub.port = static_cast<std::uint16_t>(port);
  return hub;
}

std::uint16_t wait_for_port(const std::filesystem::path& file) {
  for (int waited = 0; waited < kStartPatienceMs; waited += 5) {
    unsigned port = 0;
    if (std::ifstream(file) >> port && port != 0) return static_cast<std::uint16_t>(port);
    ::poll(nullptr, 0, 5);
  }
  throw std::runtime_error("plenaryd did not begin to listen");
}

// The key is the one line of 64 hexadecimal digits, wherever plenaryd says it.
std::string find_key(Child& init) {
  for (;;) {
    std::istringstream line(init.receive());
    for (std::string word; line >> word;) {
      if (word.size() == 64 && word.find_first_not_of("0123456789abcdef") == std::string::npos) return word;
    }
  }
}

StartedHub start_plenaryd(const std::filesystem::path& folder) {
  const std::string program = (program_folder() / "plenaryd").string();
  const auto port_file = folder.parent_path() / "hub.port";
  StartedHub hub;
  {
    Child init({program, "init", "--data", folder.string()});
    hub.key = find_key(init);
    init.terminate();
  }
  hub.process = std::make_unique<Child>(std::vector<std::string>{program, "serve", "--data", folder.string(),
                                                                 "--listen", "127.0.0.1", "--port", "0", "--port-file",
                                                                 port_file.string(), "--log-level", "warning"});
  hub.port = wait_for_port(port_file);
  return hub;
}

}  // namespace

std::filesystem::path program_folder() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path();
}

Contestant floor_contestant() {
  return {"floor", start_floor_relay, kFloorTablet, 0};
}

Contestant plenary_contestant(Variant variant) {
  // Three frames with 2 bytes of length each: preface (6) and Noise message 1 (48), u8 and message 2 with the version
  // (49), message 3 (64).
  constexpr double handshake = (2 + 6 + 48) + (2 + 1 + 49) + (2 + 64);
  const auto& named = *std::ranges::find(kVariants, variant, &PlenaryVariant::variant);
  return {named.name, start_plenaryd, named.tablet_role, handshake};
}

std::unique_ptr<Tablet> make_tablet(const std::string& role, const TabletPlace& place) {
  if (role == kFloorTablet) return make_floor_tablet(place);
  for (const PlenaryVariant& one : kVariants) {
    if (role == one.tablet_role) return make_plenary_tablet(place, one.variant);
  }
  throw std::runtime_error("there is no tablet called " + role);
}

}  // namespace plenary::bench
