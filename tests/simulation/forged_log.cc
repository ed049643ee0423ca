#include "tests/simulation/forged_log.h"

#include "core/seal/segment_seal.h"

namespace plenary::simulation {

ForgedLog::ForgedLog(const SpaceId& space, SimulatedDevice& author)
    : space_(space),
      author_(author),
      descriptor_(log::make_log(author.signing().public_key(), author.environment)),
      log_(log::log_id(space, descriptor_)),
      states_(1) {
  secrets_.chain_key = log::make_chain_key(author.environment);
}

void ForgedLog::append(log::Change change) {
  change.log = log_;
  (void)log::append_change(space_, states_.back(), change, secrets_, author_.environment);
  states_.push_back(log::state_after(change));
  changes_.push_back(std::move(change));
}

void ForgedLog::take_back() {
  changes_.pop_back();
  states_.pop_back();
}

std::optional<sync::Item> ForgedLog::segment(std::uint32_t first) const {
  replica::Space* const space = author_.space(space_);
  const seal::SpaceKey* const key = space == nullptr ? nullptr : space->current_key();
  if (key == nullptr || first > length()) return std::nullopt;
  const log::ChainState& before = states_[first - 1];
  log::Envelope envelope;
  envelope.space = space_;
  envelope.log = descriptor_;
  envelope.first = first;
  envelope.last = length();
  envelope.chain = states_.back().chain;
  envelope.signature = log::sign_head(space_, {log_, length(), states_.back().chain}, author_.signing()).signature;
  const std::span<const log::Change> run(changes_.begin() + (first - 1), changes_.end());
  const Bytes content = log::pack_changes(before, run, secrets_);
  sync::Item item;
  item.bytes = log::encode_segment(seal::seal_segment(*key, envelope, content, author_.environment));
  item.after = before.chain;
  return item;
}

}  // namespace plenary::simulation
