// Holds the engine against histories with expected states, as JSON (tests/vectors/model/README.md).
#pragma once

#include "core/merge/evaluate.h"
#include "tests/contract/model_names.h"

namespace plenary::contract {

class ModelHistory {
 public:
  explicit ModelHistory(const nlohmann::json& history);

  std::size_t moments() const { return json_.at("moments").size(); }
  std::string name(std::size_t moment) const;
  // Empty when the engine shows what is expected, given everything in the order in which it is listed; else the first
  // difference, as text.
  std::string difference(std::size_t moment) const;

 private:
  log::Change read_change(const nlohmann::json& in) const;
  log::Operation read_operation(const std::string& change, const nlohmann::json& in);
  roster::Record read_record(const nlohmann::json& in) const;
  roster::Body read_body(const std::string& kind, const nlohmann::json& args) const;
  std::vector<log::Head> seen_difference(const nlohmann::json& in) const;

  nlohmann::json state(const merge::MergedSpace& space) const;
  nlohmann::json record_state(const merge::MergedSpace& space, const log::RecordName& name,
                              const merge::MergedSpace::Entry& entry) const;
  nlohmann::json field_state(const merge::MergedSpace& space, const merge::MergedSpace::Entry& entry,
                             const merge::MergedField& field) const;
  std::string write_label(const merge::MergedSpace& space, const merge::Write& write) const;
  std::string record_label(const merge::MergedSpace& space, const log::RecordName& name) const;

  const nlohmann::json& json_;
  ModelNames names_;
  std::map<std::string, DeviceKey> keys_;  // of logs
  std::map<std::string, log::Change> changes_;
  std::map<std::string, roster::Record> records_;
  std::map<log::RecordName, std::string> written_;  // names as written, for records that are not here
};

// All histories of a file; the JSON must outlive the ModelHistories made from it.
nlohmann::json read_histories(const std::string& path);

}  // namespace plenary::contract
