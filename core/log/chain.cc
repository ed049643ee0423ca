#include "core/log/chain.h"

#include <algorithm>

#include "core/crypto/hash.h"

namespace plenary::log {
namespace {

PayloadName first_of_run(std::uint32_t run) {
  return {run * kBlinderRun + 1, 0};
}

template <class Id>
Id random_id(Environment& environment) {
  Id id;
  environment.random(id.bytes);
  return id;
}

}  // namespace

std::optional<Blinder> LogSecrets::blinder(PayloadName payload) const {
  if (const auto own = blinders.find(payload); own != blinders.end()) return own->second;
  if (erased.contains(payload)) return std::nullopt;
  const auto seed = seeds.find(blinder_run(payload.number));
  if (seed == seeds.end()) return std::nullopt;
  return derive_blinder(seed->second, payload);
}

void LogSecrets::prepare(std::uint32_t number, std::uint32_t payload_count, Environment& environment) {
  const std::uint32_t run = blinder_run(number);
  if (seeds.contains(run)) return;
  const bool begins_run = first_of_run(run).number == number;
  if (begins_run) {
    seeds.emplace(run, random_id<BlinderSeed>(environment));
    return;
  }
  for (std::uint32_t i = 0; i < payload_count; ++i) blinders[{number, i}] = random_id<Blinder>(environment);
}

void LogSecrets::erase(PayloadName payload, const PayloadHash& hash, std::span<const PayloadName> staying) {
  const std::uint32_t run = blinder_run(payload.number);
  if (const auto seed = seeds.find(run); seed != seeds.end()) {
    for (const PayloadName& other : staying) {
      const bool kept = blinder_run(other.number) == run && other != payload && !erased.contains(other);
      if (kept) blinders.emplace(other, derive_blinder(seed->second, other));
    }
    seeds.erase(seed);
  }
  blinders.erase(payload);
  erased.emplace(payload, hash);
}

void LogSecrets::take_in(const LogSecrets& other, std::uint32_t from, std::span<const PayloadName> present) {
  chain_key = other.chain_key;
  for (auto it = other.erased.lower_bound({from, 0}); it != other.erased.end(); ++it) erased.insert(*it);
  for (const auto& [run, seed] : other.seeds) {
    if (may_pass_on_seed(run)) seeds.emplace(run, seed);
  }
  for (const PayloadName& payload : present) {
    const auto brought = other.blinder(payload);
    if (brought && blinder(payload) != brought) blinders[payload] = *brought;
  }
}

void LogSecrets::restore(PayloadName payload, const Blinder& blinder) {
  erased.erase(payload);
  blinders[payload] = blinder;
}

bool LogSecrets::may_pass_on_seed(std::uint32_t run) const {
  const auto first = erased.lower_bound(first_of_run(run));
  return first == erased.end() || blinder_run(first->first.number) != run;
}

ChainKey make_chain_key(Environment& environment) {
  return random_id<ChainKey>(environment);
}

Blinder derive_blinder(const BlinderSeed& seed, PayloadName payload) {
  crypto::Hasher hasher({"plenary blinder", 1, SpaceId{}}, Blinder::kSize, seed.span());
  return hasher.update_u64(payload.number).update_u64(payload.index).finish<Blinder>();
}

PayloadHash hash_payload(const SpaceId& space, const Blinder& blinder, ByteSpan payload) {
  return crypto::hash<PayloadHash>({"plenary payload", 1, space}, {payload}, blinder.span());
}

ChainValue compute_link(const ChainKey& key, const LinkInput& input) {
  crypto::Hasher hasher({"plenary change", 1, input.space}, ChainValue::kSize, key.span());
  hasher.update(input.previous).update(input.log).update_u64(input.number);
  hasher.update_sized(input.header).update_sized(input.skeleton).update_u64(input.payloads.size());
  for (const PayloadHash& payload : input.payloads) hasher.update(payload);
  return hasher.finish<ChainValue>();
}

}  // namespace plenary::log
