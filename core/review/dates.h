// Dates as schools write them, academic years, and working days of a partnership's calendar. No clock.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::review {

using Date = std::chrono::year_month_day;

// "2025-11-18"; nothing when it is no date of the calendar.
std::optional<Date> parse_iso_date(std::string_view text);
// "31-08-1992", as the register writes it.
std::optional<Date> parse_register_date(std::string_view text);
std::string iso_date(const Date& date);
// "18 November 2025".
std::string long_date(const Date& date);
// The date in the United Kingdom at that moment (summer time as the law has it since 1996).
Date local_date(std::int64_t time_ms);

// "2025/26": 1 September to 31 August.
std::string academic_year(const Date& date);
struct AcademicYear {
  Date first, last;
};
// Of "2025/26"; nothing for other texts.
std::optional<AcademicYear> parse_academic_year(std::string_view text);

// Days on which school is not open, ends included: holidays, half-terms, INSET days.
struct Closure {
  Date first, last;
};
bool is_working_day(const Date& date, const std::vector<Closure>& closures);
// The working day that lies `count` working days before (negative) or after `date`.
Date working_days_from(const Date& date, int count, const std::vector<Closure>& closures);

}  // namespace plenary::review
