// The keyed hash chain of a log, and the payloads that enter it only as blinded hashes.
// Source: architecture.md D3; docs/protocol/formats.md, "Chain" and "Payloads and erasure".
//
//   link(n)      = BLAKE2b-32, key = chain key, domain "plenary change", over
//                  link(n-1), log, u64 n, sized header, sized skeleton, u64 number of payloads, payload hashes
//   payload hash = BLAKE2b-32, key = blinder, domain "plenary payload", over the payload's bytes
//   blinder      = BLAKE2b-16, key = the run's seed, domain "plenary blinder", over u64 n, u64 payload index
//
// A payload is what one change typed into one record. It can be erased while every link still verifies (its hash
// stays), and once its blinder is gone nobody can test guesses against that hash.
#pragma once

#include <map>
#include <optional>
#include <span>

#include "core/base/environment.h"
#include "core/base/ids.h"

namespace plenary::log {

using ChainKey = FixedId<struct ChainKeyTag, 32>;        // random, one per log; known to members, not to the hub
using BlinderSeed = FixedId<struct BlinderSeedTag, 32>;  // random, one per run of changes
using Blinder = FixedId<struct BlinderTag, 16>;          // one per payload
using PayloadHash = FixedId<struct PayloadHashTag, 32>;

// Changes 1 to 256 of a log are blinder run 0, the next 256 run 1, and so on. One seed serves one run.
inline constexpr std::uint32_t kBlinderRun = 256;
inline std::uint32_t blinder_run(std::uint32_t number) {
  return (number - 1) / kBlinderRun;
}

// Names a payload within its log: the change, and which of its payloads (from 0, in order of their first operation).
struct PayloadName {
  std::uint32_t number = 0;
  std::uint32_t index = 0;
  friend auto operator<=>(const PayloadName&, const PayloadName&) = default;
};

// What the chain of one log needs beside its changes. Every payload has either its run's seed, or a blinder of its
// own, or, once erased, nothing but its hash.
struct LogSecrets {
  ChainKey chain_key;
  std::map<std::uint32_t, BlinderSeed> seeds;  // by run
  std::map<PayloadName, Blinder> blinders;     // of payloads whose run lost its seed
  std::map<PayloadName, PayloadHash> erased;   // of payloads that are not here

  // The payload's blinder; nothing when it is erased or was never known.
  std::optional<Blinder> blinder(PayloadName payload) const;

  // Makes room for `payload_count` payloads of change `number` that this device is about to write: a fresh seed at
  // the beginning of a run, fresh blinders where the run has lost its seed.
  void prepare(std::uint32_t number, std::uint32_t payload_count, Environment& environment);

  // Forgets one payload: keeps `hash`, drops the run's seed, and gives the other payloads of the run that are here
  // (`staying`, all of them) blinders of their own. Harmless when repeated.
  void erase(PayloadName payload, const PayloadHash& hash, std::span<const PayloadName> staying);

  // Adds what a segment brought for changes `from` and later; `present` are the payloads of these that it holds. The
  // seed of a run of which something is erased here is not taken in: its payloads get blinders of their own.
  void take_in(const LogSecrets& other, std::uint32_t from, std::span<const PayloadName> present);

  // Takes a payload back that had been erased here, when its erasure became void and another device still had it.
  void restore(PayloadName payload, const Blinder& blinder);

  // True when nothing of the run is known to be erased, so that its seed may be passed on.
  bool may_pass_on_seed(std::uint32_t run) const;

  friend bool operator==(const LogSecrets&, const LogSecrets&) = default;
};

ChainKey make_chain_key(Environment& environment);
// The domain names no space here: a seed is random and serves one run of one log.
Blinder derive_blinder(const BlinderSeed& seed, PayloadName payload);
PayloadHash hash_payload(const SpaceId& space, const Blinder& blinder, ByteSpan payload);

// One link. `previous` is zero for change 1.
struct LinkInput {
  SpaceId space;
  LogId log;
  ChainValue previous;
  std::uint32_t number = 0;
  ByteSpan header, skeleton;
  std::span<const PayloadHash> payloads;
};
ChainValue compute_link(const ChainKey& key, const LinkInput& input);

}  // namespace plenary::log
