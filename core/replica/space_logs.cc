// The logs that this device writes, and segments of any log.
#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/log/frontier.h"
#include "core/replica/space.h"
#include "core/seal/segment_seal.h"

namespace plenary::replica {
namespace {

// So many changes at most between two signed heads of our own, so that segments stay of a handy size.
constexpr std::uint32_t kHeadEvery = 1000;

std::string handed_over_setting(const LogId& log) {
  return "handed over " + log.hex();
}

// The log that this device continues: its id and the install mark under which it was begun.
Bytes encode_own(const LogId& log, ByteSpan mark) {
  ByteWriter writer;
  writer.reserve(128);
  writer.id(log);
  writer.blob(mark);
  return std::move(writer).take();
}

}  // namespace

std::vector<OwnLog> Space::own_logs() {
  std::vector<OwnLog> own;
  for (const store::Strand& strand : store().log_table().strands()) {
    if (strand.descriptor.author != context_.profile.signing().public_key()) continue;
    const auto handed = number_setting(handed_over_setting(strand.log)).value_or(0);
    own.push_back({strand.number, strand.log, strand.last.number, static_cast<std::uint32_t>(handed)});
  }
  return own;
}

log::LogDescriptor Space::own_log() {
  const auto kept = store().setting("own log");
  if (kept) {
    ByteReader reader(*kept);
    const auto log = reader.id<LogId>();
    const ByteSpan mark = reader.blob(64);
    const bool same_install = reader.finished() && std::ranges::equal(mark, context_.profile.install_mark());
    const auto strand = store_->log_table().only_strand_of(log);
    if (same_install && strand && !store_->causality().is_forked(log)) {
      return store_->log_table().strand(*strand).descriptor;
    }
  }
  if (!next_log_) next_log_ = log::make_log(context_.profile.signing().public_key(), context_.environment);
  return *next_log_;
}

std::uint32_t Space::next_number() {
  const auto strand = store_->log_table().only_strand_of(log::log_id(id(), own_log()));
  return strand ? store_->log_table().strand(*strand).last.number + 1 : 1;
}

Result<log::Change> Space::append(std::vector<log::Operation> operations) {
  const log::LogDescriptor descriptor = own_log();
  const LogId log = log::log_id(id(), descriptor);
  Writing writing(store());
  auto strand = store_->log_table().only_strand_of(log);
  if (!strand) {
    strand = writing.begin_log(descriptor);
    writing.set("own log", encode_own(log, context_.profile.install_mark()));
  }
  log::Change change =
      writing.append(*strand, std::move(operations), context_.environment.now_ms(), context_.environment);
  writing.commit();
  next_log_.reset();
  return change;
}

void Space::sign_heads() {
  struct Unsigned {
    std::uint32_t strand;
    log::Head head;
  };
  std::vector<Unsigned> heads;
  for (const OwnLog& own : own_logs()) {
    const store::Strand& strand = store_->log_table().strand(own.strand);
    std::uint32_t number = strand.head.head.number;
    while (number < own.last) {
      number = std::min(number + kHeadEvery, own.last);
      const ChainValue chain = number == own.last ? strand.last.chain : store_->log_table().chain({own.strand, number});
      heads.push_back({own.strand, {strand.log, number, chain}});
    }
  }
  if (heads.empty()) return;
  Writing writing(*store_);
  for (const auto& [strand, head] : heads) {
    writing.add_head(strand, log::sign_head(id(), head, context_.profile.signing()));
  }
  writing.commit();
}

void Space::handed_over(std::span<const log::Head> heads) {
  std::vector<std::pair<std::string, std::uint32_t>> news;
  for (const OwnLog& own : own_logs()) {
    for (const log::Head& head : heads) {
      if (head.log != own.log || head.number <= own.handed_over || head.number > own.last) continue;
      news.emplace_back(handed_over_setting(own.log), head.number);
    }
  }
  if (news.empty()) return;
  std::ranges::sort(news);
  Writing writing(*store_);
  for (const auto& [name, number] : news) writing.set(name, number_bytes(number));
  writing.commit();
}

std::optional<Bytes> Space::pack(std::uint32_t number, std::uint32_t first, const log::SignedHead& last) {
  const seal::SpaceKey* key = sealing_key();
  if (key == nullptr) return std::nullopt;
  auto& table = store().log_table();
  const store::Strand& strand = table.strand(number);
  const auto before = first == strand.first ? (strand.parent ? table.state(*strand.parent) : log::ChainState{})
                                            : table.state({number, first - 1});
  const auto changes = table.read(number, first, last.head.number);
  log::Envelope envelope;
  envelope.space = id();
  envelope.log = strand.descriptor;
  envelope.first = first;
  envelope.last = last.head.number;
  envelope.chain = last.head.chain;
  envelope.signature = last.signature;
  const Bytes content = log::pack_changes(before, changes, table.secrets_for(number, first, last.head.number));
  return log::encode_segment(seal::seal_segment(*key, envelope, content, context_.environment));
}

}  // namespace plenary::replica
