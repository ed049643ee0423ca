// Labels of the reference model's histories, which stand for hashes, as the engine's ids, and back.
#pragma once

#include <nlohmann/json.hpp>
#include <set>

#include "core/log/change.h"

namespace plenary::contract {

// An id of any size from a label: the label's bytes, then zeros. Keeps the order of labels.
template <class Id>
Id id_from_label(const std::string& label) {
  Id id;
  std::copy_n(reinterpret_cast<const std::byte*>(label.data()), std::min(label.size(), Id::kSize), id.bytes.begin());
  return id;
}
template <class Id>
std::string label_from_id(const Id& id) {
  const std::string_view text = as_text(id.span());
  return std::string(text.substr(0, text.find('\0')));
}

// The names of one history. The model's labels name one branch each; the engine's names are read in their author's
// history, and say the branch only where the author knew several.
class ModelNames {
 public:
  explicit ModelNames(const nlohmann::json& history);

  log::Head head(const std::string& change) const;
  log::ChangeName change(const std::string& reader, const std::string& change) const;
  log::WriteName write(const std::string& reader, const std::string& write) const;
  log::RecordName record(const std::string& reader, const std::string& record) const;
  // As a keeper names it: always with its branch.
  log::RecordName record(const std::string& record) const;
  static std::pair<std::string, std::uint32_t> split_write(const std::string& write);

 private:
  struct Known {
    std::string log, previous;
    std::uint32_t number = 0;
    std::vector<std::string> seen;
  };
  bool has_several(const std::string& reader, const log::Head& head) const;

  std::map<std::string, Known> changes_;
  std::map<std::string, std::set<std::string>> histories_;  // of each change: the changes that its header covers
};

}  // namespace plenary::contract
