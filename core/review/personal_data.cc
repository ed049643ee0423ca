#include "core/review/personal_data.h"

#include <algorithm>
#include <regex>

#include "core/base/utf8.h"
#include "core/review/forenames.h"
#include "core/review/words.h"

namespace plenary::review {
namespace {

// A mark by bytes, as regular expressions find it.
struct ByteMark {
  PersonalDataKind kind;
  std::size_t at, length;
};

void add_matches(std::string_view text, const std::regex& pattern, PersonalDataKind kind,
                 std::vector<ByteMark>& marks) {
  const char* begin = text.data();
  for (std::cregex_iterator match(begin, begin + text.size(), pattern), end; match != end; ++match) {
    marks.push_back({kind, static_cast<std::size_t>(match->position()), static_cast<std::size_t>(match->length())});
  }
}

void find_numbers(std::string_view text, std::vector<ByteMark>& marks) {
  static const std::regex kEmail(R"([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+)");
  // A letter, twelve characters of which the last may be a letter: England's unique pupil number.
  static const std::regex kPupilNumber(R"(\b[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]\b)");
  static const std::regex kPhone(R"((\+44[ -]?\(?0?\)?|\b0)[0-9]{2,4}\)?[ -]?[0-9]{3,4}[ -]?[0-9]{3,4}\b)");
  add_matches(text, kEmail, PersonalDataKind::email, marks);
  add_matches(text, kPupilNumber, PersonalDataKind::pupil_number, marks);
  add_matches(text, kPhone, PersonalDataKind::phone, marks);
}

// The year that a date ends with, as four digits; two digits are of this century.
int year_of(const std::string& text) {
  const int year = std::stoi(text);
  return text.size() == 2 ? 2000 + year : year;
}

// Full dates on which somebody of school age may have been born, and any date that is said to be a birthday.
void find_birthdays(std::string_view text, const Date& today, std::vector<ByteMark>& marks) {
  static const std::regex kDate(
      R"((born |dob:? |d\.o\.b\.:? |ganed |ganwyd )?(?:on |ar )?\b([0-3]?[0-9](?:[/.-][01]?[0-9][/.-]|(?:st|nd|rd|th)? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* )([0-9]{4}|[0-9]{2}))\b)",
      std::regex::icase);
  const char* begin = text.data();
  for (std::cregex_iterator match(begin, begin + text.size(), kDate), end; match != end; ++match) {
    const int age = static_cast<int>(today.year()) - year_of((*match)[3].str());
    const bool said = (*match)[1].matched;
    if (!said && (age < 2 || age > 20)) continue;
    marks.push_back({PersonalDataKind::date_of_birth, static_cast<std::size_t>(match->position(2)),
                     static_cast<std::size_t>(match->length(2))});
  }
}

bool introduces_a_name(const std::u32string& word) {
  static const std::vector<std::u32string_view> kWords = {U"called", U"named", U"pupil",   U"disgybl",
                                                          U"boy",    U"girl",  U"bachgen", U"merch"};
  return std::ranges::find(kWords, word) != kWords.end();
}

// "Megan's" -> "megan".
std::u32string_view without_possessive(const std::u32string& word) {
  std::u32string_view name = word;
  if (name.size() > 2 && name.ends_with(U's') &&
      (name[name.size() - 2] == U'\'' || name[name.size() - 2] == U'\u2019')) {
    name.remove_suffix(2);
  }
  return name;
}

// A first name is likely when it is one and nothing else; names that are words too ("Grace", "Mark") only where a
// capital letter has no other reason, or another capitalised word follows. After "called" any capitalised word is.
bool is_likely_name(const std::vector<Word>& words, std::size_t i) {
  const Word& word = words[i];
  if (!word.capital) return false;
  if (i > 0 && !word.after_stop && introduces_a_name(words[i - 1].lower)) return true;
  switch (forename_kind(without_possessive(word.lower))) {
    case ForenameKind::name_only:
      return true;
    case ForenameKind::also_a_word: {
      const bool surname_follows = i + 1 < words.size() && words[i + 1].capital && !words[i + 1].after_stop;
      return surname_follows ? !word.begins_sentence : !word.begins_sentence && !word.after_stop;
    }
    case ForenameKind::none:
      break;
  }
  return false;
}

std::string question_of(PersonalDataKind kind, const std::string& words) {
  const std::string quoted = "\"" + words + "\"";
  switch (kind) {
    case PersonalDataKind::name:
      return quoted + " may name a pupil. Write \"a pupil\" instead?";
    case PersonalDataKind::pupil_number:
      return quoted + " looks like a pupil number. Take it out?";
    case PersonalDataKind::date_of_birth:
      return quoted + " may be a date of birth. Write the year group instead?";
    case PersonalDataKind::email:
      return quoted + " is an e-mail address. Take it out?";
    case PersonalDataKind::phone:
      break;
  }
  return quoted + " looks like a phone number. Take it out?";
}

}  // namespace

std::vector<PersonalDataMark> find_personal_data(std::string_view text, const Date& today) {
  if (!count_scalars(text)) return {};
  std::vector<ByteMark> by_bytes;
  find_numbers(text, by_bytes);
  find_birthdays(text, today, by_bytes);

  std::vector<PersonalDataMark> marks;
  for (const ByteMark& mark : by_bytes) {
    const std::size_t at = *count_scalars(text.substr(0, mark.at));
    const std::string words(text.substr(mark.at, mark.length));
    marks.push_back({mark.kind, at, words.size(), words, question_of(mark.kind, words)});  // ASCII throughout
  }
  const auto words = words_of(text);
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!is_likely_name(words, i)) continue;
    const std::string name = encode_utf8(without_possessive(words[i].text));
    marks.push_back({PersonalDataKind::name, words[i].at, without_possessive(words[i].text).size(), name,
                     question_of(PersonalDataKind::name, name)});
  }
  std::ranges::stable_sort(marks, {}, &PersonalDataMark::at);
  std::vector<PersonalDataMark> apart;
  for (PersonalDataMark& mark : marks) {
    if (apart.empty() || apart.back().at + apart.back().length <= mark.at) apart.push_back(std::move(mark));
  }
  return apart;
}

}  // namespace plenary::review
