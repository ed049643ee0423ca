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
    prove_fork(writing, head.log);
  }
  writing.commit();
}

void Space::handed_over(std::span<const log::Head> heads) {
  std::vector<std::pair<std::string, std::uint32_t>> news;
  std::map<LogId, std::uint32_t> pieces;
  for (const OwnLog& own : own_logs()) {
    for (const log::Head& head : heads) {
      if (head.log != own.log || head.number <= own.handed_over || !store_->log_table().find(head)) continue;
      news.emplace_back(handed_over_setting(own.log), head.number);
      ++pieces[own.log];
    }
  }
  if (news.empty()) return;
  std::ranges::sort(news);
  Writing writing(*store_);
  for (const auto& [name, number] : news) writing.set(name, number_bytes(number));
  for (const auto& [log, count] : pieces) count_pieces(writing, log, count);
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
