// The operator's configuration file.
#include "sync-server/configuration.h"

using namespace plenary;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)hub::parse_configuration(std::string_view(reinterpret_cast<const char*>(data), size), "fuzzed.toml");
  return 0;
}
