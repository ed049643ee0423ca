#include "tests/unit/log/samples.h"

#include <algorithm>

namespace plenary::log {
namespace {

class AnyChange {
 public:
  AnyChange(const Author& author, SeededEnvironment& environment) : author_(author), environment_(environment) {
    for (LogId& log : others_) log = random_id<LogId>(environment);
  }

  Change make() {
    Change change;
    const bool clock_jumps = one_in(5);
    change.time_ms = clock_jumps ? static_cast<std::int64_t>(environment_.below(UINT64_MAX))
                                 : author_.state.time_ms + static_cast<std::int64_t>(environment_.below(50'000));
    change.schema = one_in(6) ? number() : std::max(1u, author_.state.schema);
    change.roster = one_in(4) ? random_id<RosterHash>(environment_) : author_.state.roster;
    if (one_in(4)) change.seen = seen();
    if (one_in(10)) change.extension = text();
    const auto count = environment_.below(12);
    for (std::uint64_t i = 0; i < count; ++i) {
      change.operations.push_back(operation(static_cast<std::uint32_t>(i), change));
    }
    return change;
  }

 private:
  bool one_in(std::uint64_t n) { return environment_.below(n) == 0; }
  std::uint32_t number() { return 1 + static_cast<std::uint32_t>(environment_.below(one_in(8) ? 4'000'000'000 : 300)); }

  std::string text() {
    std::string text(1 + environment_.below(one_in(10) ? 2'000 : 40), ' ');
    for (char& c : text) c = static_cast<char>(one_in(20) ? environment_.below(256) : 'a' + environment_.below(26));
    return text;
  }

  std::vector<Head> seen() {
    std::vector<Head> heads;
    for (std::uint64_t i = 0; i <= environment_.below(3); ++i) {
      heads.push_back({others_[i], number(), random_id<ChainValue>(environment_)});
      if (one_in(3)) heads.push_back({others_[i], number(), random_id<ChainValue>(environment_)});
    }
    std::sort(heads.begin(), heads.end());
    return heads;
  }

  ChangeName change_name() {
    if (one_in(2)) {
      const auto here = author_.state.number + 1;
      return {author_.log, 1 + static_cast<std::uint32_t>(environment_.below(here)), 0};
    }
    return {others_[environment_.below(others_.size())], number(), one_in(5) ? 1 + environment_.below(UINT64_MAX) : 0};
  }
  WriteName write_name() { return {change_name(), static_cast<std::uint32_t>(environment_.below(10))}; }
  Anchor anchor() { return {write_name(), static_cast<std::uint32_t>(environment_.below(500))}; }

  RecordName record(std::uint32_t index, const Change& change) {
    if (!change.operations.empty() && one_in(2)) return change.operations.back().record;
    const auto type = static_cast<std::uint32_t>(environment_.below(200));
    if (one_in(4)) return {type, random_id<OriginTag>(environment_)};
    return one_in(2) ? RecordName{type, write_name()} : author_.next_record(type, index);
  }

  Operation operation(std::uint32_t index, const Change& change) {
    Operation operation;
    operation.kind = static_cast<OperationKind>(one_in(12) ? 11 + environment_.below(245) : 1 + environment_.below(10));
    operation.record = record(index, change);
    const auto kind = operation.kind;
    const bool known = is_known(kind);
    const bool has_field = !known || (kind >= OperationKind::set && kind <= OperationKind::strike);
    if (has_field) operation.field = static_cast<std::uint32_t>(environment_.below(300));
    if (!known) {
      operation.unknown = text();
      operation.unknown_has_value = one_in(2);
    }
    if (has_value(kind) || operation.unknown_has_value) operation.value = one_in(6) ? std::string() : text();
    fill(operation);
    return operation;
  }

  void fill(Operation& operation) {
    const auto count = environment_.below(4);
    if (operation.kind == OperationKind::insert) {
      operation.length = one_in(8) ? number() : static_cast<std::uint32_t>(operation.value->size());
      if (!one_in(3)) operation.left = anchor();
      if (!one_in(3)) operation.right = anchor();
    }
    for (std::uint64_t i = 0; i < count; ++i) {
      if (operation.kind == OperationKind::remove) operation.targets.push_back(write_name());
      if (operation.kind == OperationKind::strike) operation.ranges.push_back({write_name(), number(), number()});
      if (operation.kind == OperationKind::hide) operation.changes.push_back(change_name());
    }
  }

  const Author& author_;
  SeededEnvironment& environment_;
  std::array<LogId, 4> others_;
};

}  // namespace

Change any_change(const Author& author, SeededEnvironment& environment) {
  return AnyChange(author, environment).make();
}

}  // namespace plenary::log
