#include "core/review/copies.h"

#include <algorithm>
#include <set>

namespace plenary::review {
namespace {

using replica::RecordId;
using replica::RecordView;
using replica::Value;

using Renamed = std::map<RecordId, RecordId>;

void point_home(Value& value, const Renamed& renamed) {
  if (auto* id = std::get_if<RecordId>(&value.content)) {
    const auto home = renamed.find(*id);
    if (home != renamed.end()) *id = home->second;
  } else if (auto* list = std::get_if<std::vector<Value>>(&value.content)) {
    for (Value& item : *list) point_home(item, renamed);
  }
}

void take_what_was_given(RecordView& finding, const RecordView& copy) {
  for (const char* name : {"statement", "statement_cy", "kind"}) {
    const auto given = copy.fields.find(name);
    if (given != copy.fields.end()) finding.fields[name] = given->second;
  }
}

}  // namespace

bool is_copy(const RecordId& id) {
  return id.text.size() == 17 && id.text[0] == 'o' &&
         id.text.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
}

void join_copies(std::vector<RecordView>& records, const Homes& homes) {
  std::map<RecordId, RecordView*> here;
  for (RecordView& record : records) here.emplace(record.id, &record);
  Renamed renamed;
  std::set<std::pair<std::string, RecordId>> joined;
  for (const RecordView& copy : records) {
    const auto home = homes.find({copy.type, copy.id});
    if (home == homes.end() || !here.contains(home->second)) continue;
    if (copy.type == "finding") take_what_was_given(*here.at(home->second), copy);
    renamed.emplace(copy.id, home->second);
    joined.emplace(copy.type, copy.id);
  }
  if (joined.empty()) return;
  std::erase_if(records, [&](const RecordView& r) { return joined.contains({r.type, r.id}); });
  for (RecordView& record : records) {
    for (auto& [name, field] : record.fields) point_home(field.value, renamed);
  }
}

}  // namespace plenary::review
