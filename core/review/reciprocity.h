// Giving and receiving between schools over a cycle. Balance is shown per school; it never forces A and B to swap.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/replica/value.h"

namespace plenary::review {

struct LedgerEntry {
  std::string giver, receiver;  // names or ids of schools
  double person_days = 0, cover_hours = 0;
  std::string academic_year;
  bool withdrawn = false;
};

struct SchoolBalance {
  std::string school;
  double given_days = 0, received_days = 0, given_cover_hours = 0, received_cover_hours = 0;
  double balance_days() const { return given_days - received_days; }
};

struct ReciprocityMatrix {
  std::vector<std::string> schools;                                // sorted
  std::map<std::pair<std::string, std::string>, double> days;      // rows give, columns receive
  std::vector<SchoolBalance> balances;                             // one per school, in the same order
  std::vector<std::string> gave_nothing, received_nothing;         // listed when a cycle closes
  std::vector<std::pair<std::string, std::string>> keep_swapping;  // both ways in two years or more: a nudge
};

// `schools` are the members, so that one without an entry is listed too. Entries of other years only serve the nudge.
ReciprocityMatrix reciprocity_of(const std::set<std::string>& schools, const std::vector<LedgerEntry>& entries,
                                 const std::string& academic_year);

std::vector<std::string> lines_of(const ReciprocityMatrix& matrix);

}  // namespace plenary::review
