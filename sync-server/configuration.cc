#include "sync-server/configuration.h"

#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

// Some files break assertions of toml++ 3.3, which a release build would take for granted (undefined behaviour). Here,
// in every build, they end the reading of the file (sync-server/CMakeLists.txt keeps NDEBUG away from this source).
#define TOML_ASSERT(condition) ((condition) ? void() : throw std::invalid_argument("This is no TOML."))
#include <toml++/toml.h>

namespace plenary::hub {
namespace {

// Takes one value into the configuration; an error says what was expected.
using Setter = std::function<std::optional<std::string>(Configuration&, const toml::node&)>;
using Setters = std::map<std::string, Setter, std::less<>>;

Setter number(const std::function<void(Configuration&, std::int64_t)>& set, std::int64_t min, std::int64_t max) {
  return [=](Configuration& configuration, const toml::node& node) -> std::optional<std::string> {
    const auto value = node.is_integer() ? node.value<std::int64_t>() : std::nullopt;
    if (!value || *value < min || *value > max) {
      return "expects a whole number from " + std::to_string(min) + " to " + std::to_string(max);
    }
    set(configuration, *value);
    return std::nullopt;
  };
}

Setter limit(std::int64_t Limits::*member, std::int64_t max) {
  return number([=](Configuration& c, std::int64_t value) { c.limits.*member = value; }, 1, max);
}

Setter seconds(std::chrono::seconds Limits::*member) {
  return number([=](Configuration& c, std::int64_t value) { c.limits.*member = std::chrono::seconds(value); }, 1,
                86'400);
}

Setter text(const std::function<void(Configuration&, const std::string&)>& set) {
  return [=](Configuration& configuration, const toml::node& node) -> std::optional<std::string> {
    const auto value = node.is_string() ? node.value<std::string>() : std::nullopt;
    if (!value) return "expects text in quotes";
    set(configuration, *value);
    return std::nullopt;
  };
}

template <class Enum>
Setter choice(std::map<std::string, Enum> choices, std::function<void(Configuration&, Enum)> set) {
  return [=](Configuration& configuration, const toml::node& node) -> std::optional<std::string> {
    const auto found = choices.find(node.is_string() ? node.value_or(std::string()) : std::string());
    if (found == choices.end()) {
      std::string expected = "expects one of";
      for (const auto& [name, value] : choices) expected += " \"" + name + "\"";
      return expected;
    }
    set(configuration, found->second);
    return std::nullopt;
  };
}

std::optional<std::string> set_tokens(Configuration& configuration, const toml::node& node) {
  constexpr std::size_t kTokenSizeMin = 16;
  const std::string expected = "expects a list of texts of at least 16 characters";
  const toml::array* list = node.as_array();
  if (list == nullptr) return expected;
  configuration.founding_tokens.clear();
  for (const toml::node& item : *list) {
    const auto token = item.is_string() ? item.value_or(std::string()) : std::string();
    if (token.size() < kTokenSizeMin) return expected;
    configuration.founding_tokens.push_back(token);
  }
  return std::nullopt;
}

const Setters& setters() {
  constexpr std::int64_t kCountMax = 10'000'000;
  constexpr std::int64_t kBytesMax = std::int64_t{1} << 50;
  static const Setters all = {
      {"data", text([](Configuration& c, const std::string& value) { c.data = value; })},
      {"listen.address", text([](Configuration& c, const std::string& value) { c.address = value; })},
      {"listen.port",
       number([](Configuration& c, std::int64_t value) { c.port = static_cast<std::uint16_t>(value); }, 0, 65'535)},
      {"listen.port_file", text([](Configuration& c, const std::string& value) { c.port_file = value; })},
      {"listen.public_address", text([](Configuration& c, const std::string& value) { c.public_address = value; })},
      {"founding.policy", choice<Founding>({{"open", Founding::open}, {"tokens", Founding::tokens}},
                                           [](Configuration& c, Founding value) { c.founding = value; })},
      {"founding.tokens", set_tokens},
      {"limits.connections", limit(&Limits::connections, kCountMax)},
      {"limits.connections_per_address", limit(&Limits::connections_per_address, kCountMax)},
      {"limits.connections_per_device", limit(&Limits::connections_per_device, kCountMax)},
      {"limits.unfinished_bytes", limit(&Limits::unfinished, kBytesMax)},
      {"limits.handshake_timeout_s", seconds(&Limits::handshake_timeout)},
      {"limits.idle_timeout_s", seconds(&Limits::idle_timeout)},
      {"limits.write_timeout_s", seconds(&Limits::write_timeout)},
      {"limits.outbox_bytes", limit(&Limits::outbox, kBytesMax)},
      {"limits.upload_burst_bytes", limit(&Limits::upload_burst, kBytesMax)},
      {"limits.upload_bytes_per_second", limit(&Limits::upload_per_second, kBytesMax)},
      {"limits.bytes_per_device", limit(&Limits::bytes_per_device, kBytesMax)},
      {"limits.spaces_per_device", limit(&Limits::spaces_per_device, kCountMax)},
      {"limits.bytes_per_space", limit(&Limits::bytes_per_space, kBytesMax)},
      {"log.format", choice<LogFormat>({{"text", LogFormat::text}, {"json", LogFormat::json}},
                                       [](Configuration& c, LogFormat value) { c.log_format = value; })},
      {"log.level", choice<LogLevel>({{"debug", LogLevel::debug},
                                      {"info", LogLevel::info},
                                      {"warning", LogLevel::warning},
                                      {"error", LogLevel::error}},
                                     [](Configuration& c, LogLevel value) { c.log_level = value; })},
  };
  return all;
}

std::string place(const std::string& name, const toml::source_region& source) {
  return name + ", line " + std::to_string(source.begin.line);
}

Result<void> apply(Configuration& configuration, const toml::table& table, const std::string& prefix,
                   const std::string& name) {
  for (const auto& [key, node] : table) {
    const std::string full = prefix + std::string(key.str());
    if (const toml::table* section = node.as_table(); section != nullptr && prefix.empty()) {
      if (auto applied = apply(configuration, *section, full + ".", name); !applied) return applied;
      continue;
    }
    const auto setter = setters().find(full);
    if (setter == setters().end()) {
      return fail(ErrorCode::malformed, place(name, node.source()) + ": \"" + full +
                                            "\" is no setting of plenaryd. Compare plenaryd.example.toml.");
    }
    if (const auto expected = setter->second(configuration, node)) {
      return fail(ErrorCode::malformed, place(name, node.source()) + ": \"" + full + "\" " + *expected + ".");
    }
  }
  return {};
}

}  // namespace

Result<Configuration> parse_configuration(std::string_view text, const std::string& name,
                                          const Configuration& defaults) {
  Configuration configuration = defaults;
  try {
    const toml::table table = toml::parse(text);
    if (auto applied = apply(configuration, table, "", name); !applied) return tl::make_unexpected(applied.error());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::malformed, place(name, error.source()) + ": " + std::string(error.description()) + ".");
  } catch (const std::invalid_argument& error) {
    return fail(ErrorCode::malformed, name + ": " + error.what() + " Compare plenaryd.example.toml.");
  }
  if (configuration.founding == Founding::tokens && configuration.founding_tokens.empty()) {
    return fail(ErrorCode::malformed,
                name + ": founding.policy is \"tokens\", but founding.tokens lists none. Add one.");
  }
  return configuration;
}

Result<Configuration> read_configuration(const std::filesystem::path& path, const Configuration& defaults) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) return fail(ErrorCode::not_found, path.string() + " cannot be read. Check the path and its permissions.");
  return parse_configuration(text.str(), path.string(), defaults);
}

}  // namespace plenary::hub
