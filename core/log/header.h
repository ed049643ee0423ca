// The grammar of a change's header. Private to core/log. Source: docs/protocol/formats.md, "Headers".
//
//   header  = varint flags, zigzag time (ms, difference from the change before), extras
//   extras  = [flag 1: varint schema] [flag 2: roster tip (32)] [flag 4: frontier difference] [flag 8: blob extension]
// A flag is set exactly when the value differs from the change before, or, for the last two, is not empty. The change
// before the first has time 0, schema 0, a zero roster tip.
#pragma once

#include "core/base/byte_codec.h"
#include "core/log/codec.h"

namespace plenary::log::header {

std::uint64_t flags_of(const Change& change, const ChainState& before);
// Modulo 2^64, so that every pair of clocks has a difference.
std::int64_t time_difference(const Change& change, const ChainState& before);
std::int64_t time_after(const ChainState& before, std::int64_t difference);
void write_extras(ByteWriter& writer, const Change& change, std::uint64_t flags);

// Fills in schema, roster, seen and extension of `change` (whose log is set). Invalidates the reader when a value is
// not in canonical form, or does not differ although its flag is set.
void read_extras(ByteReader& reader, std::uint64_t flags, const ChainState& before, Change& change);

}  // namespace plenary::log::header
