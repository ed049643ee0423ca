// Marks what may identify a pupil, at capture, on the device: likely names, pupil numbers, dates of birth, e-mail
// addresses, phone numbers. A mark is a question to the writer, never a verdict, and it blocks nothing by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/review/dates.h"

namespace plenary::review {

enum class PersonalDataKind : std::uint8_t { name, pupil_number, date_of_birth, email, phone };

struct PersonalDataMark {
  PersonalDataKind kind = PersonalDataKind::name;
  std::size_t at = 0, length = 0;  // in Unicode scalar values
  std::string words;               // as they stand in the text
  std::string question;            // "\"Megan\" may be a pupil's name. Write \"a pupil\" instead?"
};

// `text` is UTF-8, English or Welsh; in order of place, without overlap. `today` decides which dates can be a pupil's.
std::vector<PersonalDataMark> find_personal_data(std::string_view text, const Date& today);

}  // namespace plenary::review
