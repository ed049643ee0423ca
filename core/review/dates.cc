#include "core/review/dates.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace plenary::review {
namespace {

using namespace std::chrono;

// The number that `text` writes in decimal digits and nothing else.
std::optional<int> digits(std::string_view text) {
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Date> date_of(std::string_view year_text, std::string_view month_text, std::string_view day_text) {
  const auto y = digits(year_text), m = digits(month_text), d = digits(day_text);
  if (!y || !m || !d) return std::nullopt;
  const Date date{year(*y), month(static_cast<unsigned>(*m)), day(static_cast<unsigned>(*d))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

// British summer time begins and ends at 01:00 UTC on the last Sunday of March and of October.
sys_seconds clock_change(year y, month m) {
  return sys_days(y / m / Sunday[last]) + hours(1);
}

}  // namespace

std::optional<Date> parse_iso_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  return date_of(text.substr(0, 4), text.substr(5, 2), text.substr(8, 2));
}

std::optional<Date> parse_register_date(std::string_view text) {
  if (text.size() != 10 || text[2] != '-' || text[5] != '-') return std::nullopt;
  return date_of(text.substr(6, 4), text.substr(3, 2), text.substr(0, 2));
}

std::string iso_date(const Date& date) {
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return out.data();
}

std::string long_date(const Date& date) {
  static constexpr std::array<const char*, 12> kMonths = {"January",   "February", "March",    "April",
                                                          "May",       "June",     "July",     "August",
                                                          "September", "October",  "November", "December"};
  return std::to_string(static_cast<unsigned>(date.day())) + " " + kMonths[static_cast<unsigned>(date.month()) - 1] +
         " " + std::to_string(static_cast<int>(date.year()));
}

Date local_date(std::int64_t time_ms) {
  const auto utc = floor<seconds>(sys_time<milliseconds>(milliseconds(time_ms)));
  const year y = Date(floor<days>(utc)).year();
  const bool summer = utc >= clock_change(y, March) && utc < clock_change(y, October);
  return Date(floor<days>(utc + hours(summer ? 1 : 0)));
}

std::string academic_year(const Date& date) {
  const int first = static_cast<int>(date.year()) - (date.month() < September ? 1 : 0);
  std::array<char, 24> out{};
  std::snprintf(out.data(), out.size(), "%04d/%02d", first, (first + 1) % 100);
  return out.data();
}

std::optional<AcademicYear> parse_academic_year(std::string_view text) {
  if (text.size() != 7 || text[4] != '/') return std::nullopt;
  const auto first = digits(text.substr(0, 4)), second = digits(text.substr(5));
  if (!first || !second || (*first + 1) % 100 != *second) return std::nullopt;
  return AcademicYear{year(*first) / September / 1, year(*first + 1) / August / 31};
}

bool is_working_day(const Date& date, const std::vector<Closure>& closures) {
  const weekday day(sys_days{date});
  if (day == Saturday || day == Sunday) return false;
  return std::ranges::none_of(closures, [&](const Closure& c) { return c.first <= date && date <= c.last; });
}

Date working_days_from(const Date& date, int count, const std::vector<Closure>& closures) {
  const days step(count < 0 ? -1 : 1);
  sys_days at{date};
  // A calendar that is closed for years would never end: a date two years on is as good an answer as any.
  const sys_days limit = at + step * 731;
  for (int left = std::abs(count); left > 0 && at != limit;) {
    at += step;
    if (is_working_day(Date(at), closures)) --left;
  }
  return Date(at);
}

}  // namespace plenary::review
