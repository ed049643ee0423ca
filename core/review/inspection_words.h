// Warns about inspection-grade words: a peer review gives no grades (domain.md section 2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::review {

struct InspectionWord {
  std::size_t at = 0, length = 0;  // in Unicode scalar values
  std::string words;
  std::string advice;
};

// English and Welsh. "Good" and "da" are marked only where they stand as a grade ("graded good", "is Good overall").
std::vector<InspectionWord> find_inspection_words(std::string_view text);

}  // namespace plenary::review
