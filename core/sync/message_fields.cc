#include "core/sync/message_fields.h"

#include <algorithm>
#include <map>

namespace plenary::sync {

tl::unexpected<Error> malformed(const std::string& what) {
  return fail(ErrorCode::malformed, "The other side sent a message with " + what + ".");
}
tl::unexpected<Error> too_many(const std::string& what) {
  return fail(ErrorCode::limit_exceeded,
              "The other side sent a message with more than the allowed number of " + what + ".");
}

std::string text_of(ByteSpan bytes) {
  return std::string(as_text(bytes));
}

std::string write_names(const std::vector<NoticeName>& names) {
  ByteWriter writer;
  for (const NoticeName& name : names) {
    writer.u8(static_cast<std::uint8_t>(name.kind));
    writer.id(name.subject);
    writer.varint(name.number);
  }
  return text_of(writer.bytes());
}

Result<std::vector<NoticeName>> read_names(const std::string& text) {
  std::vector<NoticeName> names;
  ByteReader reader(as_bytes(text));
  while (!reader.at_end()) {
    NoticeName name;
    name.kind = static_cast<ItemKind>(reader.u8());
    name.subject = reader.id<NoticeSubject>();
    name.number = reader.varint();
    if (!reader.ok()) return malformed("cut names of notices");
    if (names.size() == kMaxNotices) return too_many("notices");
    names.push_back(name);
  }
  return names;
}

std::string write_frontier(const log::Frontier& frontier) {
  ByteWriter writer;
  log::write_frontier(writer, frontier);
  return text_of(writer.bytes());
}

Result<log::Frontier> read_frontier(const std::string& text) {
  ByteReader reader(as_bytes(text));
  log::Frontier frontier = log::read_frontier(reader, kMaxHeads);
  if (!reader.finished()) return malformed("a frontier that is none");
  return frontier;
}

std::string write_wants(const std::vector<LogWant>& wants) {
  std::map<LogId, std::vector<log::Head>> by_log;
  for (const LogWant& want : wants) by_log.insert_or_assign(want.log, want.have);
  ByteWriter writer;
  for (auto& [log, have] : by_log) {
    std::ranges::sort(have, std::greater(), &log::Head::number);
    if (have.size() > kMaxWantedHeads) have.resize(kMaxWantedHeads);
    writer.id(log);
    writer.varint(have.size());
    for (const log::Head& head : have) {
      writer.varint(head.number);
      writer.id(head.chain);
    }
  }
  return text_of(writer.bytes());
}

Result<std::vector<LogWant>> read_wants(const std::string& text) {
  std::vector<LogWant> wants;
  std::size_t heads = 0;
  ByteReader reader(as_bytes(text));
  while (!reader.at_end()) {
    LogWant want;
    want.log = reader.id<LogId>();
    const std::uint64_t count = reader.bounded(kMaxWantedHeads);
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
      const auto number = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
      want.have.push_back({want.log, number, reader.id<ChainValue>()});
    }
    if (!reader.ok()) return malformed("cut wants");
    if (!wants.empty() && want.log <= wants.back().log) return malformed("a log that is wanted twice");
    heads += count + 1;
    if (heads > kMaxHeads) return too_many("logs");
    wants.push_back(std::move(want));
  }
  return wants;
}

std::string write_layout(const std::vector<LogLayout>& logs) {
  ByteWriter writer;
  for (const LogLayout& log : logs) {
    writer.id(log.log);
    writer.varint(log.segments.size());
    for (const SegmentRef& segment : log.segments) {
      writer.varint(segment.first);
      writer.varint(segment.last);
      writer.id(segment.chain);
      writer.varint(segment.size);
      writer.id(segment.key);
    }
  }
  return text_of(writer.bytes());
}

Result<std::vector<LogLayout>> read_layout(const std::string& text) {
  std::vector<LogLayout> logs;
  ByteReader reader(as_bytes(text));
  std::size_t entries = 0;
  while (!reader.at_end()) {
    LogLayout log{reader.id<LogId>(), {}};
    const std::uint64_t count = reader.bounded(kMaxHeads);
    for (std::uint64_t i = 0; i < count && reader.ok(); ++i) {
      SegmentRef segment;
      segment.log = log.log;
      segment.first = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
      segment.last = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
      segment.chain = reader.id<ChainValue>();
      segment.size = reader.varint();
      segment.key = reader.id<KeyId>();
      log.segments.push_back(segment);
    }
    if (!reader.ok()) return malformed("a layout that is cut");
    entries += count + 1;
    if (entries > kMaxHeads) return too_many("segments");
    logs.push_back(std::move(log));
  }
  return logs;
}

}  // namespace plenary::sync
