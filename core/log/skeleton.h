// The grammar of a skeleton: operations without their values. Private to core/log.
// Source: docs/protocol/formats.md, "Skeletons".
//
//   skeleton   = varint count, operation*
//   operation  = u8 head: low 4 bits kind (15: varint kind follows), next 2 bits record form, others zero
//                [varint kind] record [varint field] details
//   record     = form 0: nothing (same as the operation before)
//              | form 1: varint type (created by this very operation)
//              | form 2: varint type, write
//              | form 3: varint type, origin tag (16)
//   change     = varint token: 0: this change
//                              1 + 2·k + b: k = 0 own log, then varint distance back (1 or more)
//                                           k > 0 the k-th log of the change's table (a new one: its id, 16), then
//                                           varint number; b = 1: branch (8, little-endian, not zero) at the end
//   write      = change, varint index
//   field stands in set, append, add, remove, insert, strike and unknown kinds; details:
//     insert:  varint length, anchor left, anchor right;   anchor = 0 | 1 + token …, index, varint offset
//     remove:  varint count, write*
//     strike:  varint count, (write, varint first, varint count)*
//     hide:    varint count, change*
//     unknown: u8 has value, blob
//
// The same grammar serves two layouts: the canonical bytes that are hashed (one stream), and a segment's contents,
// where numbers of one kind stand together in columns. A Sink or Source therefore gets the column of each token.
#pragma once

#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/base/check.h"
#include "core/log/change.h"
#include "core/log/limits.h"

namespace plenary::log {

// What a token says. `shape` tokens repeat from change to change; the others are numbers that differ.
enum class Column : std::uint8_t {
  shape,
  record_distance,
  record_number,
  record_index,
  length,
  left_distance,
  left_number,
  left_index,
  left_offset,
  right_distance,
  right_number,
  right_index,
  right_offset,
  target_distance,
  target_number,
  target_index,
  range_distance,
  range_number,
  range_index,
  range_first,
  range_count,
  hidden_distance,
  hidden_number,
};
inline constexpr std::size_t kColumnCount = static_cast<std::size_t>(Column::hidden_number) + 1;

// The three columns of a reference follow each other.
enum class Reference : std::uint8_t {
  record = static_cast<std::uint8_t>(Column::record_distance),
  left = static_cast<std::uint8_t>(Column::left_distance),
  right = static_cast<std::uint8_t>(Column::right_distance),
  target = static_cast<std::uint8_t>(Column::target_distance),
  range = static_cast<std::uint8_t>(Column::range_distance),
  hidden = static_cast<std::uint8_t>(Column::hidden_distance),
};
constexpr Column column_of(Reference reference, unsigned offset) {
  return static_cast<Column>(static_cast<unsigned>(reference) + offset);
}

namespace skeleton {
inline constexpr std::uint8_t kOtherKind = 15;
// Every so many bytes of an unknown operation count as one more operation of the segment.
inline constexpr std::size_t kUnknownBytesPerOperation = 64;
enum Form : std::uint8_t { kSame = 0, kThis = 1, kWrite = 2, kTag = 3 };
inline bool has_field(OperationKind kind) {
  return !is_known(kind) || (kind >= OperationKind::set && kind <= OperationKind::strike);
}
}  // namespace skeleton

// Sink: void number(Column, std::uint64_t); void raw(ByteSpan) (a shape token); void length(const Operation&).
template <class Sink>
class SkeletonWriter {
 public:
  SkeletonWriter(Sink& sink, const LogId& own, std::uint32_t number) : sink_(sink), own_(own), number_(number) {}

  void write(const std::vector<Operation>& operations) {
    shape(operations.size());
    for (const Operation& operation : operations) {
      write_operation(operation);
      ++index_;
      previous_ = &operation.record;
    }
  }

 private:
  void shape(std::uint64_t value) { sink_.number(Column::shape, value); }

  void write_operation(const Operation& operation) {
    const bool known = is_known(operation.kind);
    const auto kind = static_cast<std::uint8_t>(operation.kind);
    const skeleton::Form form = form_of(operation.record);
    const int head = (known ? kind : skeleton::kOtherKind) | form << 4;
    const std::array<std::byte, 1> byte{static_cast<std::byte>(head)};
    sink_.raw(byte);
    if (!known) shape(kind);
    write_record(operation.record, form);
    if (skeleton::has_field(operation.kind)) shape(operation.field);
    if (known) {
      write_details(operation);
    } else {
      write_unknown(operation);
    }
  }

  skeleton::Form form_of(const RecordName& record) const {
    if (previous_ && *previous_ == record) return skeleton::kSame;
    const auto* write = std::get_if<WriteName>(&record.origin);
    if (!write) return skeleton::kTag;
    return *write == WriteName{{own_, number_, 0}, index_} ? skeleton::kThis : skeleton::kWrite;
  }

  void write_record(const RecordName& record, skeleton::Form form) {
    if (form == skeleton::kSame) return;
    shape(record.type);
    if (form == skeleton::kTag) sink_.raw(std::get<OriginTag>(record.origin).span());
    if (form == skeleton::kWrite) write_name(std::get<WriteName>(record.origin), Reference::record);
  }

  void write_details(const Operation& operation) {
    switch (operation.kind) {
      case OperationKind::insert:
        sink_.length(operation);
        write_anchor(operation.left, Reference::left, Column::left_offset);
        write_anchor(operation.right, Reference::right, Column::right_offset);
        break;
      case OperationKind::remove:
        shape(operation.targets.size());
        for (const WriteName& target : operation.targets) write_name(target, Reference::target);
        break;
      case OperationKind::strike:
        shape(operation.ranges.size());
        for (const StrikeRange& range : operation.ranges) {
          write_name(range.insertion, Reference::range);
          sink_.number(Column::range_first, range.first);
          sink_.number(Column::range_count, range.count);
        }
        break;
      case OperationKind::hide:
        shape(operation.changes.size());
        for (const ChangeName& change : operation.changes) write_change(change, Reference::hidden, 0);
        break;
      default:
        break;
    }
  }

  void write_unknown(const Operation& operation) {
    shape(operation.unknown_has_value ? 1 : 0);
    shape(operation.unknown.size());
    sink_.raw(as_bytes(operation.unknown));
  }

  void write_anchor(const std::optional<Anchor>& anchor, Reference reference, Column offset) {
    if (!anchor) return shape(0);
    write_change(anchor->insertion.change, reference, 1);
    sink_.number(column_of(reference, 2), anchor->insertion.index);
    sink_.number(offset, anchor->offset);
  }

  void write_name(const WriteName& write, Reference reference) {
    write_change(write.change, reference, 0);
    sink_.number(column_of(reference, 2), write.index);
  }

  // `bias` is added to the token, to leave room for other meanings below.
  void write_change(const ChangeName& change, Reference reference, std::uint64_t bias) {
    const bool own = change.log == own_;
    if (own && change.number == number_ && change.branch == 0) return shape(bias);
    CHECK(change.number > 0 && (!own || change.number < number_));
    const std::size_t place = own ? 0 : 1 + table_place(change.log);
    const bool is_new = place == table_.size() + 1;
    shape(bias + 1 + 2 * place + (change.branch != 0 ? 1 : 0));
    if (is_new) {
      sink_.raw(change.log.span());
      table_.push_back(change.log);
    }
    if (own) {
      sink_.number(column_of(reference, 0), number_ - change.number);
    } else {
      sink_.number(column_of(reference, 1), change.number);
    }
    if (change.branch != 0) write_branch(change.branch);
  }

  void write_branch(std::uint64_t branch) {
    std::array<std::byte, 8> bytes;
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<std::byte>(branch >> (8 * i));
    sink_.raw(bytes);
  }

  std::size_t table_place(const LogId& log) const {
    return static_cast<std::size_t>(std::find(table_.begin(), table_.end(), log) - table_.begin());
  }

  Sink& sink_;
  const LogId own_;
  const std::uint32_t number_;
  std::uint32_t index_ = 0;
  const RecordName* previous_ = nullptr;
  std::vector<LogId> table_;
};

// Source: std::uint64_t number(Column, std::uint64_t max); ByteSpan raw(std::size_t); std::uint32_t length();
// bool spend(std::size_t) (false: too many operations for this source); std::size_t shape_remaining(); bool ok();
// void invalidate(). After a failure everything reads as zeros, as with ByteReader.
template <class Source>
class SkeletonReader {
 public:
  SkeletonReader(Source& source, const LogId& own, std::uint32_t number)
      : source_(source), own_(own), number_(number) {}

  // Check source.ok() afterwards.
  std::vector<Operation> read() {
    std::vector<Operation> operations(read_count(kMaxOperations));
    const RecordName* previous = nullptr;
    for (Operation& operation : operations) {
      read_operation(operation, previous);
      if (!source_.ok()) return {};
      previous = &operation.record;
      ++index_;
    }
    return operations;
  }

 private:
  std::uint32_t shape32() { return static_cast<std::uint32_t>(source_.number(Column::shape, UINT32_MAX)); }
  std::uint32_t number32(Column column) { return static_cast<std::uint32_t>(source_.number(column, UINT32_MAX)); }

  // How many of something follow; each takes at least one byte of the shape, so no count makes us allocate more than
  // was sent.
  std::size_t read_count(std::size_t max) {
    const auto count = static_cast<std::size_t>(source_.number(Column::shape, max));
    if (count <= source_.shape_remaining() && source_.spend(count)) return count;
    source_.invalidate();
    return 0;
  }

  void read_operation(Operation& operation, const RecordName* previous) {
    const ByteSpan head_byte = source_.raw(1);
    if (head_byte.empty()) return;
    const auto head = std::to_integer<unsigned>(head_byte[0]);
    unsigned kind = head & 15;
    const bool other = kind == skeleton::kOtherKind;
    if (other) kind = static_cast<unsigned>(source_.number(Column::shape, 255));
    operation.kind = static_cast<OperationKind>(kind);
    if (head > 63 || kind == 0 || other == is_known(operation.kind)) return source_.invalidate();
    read_record(operation.record, static_cast<skeleton::Form>(head >> 4), previous);
    if (skeleton::has_field(operation.kind)) operation.field = shape32();
    if (other) {
      read_unknown(operation);
    } else {
      read_details(operation);
    }
  }

  void read_record(RecordName& record, skeleton::Form form, const RecordName* previous) {
    const WriteName here{{own_, number_, 0}, index_};
    if (form == skeleton::kSame) {
      if (!previous) return source_.invalidate();
      record = *previous;
      return;
    }
    record.type = shape32();
    if (form == skeleton::kThis) record.origin = here;
    if (form == skeleton::kWrite) record.origin = read_name(Reference::record);
    if (form == skeleton::kTag) record.origin = OriginTag::from(source_.raw(OriginTag::kSize)).value_or(OriginTag{});
    const auto* write = std::get_if<WriteName>(&record.origin);
    const bool shorter_form_fits = form == skeleton::kWrite && write && *write == here;
    if (shorter_form_fits || (previous && *previous == record)) source_.invalidate();
  }

  void read_details(Operation& operation) {
    switch (operation.kind) {
      case OperationKind::insert:
        operation.length = source_.length();
        operation.left = read_anchor(Reference::left, Column::left_offset);
        operation.right = read_anchor(Reference::right, Column::right_offset);
        break;
      case OperationKind::remove:
        operation.targets.resize(read_count(kMaxOperations));
        for (WriteName& target : operation.targets) target = read_name(Reference::target);
        break;
      case OperationKind::strike:
        operation.ranges.resize(read_count(kMaxOperations));
        for (StrikeRange& range : operation.ranges) {
          range.insertion = read_name(Reference::range);
          range.first = number32(Column::range_first);
          range.count = number32(Column::range_count);
        }
        break;
      case OperationKind::hide:
        operation.changes.resize(read_count(kMaxOperations));
        for (ChangeName& change : operation.changes) change = read_change(Reference::hidden, shape32());
        break;
      default:
        break;
    }
  }

  void read_unknown(Operation& operation) {
    operation.unknown_has_value = source_.number(Column::shape, 1) == 1;
    const auto size = static_cast<std::size_t>(source_.number(Column::shape, kMaxUnknownBytes));
    if (!source_.spend(size / skeleton::kUnknownBytesPerOperation)) return source_.invalidate();
    operation.unknown = std::string(as_text(source_.raw(size)));
  }

  std::optional<Anchor> read_anchor(Reference reference, Column offset) {
    const std::uint32_t token = shape32();
    if (token == 0) return std::nullopt;
    Anchor anchor;
    anchor.insertion.change = read_change(reference, token - 1);
    anchor.insertion.index = number32(column_of(reference, 2));
    anchor.offset = number32(offset);
    return anchor;
  }

  WriteName read_name(Reference reference) {
    const ChangeName change = read_change(reference, shape32());
    return {change, number32(column_of(reference, 2))};
  }

  ChangeName read_change(Reference reference, std::uint32_t token) {
    if (token == 0) return {own_, number_, 0};
    const std::size_t place = (token - 1) / 2;
    ChangeName change{place == 0 ? own_ : read_log(place - 1), 0, 0};
    if (place == 0) {
      const std::uint32_t distance = number32(column_of(reference, 0));
      if (distance == 0 || distance >= number_) source_.invalidate();
      change.number = number_ - distance;
    } else {
      change.number = number32(column_of(reference, 1));
      if (change.number == 0) source_.invalidate();
    }
    if (token % 2 == 0) change.branch = read_branch();
    return change;
  }

  LogId read_log(std::size_t place) {
    if (place < table_.size()) return table_[place];
    const auto log = LogId::from(source_.raw(LogId::kSize)).value_or(LogId{});
    const bool known = log == own_ || std::find(table_.begin(), table_.end(), log) != table_.end();
    if (place > table_.size() || place >= kMaxChangeLogs || known) source_.invalidate();
    table_.push_back(log);
    return log;
  }

  std::uint64_t read_branch() {
    std::uint64_t branch = 0;
    const ByteSpan bytes = source_.raw(8);
    for (std::size_t i = 0; i < bytes.size(); ++i) branch |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    if (branch == 0) source_.invalidate();
    return branch;
  }

  Source& source_;
  const LogId own_;
  const std::uint32_t number_;
  std::uint32_t index_ = 0;
  std::vector<LogId> table_;
};

}  // namespace plenary::log
