// EventLog: what happened, as lines for people (text) or machines (JSON lines) on the error stream. Never content:
// no payload, no sealed bytes, no names; pseudonyms and keys shortened to what tells two apart.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/fixed_id.h"

namespace spdlog {
class logger;
}

namespace plenary::hub {

enum class LogFormat : std::uint8_t { text, json };
enum class LogLevel : std::uint8_t { debug, info, warning, error };

// The level of that name; anything else is info.
constexpr LogLevel log_level_of(std::string_view name) {
  if (name == "debug") return LogLevel::debug;
  if (name == "warning") return LogLevel::warning;
  return name == "error" ? LogLevel::error : LogLevel::info;
}

class EventLog {
 public:
  struct Field {
    template <class Integer>
    requires std::is_integral_v<Integer> Field(std::string_view name, Integer value)
        : name(name), value(static_cast<std::int64_t>(value)) {}
    Field(std::string_view name, std::string_view value) : name(name), value(std::string(value)) {}
    // The first eight digits of an id.
    template <class Tag, std::size_t N>
    Field(std::string_view name, const FixedId<Tag, N>& id) : name(name), value(id.hex().substr(0, 8)) {}

    std::string_view name;
    std::variant<std::int64_t, std::string> value;
  };
  using Fields = std::initializer_list<Field>;

  EventLog(LogFormat format, LogLevel level);
  ~EventLog();
  EventLog(const EventLog&) = delete;
  EventLog& operator=(const EventLog&) = delete;

  // `event`: a few plain words without values ("connection closed"); values go into the fields. Thread-safe.
  void debug(std::string_view event, Fields fields = {}) { write(LogLevel::debug, event, fields); }
  void info(std::string_view event, Fields fields = {}) { write(LogLevel::info, event, fields); }
  void warning(std::string_view event, Fields fields = {}) { write(LogLevel::warning, event, fields); }
  void error(std::string_view event, Fields fields = {}) { write(LogLevel::error, event, fields); }

  // One line without time and level, as it would be written: for tests.
  static std::string line(LogFormat format, std::string_view event, Fields fields);

 private:
  void write(LogLevel level, std::string_view event, Fields fields);

  LogFormat format_;
  std::unique_ptr<spdlog::logger> logger_;
};

}  // namespace plenary::hub
