#include "core/merge/evaluate.h"

#include <algorithm>

#include "core/base/check.h"

namespace plenary::merge {

MergedSpace::MergedSpace(const Schema& schema, std::uint32_t version)
    : schema_(schema), view_(causality_, roster_, schema_, version) {}

// ---- arrivals

void MergedSpace::add(const log::Change& change) {
  changes_.try_emplace(change.chain, change);
  take(causality_.add(change));
}

void MergedSpace::add(const roster::Record& record) {
  std::vector<const roster::Record*> admitted;
  roster_.add(record, &admitted);
  for (const roster::Record* arrived : admitted) {
    if (const auto* lost = std::get_if<roster::Lost>(&arrived->body)) {
      take(causality_.declare_lost({lost->log, lost->number, lost->chain}));
    }
    take(causality_.learn_roster(arrived->hash));
  }
}

void MergedSpace::take(const log::Delivery& delivery) {
  arrived_.insert(arrived_.end(), delivery.places.begin(), delivery.places.end());
  reshaped_ |= delivery.reshaped;
}

const log::Change& MergedSpace::change(log::Place place) const {
  return changes_.at(causality_.chain_of(place));
}

// ---- merging what is touched

void MergedSpace::file(log::Place place) const {
  for (Write& write : writes_of(change(place), place)) {
    const log::RecordName record = causality_.canonical(place, write.operation->record);
    records_[record].writes.push_back(write);
    touched_records_.insert(record);
  }
}

void MergedSpace::regroup() const {
  records_.clear();
  for (const log::Head& head : causality_.frontier()) {
    for (auto place = causality_.find(head.log, head.number, head.chain); place;
         place = causality_.previous_of(*place)) {
      arrived_.push_back(*place);
    }
  }
  std::sort(arrived_.begin(), arrived_.end());
  arrived_.erase(std::unique(arrived_.begin(), arrived_.end()), arrived_.end());
}

void MergedSpace::merge_pending() const {
  CHECK(!roster_.empty());
  Position now{roster_.standing(), roster_.unsettled()};
  if (position_ && !reshaped_) {
    const Impact moved =
        impact(causality_, roster_, position_->standing, position_->unsettled, now.standing, now.unsettled);
    touched_logs_.insert(moved.logs.begin(), moved.logs.end());
    touched_records_.insert(moved.records.begin(), moved.records.end());
  }
  position_ = std::move(now);
  if (reshaped_) regroup();
  reshaped_ = false;
  for (const LogId& log : view_.logs_decided_by(arrived_)) touched_logs_.insert(log);
  for (const log::Place place : arrived_) file(place);
  arrived_.clear();
  for (auto& [record, entry] : records_) {
    const bool touched =
        touched_records_.contains(record) ||
        (!touched_logs_.empty() && std::any_of(entry.writes.begin(), entry.writes.end(), [&](const Write& write) {
          return touched_logs_.contains(causality_.log_of(write.place.lane));
        }));
    if (touched) entry.merged = merge_record(view_, record, entry.writes);
  }
  touched_logs_.clear();
  touched_records_.clear();
}

// ---- answers

const std::map<log::RecordName, MergedSpace::Entry>& MergedSpace::records() const {
  merge_pending();
  return records_;
}

std::map<log::Place, roster::Quarantine> MergedSpace::quarantine() const {
  std::map<log::Place, roster::Quarantine> found;
  for (const log::Head& head : causality_.frontier()) {
    for (auto place = causality_.find(head.log, head.number, head.chain); place;
         place = causality_.previous_of(*place)) {
      const roster::Right right = view_.right(*place);
      if (right.role == kNoRole) found.emplace(*place, right.quarantine);
    }
  }
  return found;
}

Bytes MergedSpace::digest_bytes() const {
  Bytes all;
  for (const auto& [record, entry] : records()) {
    const Bytes one = merge::digest_bytes(view_, record, entry.writes, entry.merged);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

}  // namespace plenary::merge
