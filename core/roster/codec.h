// Roster records as bytes: signed, hash-linked, kept exactly as they were signed.
// Source: architecture.md D6; docs/protocol/formats.md, "Roster records"; proto/log.proto, RosterRecord.
#pragma once

#include "core/crypto/sign.h"
#include "core/roster/record.h"

namespace plenary::roster {

inline constexpr std::size_t kMaxRecordBytes = 1u << 20;
inline constexpr std::size_t kMaxLabelBytes = 1024;  // sealed labels and names
inline constexpr std::size_t kMaxBoxes = 10'000;     // of one wrapped key
inline constexpr std::size_t kMaxCuts = 10'000;      // of one record
inline constexpr std::size_t kMaxErasures = 10'000;  // payloads of one record

// What travels and is stored: the bytes that were signed (protobuf is not canonical, so they are never re-encoded)
// and the signature. As one string: signature (64), bytes.
struct SignedRecord {
  Bytes bytes;
  Signature signature;
  friend bool operator==(const SignedRecord&, const SignedRecord&) = default;
};

// A record whose signature has been verified; only verify_record and sign_record make one.
class VerifiedRecord {
 public:
  const Record& record() const { return record_; }
  const SignedRecord& signed_record() const { return signed_; }
  const SpaceId& space() const { return space_; }

 private:
  friend struct RecordVerifier;
  VerifiedRecord() = default;
  SpaceId space_;
  Record record_;
  SignedRecord signed_;
};

// The space that a founding record founds: BLAKE2b-32, domain "plenary space", over its bytes.
SpaceId space_of_founding(ByteSpan founding_bytes);
// BLAKE2b-32, domain "plenary roster record", over the record's bytes.
RosterHash hash_record(const SpaceId& space, ByteSpan bytes);

// Signs a record; record.hash and record.signer are filled in. For a founding, `space` is not looked at: the result's
// space() is the new space.
VerifiedRecord sign_record(const SpaceId& space, const Record& record, const crypto::SigningKey& signer);

// refused: the signature is not by the signer that the record names, or the record is of another space;
// malformed, limit_exceeded. Whether the signer *may* write it is the roster's question, not asked here. A body of a
// newer kind becomes an UnknownBody; its exact bytes stay in signed_record().
Result<VerifiedRecord> verify_record(const SpaceId& space, const SignedRecord& record);
// The same for a record that this device stored after verifying it: checks its form and hash only.
Result<VerifiedRecord> trust_stored_record(const SpaceId& space, const SignedRecord& record);
// A founding record of a space not known yet (the hub receives one from its founder).
Result<VerifiedRecord> verify_founding(const SignedRecord& record);

Bytes encode_signed_record(const SignedRecord& record);
Result<SignedRecord> decode_signed_record(ByteSpan bytes);

}  // namespace plenary::roster
