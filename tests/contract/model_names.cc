#include "tests/contract/model_names.h"

#include "core/base/check.h"
#include "core/log/causality.h"
#include "tests/contract/example_schema.h"

namespace plenary::contract {

using nlohmann::json;

ModelNames::ModelNames(const json& history) {
  for (const json& change : history.at("changes")) {
    Known& known = changes_[change.at("id")];
    known = {change.at("log"), change.at("after"), change.at("number"), {}};
    for (const json& head : change.at("seen")) known.seen.push_back(head.at(2));
  }
  for (const json& change : history.at("changes")) {
    for (const json& head : change.at("seen")) changes_.try_emplace(head.at(2), Known{head.at(0), "", head.at(1), {}});
  }
  for (const auto& [id, known] : changes_) {
    std::set<std::string>& covered = histories_[id];
    std::vector<std::string> heads{known.previous};
    for (std::string at = id; !at.empty(); at = changes_.at(at).previous) {
      heads.insert(heads.end(), changes_.at(at).seen.begin(), changes_.at(at).seen.end());
      if (!changes_.contains(changes_.at(at).previous)) break;
    }
    for (std::string head : heads) {
      for (; changes_.contains(head) && covered.insert(head).second;) head = changes_.at(head).previous;
    }
  }
}

log::Head ModelNames::head(const std::string& change) const {
  if (change.empty()) return {};
  const auto known = changes_.find(change);
  if (known != changes_.end()) {
    return {id_from_label<LogId>(known->second.log), known->second.number, id_from_label<ChainValue>(change)};
  }
  // A label that nobody wrote ("zz9"), or whose change nobody has: its log and number are in it.
  std::size_t digits = change.find('~');
  const std::string text = change.substr(0, digits);
  digits = text.find_last_not_of("0123456789") + 1;
  const auto number = digits < text.size() ? std::stoul(text.substr(digits)) : 1;
  return {id_from_label<LogId>(text.substr(0, digits)), static_cast<std::uint32_t>(number),
          id_from_label<ChainValue>(change)};
}

bool ModelNames::has_several(const std::string& reader, const log::Head& head) const {
  int found = 0;
  for (const std::string& other : histories_.at(reader)) {
    const log::Head known = this->head(other);
    found += known.log == head.log && known.number == head.number;
  }
  return found > 1;
}

log::ChangeName ModelNames::change(const std::string& reader, const std::string& change) const {
  const log::Head head = this->head(change);
  return {head.log, head.number, has_several(reader, head) ? log::branch_of(head.chain) : 0};
}

std::pair<std::string, std::uint32_t> ModelNames::split_write(const std::string& write) {
  const std::size_t dot = write.rfind('.');
  CHECK(dot != std::string::npos);
  return {write.substr(0, dot), static_cast<std::uint32_t>(std::stoul(write.substr(dot + 1)))};
}

log::WriteName ModelNames::write(const std::string& reader, const std::string& write) const {
  const auto [change, index] = split_write(write);
  return {this->change(reader, change), index};
}

log::RecordName ModelNames::record(const std::string& reader, const std::string& record) const {
  const std::size_t at = record.find_first_of(":@");
  const std::uint32_t type = type_number(record.substr(0, at));
  if (record[at] == '@') return {type, id_from_label<OriginTag>(record.substr(at + 1))};
  return {type, write(reader, record.substr(at + 1))};
}

log::RecordName ModelNames::record(const std::string& record) const {
  const std::size_t at = record.find_first_of(":@");
  const std::uint32_t type = type_number(record.substr(0, at));
  if (record[at] == '@') return {type, id_from_label<OriginTag>(record.substr(at + 1))};
  const auto [change, index] = split_write(record.substr(at + 1));
  const log::Head head = this->head(change);
  return {type, log::WriteName{{head.log, head.number, log::branch_of(head.chain)}, index}};
}

}  // namespace plenary::contract
