#include "core/review/register_import.h"

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "core/review/csv.h"

namespace plenary::review {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

const std::string kHeader =
    "\"URN\",\"LA (code)\",\"EstablishmentNumber\",\"EstablishmentName\",\"EstablishmentStatus "
    "(code)\",\"CloseDate\"\r\n";

std::string real_register() {
  std::ifstream file(PLENARY_SOURCE_DIR "/tests/vectors/gias/register-extract.csv", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

RegisterImport read(const std::string& text) {
  auto import = read_register(text);
  EXPECT_TRUE(import) << import.error().message;
  return import ? *import : RegisterImport{};
}

TEST(RegisterImportTest, ReadsTheRealRegisterWithAllItsColumns) {
  const auto import = read(real_register());

  ASSERT_THAT(import.schools, SizeIs(4));
  EXPECT_THAT(import.bad_rows, IsEmpty());
  EXPECT_EQ(import.schools[0].urn, "100492");
  EXPECT_EQ(import.schools[0].name, "St Thomas' CofE Primary School");
  EXPECT_EQ(import.schools[0].la_code, "207");
  EXPECT_EQ(import.schools[0].changed_on, "2018-09-19");
  EXPECT_EQ(import.schools[0].pupils, 237U);
  EXPECT_EQ(import.schools[3].federation_name, "Koinonia Federation");
}

TEST(RegisterImportTest, NeverReadsHeadsNamesOrInspectionGrades) {
  const auto import = read(real_register());

  EXPECT_THAT(import.ignored_columns, Contains("HeadLastName"));
  EXPECT_THAT(import.ignored_columns, Contains("OfstedRating (name)"));
  for (const auto& [field, value] : import.schools[0].fields()) EXPECT_NE(value.text(), "Good") << field;
}

TEST(RegisterImportTest, FindsColumnsByTheirHeaderInAnyOrder) {
  const auto import = read(
      "Unheard of,EstablishmentName,EstablishmentStatus (code),URN,EstablishmentNumber,LA (code)\n"
      "x,Ysgol y Castell,1,400123,2001,667\n");

  ASSERT_THAT(import.schools, SizeIs(1));
  EXPECT_EQ(import.schools[0].name, "Ysgol y Castell");
  EXPECT_EQ(import.schools[0].establishment_number, "2001");
}

TEST(RegisterImportTest, ReadsWindows1252AndUtf8WithAndWithoutAMark) {
  const std::string windows = kHeader + "\"100001\",\"201\",\"0012\",\"St Ren\xE9\x92s \x96 Upper\",\"1\",\"\"\r\n";
  const std::string utf8 = kHeader + "\"100001\",\"201\",\"0012\",\"St René’s – Upper\",\"1\",\"\"\r\n";

  EXPECT_EQ(read(windows).encoding, TextEncoding::windows_1252);
  EXPECT_EQ(read(windows).schools.at(0).name, "St René’s – Upper");
  EXPECT_EQ(read(utf8).encoding, TextEncoding::utf8);
  EXPECT_EQ(read(utf8).schools.at(0).name, "St René’s – Upper");
  EXPECT_EQ(read("\xEF\xBB\xBF" + utf8).encoding, TextEncoding::utf8_with_mark);
  EXPECT_EQ(read("\xEF\xBB\xBF" + utf8).schools.at(0).name, "St René’s – Upper");
}

TEST(RegisterImportTest, KeepsLeadingZeros) {
  const auto import = read(kHeader + "100001,201,0012,One,1,\n");

  EXPECT_EQ(import.schools.at(0).establishment_number, "0012");
}

TEST(RegisterImportTest, FlagsSchoolsThatAreClosedOrProposedToOpen) {
  const auto import = read(kHeader + "100001,201,0012,Old,2,31-08-1992\n100002,201,0013,New,4,\n");

  EXPECT_THAT(import.schools.at(0).flags, ElementsAre("closed on 31 August 1992"));
  EXPECT_THAT(import.schools.at(1).flags, ElementsAre("proposed to open"));
  EXPECT_THAT(import.schools.at(0).fields(), Contains(Pair("status", replica::Value("closed"))));
  EXPECT_THAT(import.schools.at(0).fields(), Contains(Pair("closed_on", replica::Value("1992-08-31"))));
}

TEST(RegisterImportTest, NamesRowAndColumnOfWhatIsWrongAndKeepsTheGoodRows) {
  const auto import = read(kHeader +
                           "100001,201,0012,Good,1,\n"
                           "10002,201,0013,Short number,1,\n"
                           "100003,201,0014,Odd date,2,1992-08-31\n"
                           "100004,201\n"
                           "100005,201,0015,Also good,1,\n");

  EXPECT_THAT(import.schools, SizeIs(2));
  ASSERT_THAT(import.bad_rows, SizeIs(3));
  EXPECT_EQ(import.bad_rows[0].row, 3U);
  EXPECT_EQ(import.bad_rows[0].column, "URN");
  EXPECT_EQ(import.bad_rows[0].what, "URN is \"10002\"; it must be 6 digits.");
  EXPECT_EQ(import.bad_rows[1].column, "CloseDate");
  EXPECT_EQ(import.bad_rows[2].what, "The row has 2 columns; the header has 6.");
  EXPECT_EQ(lines_of(import).front(), "2 schools read, 3 rows left out.");
}

TEST(RegisterImportTest, SaysWhichColumnsAreMissing) {
  const auto import = read_register("Name,Postcode\nYsgol y Castell,SY23\n");

  ASSERT_FALSE(import);
  EXPECT_EQ(import.error().code, ErrorCode::invalid_argument);
  EXPECT_THAT(import.error().message, HasSubstr("columns are missing: URN, LA (code), EstablishmentNumber"));
}

TEST(RegisterImportTest, RefusesWhatIsNoText) {
  EXPECT_THAT(read_register(std::string("PK\3\4\0\0", 6)).error().message, HasSubstr("may be a spreadsheet"));
  EXPECT_THAT(read_register("").error().message, HasSubstr("is empty"));
  EXPECT_THAT(read_register("\xEF\xBB\xBFURN\xE9").error().message, HasSubstr("says that it is UTF-8"));
}

TEST(RegisterImportTest, KeepsASchoolThatStandsTwiceOnce) {
  const auto import = read(kHeader + "100001,201,0012,One,1,\n100001,201,0012,One again,1,\n");

  EXPECT_THAT(import.schools, SizeIs(1));
  EXPECT_EQ(import.bad_rows.at(0).what, "URN 100001 stands in line 2 already.");
}

TEST(RegisterImportTest, GoesOnAfterAQuotationMarkThatIsNeverClosed) {
  const auto import = read(kHeader + "100001,201,0012,\"Open,1,\n100002,201,0013,Two,1,\n");

  EXPECT_THAT(import.schools, SizeIs(1));
  EXPECT_THAT(import.bad_rows.at(0).what, HasSubstr("opened in line 2 is never closed"));
}

std::vector<std::vector<std::string>> rows_of(const std::string& text) {
  CsvReader reader(text);
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> fields;
  while (reader.next(fields).value_or(false)) rows.push_back(fields);
  return rows;
}

TEST(CsvReaderTest, ReadsQuotesCommasAndLineBreaksWithinAField) {
  EXPECT_THAT(rows_of("a,\"b,\"\"c\"\"\r\nd\",\r\ne,f,g\r"),
              ElementsAre(ElementsAre("a", "b,\"c\"\r\nd", ""), ElementsAre("e", "f", "g")));
}

TEST(CsvReaderTest, KnowsTheLineInWhichARowBegins) {
  const std::string text = "a\n\"b\nc\"\n\nd\n";
  CsvReader reader(text);
  std::vector<std::string> fields;
  std::vector<std::size_t> lines;

  while (*reader.next(fields)) lines.push_back(reader.line());

  EXPECT_THAT(lines, ElementsAre(1, 2, 5));
}

TEST(CsvReaderTest, RefusesWordsAfterAClosingQuotationMark) {
  const std::string text = "\"a\"b,c\nd,e\n";
  CsvReader reader(text);
  std::vector<std::string> fields;

  EXPECT_THAT(reader.next(fields).error().message, HasSubstr("after a closing quotation mark"));
  EXPECT_TRUE(*reader.next(fields));
  EXPECT_THAT(fields, ElementsAre("d", "e"));
}

TEST(CsvReaderTest, BoundsTheLengthOfAField) {
  const std::string text = "\"" + std::string(CsvReader::kFieldBytesMax + 2, 'x') + "\"\nnext\n";
  CsvReader reader(text);
  std::vector<std::string> fields;

  EXPECT_EQ(reader.next(fields).error().code, ErrorCode::limit_exceeded);
  EXPECT_TRUE(*reader.next(fields));
  EXPECT_THAT(fields, ElementsAre("next"));
}

}  // namespace
}  // namespace plenary::review
