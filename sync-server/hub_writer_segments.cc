// How segments are stored and replaced, and what the gate is told of those that are stored.
#include "sync-server/hub_writer_work.h"

namespace plenary::hub {

sync::Gated<bool> HubWriter::store_segment(Work& work, const sync::StoreRequest& request, const sync::Item& item) {
  current_ = work.space;
  const auto pass = work.space->gate.check_segment(request.device, item, *this);
  if (!pass) return tl::make_unexpected(pass.error());
  if (pass->replaces) return replace_segments(work, request, *pass, item);
  if (pass->duplicate) return false;
  append_segment(work, *pass, item);
  if (pass->fork) {
    // Not among the sequences that came from this device: it gets the proof like everybody.
    const Bytes proof = log::encode_fork(*pass->fork);
    const auto name = sync::verify_notice(request.space, sync::ItemKind::fork, proof);
    if (name) keep_notice(work, *name, proof);
  }
  return true;
}

void HubWriter::append_segment(Work& work, const sync::SegmentPass& pass, const sync::Item& item) {
  const log::Head& head = pass.head.head;
  StoredLog& log = work.space->logs[head.log];
  if (log.id == 0) {
    insert_log_.run(work.transaction, work.space->id, head.log, pass.envelope.log.author);
    log.id = database_.last_insert_rowid();
    log.author = pass.envelope.log.author;
  }
  // A branch may leave its log where a segment ends, or within one; then what it continues is not known here.
  std::int64_t previous = 0;
  for (auto row = select_end_.query(log.id, std::int64_t{pass.envelope.first} - 1, item.after); row.next();) {
    previous = sequence_of(row.integer(0));
  }
  if (pass.continues) std::erase_if(log.tips, [&](const Tip& tip) { return tip.head.head == *pass.continues; });
  const std::int64_t row = next_row(*work.space);
  log.tips.push_back({sequence_of(row), pass.head});
  insert_segment_.run(work.transaction, row, work.space->id, log.id, pass.envelope.first, pass.envelope.last,
                      pass.envelope.chain, pass.envelope.signature, previous, item.bytes);
  work.space->bytes += static_cast<std::int64_t>(item.bytes.size());
  update_log_.run(work.transaction, encode_tips(log.tips), log.id);
  work.sequences.push_back(sequence_of(row));
}

// The segment takes the place of those that hold exactly its changes: the last one's row, so that nobody who has them
// is sent it again, and that all who lack one of them are.
sync::Gated<bool> HubWriter::replace_segments(Work& work, const sync::StoreRequest& request,
                                              const sync::SegmentPass& pass, const sync::Item& item) {
  const auto misfit =
      refuse(ErrorCode::conflict, "A segment does not cover whole segments that are stored here.", true);
  const StoredLog& log = work.space->logs.at(pass.head.head.log);
  std::int64_t last = 0;
  for (auto row = select_end_.query(log.id, pass.envelope.last, pass.envelope.chain); row.next();)
    last = row.integer(0);
  std::vector<std::int64_t> covered;
  std::int64_t previous = sequence_of(last);
  auto growth = static_cast<std::int64_t>(item.bytes.size());
  for (std::uint32_t first = 0; first != pass.envelope.first;) {
    auto row = select_step_.query(row_of(work.space->id, previous), log.id);
    if (previous == 0 || !row.next()) return misfit;
    first = static_cast<std::uint32_t>(row.integer(1));
    if (first < pass.envelope.first) return misfit;
    covered.push_back(row.integer(0));
    previous = row.integer(3);
    growth -= row.integer(4);
  }
  for (std::size_t i = 1; i < covered.size(); ++i) {
    // Another branch leaves there: what it continues must stay.
    auto row = select_continuations_.query(log.id, sequence_of(covered[i]));
    if (row.next() && row.integer(0) > 1) return misfit;
  }
  for (std::size_t i = 1; i < covered.size(); ++i) delete_segment_.run(work.transaction, covered[i]);
  replace_segment_.run(work.transaction, pass.envelope.first, previous, item.bytes, last);
  if (growth > 0) add_use_.run(work.transaction, request.device, growth, 0);
  work.space->bytes += growth;
  return false;
}

std::vector<log::SignedHead> HubWriter::tips(const LogId& log) {
  std::vector<log::SignedHead> heads;
  const auto stored = current_->logs.find(log);
  if (stored == current_->logs.end()) return heads;
  for (const Tip& tip : stored->second.tips) heads.push_back(tip.head);
  return heads;
}

std::vector<log::SignedHead> HubWriter::heads_at(const LogId& log, std::uint32_t number) {
  std::vector<log::SignedHead> heads;
  const auto stored = current_->logs.find(log);
  if (stored == current_->logs.end()) return heads;
  for (auto row = select_at_.query(stored->second.id, number); row.next();) {
    heads.push_back({{log, number, row.id<ChainValue>(0)}, row.id<Signature>(1)});
  }
  return heads;
}

std::vector<DeviceKey> HubWriter::authors() {
  std::vector<DeviceKey> authors;
  for (const auto& [log, stored] : current_->logs) authors.push_back(stored.author);
  return authors;
}

std::size_t HubWriter::head_count() {
  std::size_t count = 0;
  for (const auto& [log, stored] : current_->logs) count += stored.tips.size();
  return count;
}

}  // namespace plenary::hub
