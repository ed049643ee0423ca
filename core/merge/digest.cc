// digest_bytes: what one record adds to the digest of a space.
//
//   record   = varint type, origin, life, writes, list deletions, list unseen, varint fields, field*
//   origin   = 0, log id, varint number, 8 bytes branch, varint index | 1, origin tag
//   writes   = varint changes, change*                      changes in the order (log, number, chain value)
//   change   = log id, varint number, 8 bytes branch, varint writes, (varint index, verdict, quarantine, secret)*
//   field    = varint number, list standing | varint number, runs      (text: runs)
//   runs     = varint count, (varint write, varint first, varint count)*
//   list     = varint count, varint write*                  a write by its position in `writes`
#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/merge/merge_record.h"

namespace plenary::merge {
namespace {

class DigestWriter {
 public:
  DigestWriter(const View& view, std::span<const Write> writes, const MergedRecord& merged)
      : causality_(view.causality()), writes_(writes), merged_(merged), position_(writes.size()) {
    order_.resize(writes.size());
    for (WriteIndex write = 0; write < writes.size(); ++write) order_[write] = write;
    std::sort(order_.begin(), order_.end(), [&](WriteIndex a, WriteIndex b) {
      if (writes[a].place == writes[b].place) return writes[a].index < writes[b].index;
      return causality_.before_in_order(writes[a].place, writes[b].place);
    });
    for (std::uint32_t i = 0; i < order_.size(); ++i) position_[order_[i]] = i;
  }

  Bytes write(const log::RecordName& record) && {
    out_.varint(record.type);
    if (const auto* tag = std::get_if<OriginTag>(&record.origin)) {
      out_.u8(1);
      out_.id(*tag);
    } else {
      const auto& origin = std::get<log::WriteName>(record.origin);
      out_.u8(0);
      name(origin.change);
      out_.varint(origin.index);
    }
    out_.u8(static_cast<std::uint8_t>(merged_.life));
    all_writes();
    list(merged_.deletions);
    list(merged_.unseen);
    out_.varint(merged_.fields.size());
    for (const MergedField& field : merged_.fields) {
      out_.varint(field.number);
      field.text ? runs(*field.text) : list(field.standing);
    }
    return std::move(out_).take();
  }

 private:
  void name(const log::ChangeName& change) {
    out_.id(change.log);
    out_.varint(change.number);
    for (int shift = 56; shift >= 0; shift -= 8) out_.u8(static_cast<std::uint8_t>(change.branch >> shift));
  }

  void all_writes() {
    std::size_t changes = 0;
    for (std::size_t i = 0; i < order_.size(); ++i) changes += i == 0 || !same_change(i - 1, i);
    out_.varint(changes);
    for (std::size_t i = 0; i < order_.size();) {
      std::size_t end = i + 1;
      while (end < order_.size() && same_change(i, end)) ++end;
      name(causality_.name_of(writes_[order_[i]].place));
      out_.varint(end - i);
      for (; i < end; ++i) effect(order_[i]);
    }
  }

  bool same_change(std::size_t a, std::size_t b) const { return writes_[order_[a]].place == writes_[order_[b]].place; }

  void effect(WriteIndex write) {
    const Payload payload = merged_.payloads[write];
    out_.varint(writes_[write].index);
    out_.u8(static_cast<std::uint8_t>(merged_.effects[write].verdict));
    out_.u8(static_cast<std::uint8_t>(merged_.effects[write].quarantine));
    // A payload that is only missing on this device changes nothing.
    out_.u8(payload == Payload::hidden || payload == Payload::erased ? static_cast<std::uint8_t>(payload) : 0);
  }

  void list(const std::vector<WriteIndex>& writes) {
    out_.varint(writes.size());
    for (const WriteIndex write : writes) out_.varint(position_[write]);
  }

  void runs(const MergedText& text) {
    const std::vector<TextRun> standing = text.placed.standing();
    out_.varint(standing.size());
    for (const TextRun& run : standing) {
      out_.varint(position_[text.insertions[run.insertion]]);
      out_.varint(run.first);
      out_.varint(run.count);
    }
  }

  const log::Causality& causality_;
  std::span<const Write> writes_;
  const MergedRecord& merged_;
  std::vector<WriteIndex> order_;
  std::vector<std::uint32_t> position_;
  ByteWriter out_;
};

}  // namespace

Bytes digest_bytes(const View& view, const log::RecordName& record, std::span<const Write> writes,
                   const MergedRecord& merged) {
  if (writes.empty()) return {};
  return DigestWriter(view, writes, merged).write(record);
}

}  // namespace plenary::merge
