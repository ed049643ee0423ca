// The small checks at capture and in the partnership: words, dates, distance, reciprocity, principles.
#include <gmock/gmock.h>

#include "core/review/dates.h"
#include "core/review/distance.h"
#include "core/review/inspection_words.h"
#include "core/review/personal_data.h"
#include "core/review/principles.h"
#include "core/review/reciprocity.h"
#include "tests/unit/review/a_review.h"

namespace plenary::review {
namespace {

using namespace std::chrono;
using test::AReview;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Date kToday = 2025y / November / 18;

std::vector<std::string> marked(std::string_view text) {
  std::vector<std::string> words;
  for (const auto& mark : find_personal_data(text, kToday)) words.push_back(mark.words);
  return words;
}

TEST(PersonalDataTest, MarksAPupilsNameInEnglishAndWelsh) {
  EXPECT_THAT(marked("Then Megan's table explained it to Llŷr."), ElementsAre("Megan", "Llŷr"));
  EXPECT_THAT(marked("Roedd Gruffydd yn esbonio."), ElementsAre("Gruffydd"));
  EXPECT_THAT(marked("A pupil called Blodwyn read aloud."), ElementsAre("Blodwyn"));
}

TEST(PersonalDataTest, TellsNamesFromWords) {
  EXPECT_THAT(marked("Will pupils mark their own work with grace and hope?"), IsEmpty());
  EXPECT_THAT(marked("Mark schemes were used in Year 4 at Key Stage 2 in May."), IsEmpty());
  EXPECT_THAT(marked("She asked Grace to read."), ElementsAre("Grace"));
}

TEST(PersonalDataTest, SaysWhereAMarkStandsInCharacters) {
  const auto marks = find_personal_data("Tŷ: Osian spoke.", kToday);

  ASSERT_EQ(marks.size(), 1U);
  EXPECT_EQ(marks[0].at, 4U);
  EXPECT_EQ(marks[0].length, 5U);
  EXPECT_EQ(marks[0].question, "\"Osian\" may name a pupil. Write \"a pupil\" instead?");
}

TEST(PersonalDataTest, MarksNumbersAddressesAndBirthdays) {
  EXPECT_THAT(marked("UPN H801200001001 noted"), ElementsAre("H801200001001"));
  EXPECT_THAT(marked("write to office@school.example today"), ElementsAre("office@school.example"));
  EXPECT_THAT(marked("ring 01970 623456 or 07700 900123"), ElementsAre("01970 623456", "07700 900123"));
  EXPECT_THAT(marked("the child, 12/03/2016, moved"), ElementsAre("12/03/2016"));
  EXPECT_THAT(marked("born 3 March 1999"), ElementsAre("3 March 1999"));
}

TEST(PersonalDataTest, LeavesReviewDatesAndCountsAlone) {
  EXPECT_THAT(marked("On 18/11/2025 we saw 24 of 28 pupils; 0.5 hours, page 120, 2019 books."), IsEmpty());
}

TEST(PersonalDataTest, SurvivesBytesThatAreNoText) {
  EXPECT_THAT(marked("Megan \xFF\xFE"), IsEmpty());
}

std::vector<std::string> warned(std::string_view text) {
  std::vector<std::string> words;
  for (const auto& word : find_inspection_words(text)) words.push_back(word.words);
  return words;
}

TEST(InspectionWordsTest, WarnsAboutGrades) {
  EXPECT_THAT(warned("Reading is Outstanding; writing requires improvement."),
              ElementsAre("Outstanding", "requires improvement"));
  EXPECT_THAT(warned("It was judged to be good by us."), ElementsAre("good"));
  EXPECT_THAT(warned("Mae'r addysgu yn anfoddhaol."), ElementsAre("anfoddhaol"));
}

TEST(InspectionWordsTest, LeavesPlainWordsAlone) {
  EXPECT_THAT(warned("A good question led to good talk. Mae'n dda."), IsEmpty());
  EXPECT_THAT(warned("The overall aim. Good books were out."), IsEmpty());
}

TEST(InspectionWordsTest, SaysWhatToWriteInstead) {
  EXPECT_THAT(find_inspection_words("Inadequate.").at(0).advice, HasSubstr("Say what was seen"));
}

TEST(DatesTest, KnowsTheAcademicYear) {
  EXPECT_EQ(academic_year(2025y / August / 31), "2024/25");
  EXPECT_EQ(academic_year(2025y / September / 1), "2025/26");
  EXPECT_EQ(academic_year(1999y / October / 1), "1999/00");
  EXPECT_EQ(parse_academic_year("2025/26")->last, 2026y / August / 31);
  EXPECT_EQ(parse_academic_year("2025/27"), std::nullopt);
}

TEST(DatesTest, ReadsOnlyDatesOfTheCalendar) {
  EXPECT_EQ(parse_iso_date("2025-11-18"), 2025y / November / 18);
  EXPECT_EQ(parse_iso_date("2025-02-29"), std::nullopt);
  EXPECT_EQ(parse_register_date("31-08-1992"), 1992y / August / 31);
  EXPECT_EQ(parse_register_date("1992-08-31"), std::nullopt);
  EXPECT_EQ(parse_iso_date("2025-1--18"), std::nullopt);
}

TEST(DatesTest, KnowsSummerTime) {
  const auto at = [](auto day, auto time) {
    return duration_cast<milliseconds>((sys_days(day) + time).time_since_epoch()).count();
  };
  EXPECT_EQ(local_date(at(2025y / July / 1, 23h + 30min)), 2025y / July / 2);
  EXPECT_EQ(local_date(at(2025y / November / 18, 23h + 30min)), 2025y / November / 18);
  EXPECT_EQ(local_date(at(2025y / March / 30, 0h + 59min)), 2025y / March / 30);
}

TEST(DatesTest, CountsWorkingDaysOverAHalfTerm) {
  const std::vector<Closure> half_term = {{2025y / October / 27, 2025y / October / 31}};

  EXPECT_EQ(working_days_from(2025y / November / 5, -5, half_term), 2025y / October / 22);
  EXPECT_EQ(working_days_from(2025y / October / 24, 1, half_term), 2025y / November / 3);
  EXPECT_EQ(working_days_from(2025y / October / 24, 0, half_term), 2025y / October / 24);
}

TEST(DistanceTest, BlocksTheSameSchoolWhateverWasDeclared) {
  AReview review;
  review.member("First reviewer").school = review.file.review->host;

  const auto check = check_distance(review.file, review.member("First reviewer"));

  EXPECT_EQ(check.effect, DistanceEffect::blocks);
  EXPECT_EQ(check.sentence, "First reviewer is of the same school and cannot review it.");
}

TEST(DistanceTest, AsksForAReasonAndShowsTheFederation) {
  AReview review;
  review.member("First reviewer").distance = Distance::close_relative;
  review.member("Second reviewer").distance = Distance::same_federation_or_trust;

  const auto unexplained = check_distance(review.file, review.member("First reviewer"));
  review.member("First reviewer").distance_reason = "Cousin of the caretaker.";
  const auto explained = check_distance(review.file, review.member("First reviewer"));

  EXPECT_FALSE(unexplained.settled);
  EXPECT_TRUE(explained.settled);
  EXPECT_EQ(check_distance(review.file, review.member("Second reviewer")).effect, DistanceEffect::shown);
}

TEST(ReciprocityTest, ShowsWhoGaveAndReceivedNothing) {
  const auto matrix = reciprocity_of(
      {"Ash", "Birch", "Cedar"},
      {{"Ash", "Birch", 2, 0, "2025/26"}, {"Ash", "Birch", 1.5, 6, "2025/26"}, {"Birch", "Ash", 1, 0, "2025/26", true}},
      "2025/26");

  EXPECT_DOUBLE_EQ(matrix.days.at({"Ash", "Birch"}), 3.5);
  EXPECT_DOUBLE_EQ(matrix.balances[0].balance_days(), 3.5);
  EXPECT_THAT(matrix.gave_nothing, ElementsAre("Birch", "Cedar"));
  EXPECT_THAT(matrix.received_nothing, ElementsAre("Ash", "Cedar"));
  EXPECT_THAT(lines_of(matrix), Contains("Gave nothing this cycle: Birch and Cedar."));
}

TEST(ReciprocityTest, NudgesAPairThatKeepsSwapping) {
  const auto matrix = reciprocity_of({"Ash", "Birch"},
                                     {{"Ash", "Birch", 1, 0, "2024/25"},
                                      {"Birch", "Ash", 1, 0, "2024/25"},
                                      {"Ash", "Birch", 1, 0, "2025/26"},
                                      {"Birch", "Ash", 1, 0, "2025/26"}},
                                     "2025/26");

  EXPECT_THAT(matrix.keep_swapping, ElementsAre(testing::Pair("Ash", "Birch")));
}

TEST(PrinciplesTest, AreNineInOrderAndEachHasARule) {
  int expected = 0;
  for (const auto& principle : principles()) {
    EXPECT_EQ(principle.number, ++expected);
    EXPECT_FALSE(principle.rule.empty()) << principle.title;
  }
  EXPECT_EQ(expected, 9);
}

}  // namespace
}  // namespace plenary::review
