// Changes to test with: a device that writes a log, and changes of every form drawn from a seed.
#pragma once

#include <random>

#include "core/base/environment.h"
#include "core/log/content.h"

namespace plenary::log {

// The same bytes in every run; a clock that stands still.
class SeededEnvironment final : public Environment {
 public:
  explicit SeededEnvironment(std::uint64_t seed = 1) : generator_(seed) {}
  std::int64_t now_ms() override { return 1'790'000'000'000; }
  void random(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(generator_());
  }
  std::uint64_t below(std::uint64_t bound) { return generator_() % bound; }

 private:
  std::mt19937_64 generator_;
};

template <class Id>
Id random_id(Environment& environment) {
  Id id;
  environment.random(id.bytes);
  return id;
}

inline Operation create_record(const RecordName& record) {
  Operation operation;
  operation.kind = OperationKind::create;
  operation.record = record;
  return operation;
}

inline Operation write_value(OperationKind kind, const RecordName& record, std::uint32_t field, std::string value) {
  Operation operation;
  operation.kind = kind;
  operation.record = record;
  operation.field = field;
  if (kind == OperationKind::insert) operation.length = static_cast<std::uint32_t>(value.size());
  operation.value = std::move(value);
  return operation;
}

// One device that writes one log of one space.
struct Author {
  explicit Author(SeededEnvironment& env)
      : environment(env),
        space(random_id<SpaceId>(env)),
        key(crypto::SigningKey::generate(env)),
        descriptor(make_log(key.public_key(), env)),
        log(log_id(space, descriptor)) {
    secrets.chain_key = make_chain_key(env);
  }

  // The record that the next change would create with its operation `index`.
  RecordName next_record(std::uint32_t type, std::uint32_t index = 0) const {
    return {type, WriteName{{log, state.number + 1, 0}, index}};
  }

  Change append(Change change) {
    change.log = log;
    append_change(space, state, change, secrets, environment);
    state = state_after(change);
    states.push_back(state);
    changes.push_back(change);
    return change;
  }

  // A note of one text, as a change of its own.
  Change note(const std::string& text) {
    Change change;
    change.time_ms = 1'790'000'000'000 + state.number * 40'000;
    const RecordName record = next_record(70);
    change.operations = {create_record(record), write_value(OperationKind::set, record, 3, "\4"),
                         write_value(OperationKind::insert, record, 2, text)};
    return append(change);
  }

  Envelope envelope(std::uint32_t first, std::uint32_t last) const {
    const Head head{log, last, states[last].chain};
    return {
        SegmentKind::changes, space, descriptor, first, last, head.chain, sign_head(space, head, key).signature, {}};
  }

  Bytes pack(std::uint32_t first, std::uint32_t last) const {
    return pack_changes(states[first - 1], std::span(changes).subspan(first - 1, last - first + 1), secrets);
  }

  SeededEnvironment& environment;
  SpaceId space;
  crypto::SigningKey key;
  LogDescriptor descriptor;
  LogId log;
  LogSecrets secrets;
  ChainState state;
  std::vector<ChainState> states{ChainState{}};  // by number
  std::vector<Change> changes;
};

// A well-formed change with operations of every kind, also of kinds that this version does not know.
Change any_change(const Author& author, SeededEnvironment& environment);

}  // namespace plenary::log
