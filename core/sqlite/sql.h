// Sql: text that stands literally in our source, so nothing a person or peer typed can become a statement.
// GeneratedSql is the explicit way out for tables and columns that are made from the schema's names.
#pragma once

#include <string>
#include <string_view>

namespace plenary::sqlite {

class Sql {
 public:
  // Only a constant expression converts: a string built at run time does not compile.
  consteval Sql(const char* literal) : text_(literal) {}  // NOLINT: implicit on purpose

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
};

// The caller vouches that `text` was made from our own literals and quoted_identifier() alone; values are bound.
class GeneratedSql {
 public:
  explicit GeneratedSql(std::string text) : text_(std::move(text)) {}

  std::string_view text() const { return text_; }

 private:
  std::string text_;
};

// "name", with quotes inside doubled: for names of tables and columns in GeneratedSql.
std::string quoted_identifier(std::string_view name);

}  // namespace plenary::sqlite
