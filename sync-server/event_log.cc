#include "sync-server/event_log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace plenary::hub {
namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

// Also keeps line breaks and control characters of foreign text out of the log, in both formats.
std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (code < 0x20 || code == 0x7f) {
      quoted += fmt::format("\\u{:04x}", code);
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

bool is_plain_word(std::string_view text) {
  return !text.empty() &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:_-/[]") ==
             std::string_view::npos;
}

std::string value_text(LogFormat format, const EventLog::Field& field) {
  if (const auto* number = std::get_if<std::int64_t>(&field.value)) return std::to_string(*number);
  const auto& text = std::get<std::string>(field.value);
  return format == LogFormat::text && is_plain_word(text) ? text : in_quotes(text);
}

}  // namespace

EventLog::EventLog(LogFormat format, LogLevel level)
    : format_(format),
      logger_(std::make_unique<spdlog::logger>("plenaryd", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {
  logger_->set_level(spdlog_level(level));
  logger_->flush_on(spdlog::level::debug);
  const char* pattern = format == LogFormat::json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})"
                                                  : "%Y-%m-%d %H:%M:%S.%eZ %l: %v";
  logger_->set_pattern(pattern, spdlog::pattern_time_type::utc);
}

EventLog::~EventLog() = default;

std::string EventLog::line(LogFormat format, std::string_view event, Fields fields) {
  std::string line = format == LogFormat::json ? "\"event\":" + in_quotes(event) : std::string(event);
  for (const Field& field : fields) {
    line += format == LogFormat::json ? "," + in_quotes(field.name) + ":" : " " + std::string(field.name) + "=";
    line += value_text(format, field);
  }
  return line;
}

void EventLog::write(LogLevel level, std::string_view event, Fields fields) {
  if (!logger_->should_log(spdlog_level(level))) return;
  logger_->log(spdlog_level(level), "{}", line(format_, event, fields));
}

}  // namespace plenary::hub
