// Canonical bytes of a change, as they enter the chain and as a store may keep them.
// Source: docs/protocol/formats.md, "Changes". One change has exactly one form: decode accepts nothing else (T12).
#pragma once

#include "core/log/chain.h"
#include "core/log/change.h"

namespace plenary::log {

// What the next change of a log (or of one of its branches) is written as a difference from. A log that has no
// change yet has the default state.
struct ChainState {
  std::uint32_t number = 0;
  ChainValue chain;
  std::int64_t time_ms = 0;
  std::uint32_t schema = 0;
  RosterHash roster;
  friend bool operator==(const ChainState&, const ChainState&) = default;
};
ChainState state_after(const Change& change);

// What one change typed into one record: its values in the order of its operations, each as a blob.
struct EncodedPayload {
  RecordName record;
  std::optional<Bytes> bytes;  // absent: erased, or not here
  friend bool operator==(const EncodedPayload&, const EncodedPayload&) = default;
};

// A change as bytes. Its number and chain value stand beside it.
struct EncodedChange {
  Bytes header;                          // time, schema, roster tip, frontier difference
  Bytes skeleton;                        // the operations without their values
  std::vector<EncodedPayload> payloads;  // in the order of their first operation
  friend bool operator==(const EncodedChange&, const EncodedChange&) = default;
};

// `change` follows `before` (its number is before.number + 1). The change must be well formed (CHECKed): seen sorted
// and without its own log, own changes named only up to itself, values exactly where the kind has one.
EncodedChange encode_change(const Change& change, const ChainState& before);

// The change of `log` after `before`. `chain` is taken as it is: this does not verify. ErrorCode::malformed for bytes
// that are not the canonical form of a change, limit_exceeded beyond core/log/limits.h.
Result<Change> decode_change(const LogId& log, const ChainState& before, const ChainValue& chain,
                             const EncodedChange& encoded);
// The same from spans; `payloads` in order, absent for those not here.
Result<Change> decode_change(const LogId& log, const ChainState& before, const ChainValue& chain, ByteSpan header,
                             ByteSpan skeleton, std::span<const std::optional<ByteSpan>> payloads);

// limit_exceeded when the change is beyond core/log/limits.h; the message names the limit. Asked before writing one.
Result<void> check_limits(const Change& change);

// The records whose payload the change has, in the order of their payload indexes; present or not.
std::vector<RecordName> payload_records(const Change& change);

// Takes the payload of `record` out of the change, as if it had never been here. False when it had none.
bool drop_payload(Change& change, const RecordName& record);

// The links of a run of changes of one log.
//
// Appends: fills in `number`, `previous` and `chain` of a change that this device writes, and prepares its blinders.
EncodedChange append_change(const SpaceId& space, const ChainState& before, Change& change, LogSecrets& secrets,
                            Environment& environment);
// The chain value that `change` has after `before`. not_found when a payload is here without its blinder, or is
// missing without its hash.
Result<ChainValue> chain_of(const SpaceId& space, const ChainState& before, const Change& change,
                            const LogSecrets& secrets);
// The same for a change that is encoded already.
Result<ChainValue> chain_of(const SpaceId& space, const ChainState& before, const Change& change,
                            const EncodedChange& encoded, const LogSecrets& secrets);
// The hash that stands for each payload of the change, in order.
Result<std::vector<PayloadHash>> payload_hashes(const SpaceId& space, std::uint32_t number,
                                                const EncodedChange& encoded, const LogSecrets& secrets);

}  // namespace plenary::log
