// The log that this device writes, and when it must begin another: a restored or cloned device never continues a chain.
// Source: architecture.md D11; the reference model, decision 19.
#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/base/file_mark.h"
#include "core/replica/space.h"

namespace plenary::replica {
namespace {

constexpr std::string_view kOwnLog = "own log";

// Which of a log's changes the roster takes or gives rights to, by the records that do.
bool concerns(const roster::Body& body, const LogId& log, const DeviceKey& author) {
  if (const auto* change = std::get_if<roster::ChangeRole>(&body)) return change->key == author;
  if (const auto* removal = std::get_if<roster::Remove>(&body)) return removal->key == author;
  if (const auto* lost = std::get_if<roster::Lost>(&body)) return lost->log == log;
  if (const auto* branch = std::get_if<roster::Branch>(&body)) return branch->log == log;
  return false;
}

}  // namespace

//   own log = log (16), blob mark        empty: begin another
std::optional<Space::Continued> Space::continued() {
  const auto kept = store().setting(kOwnLog);
  if (!kept) return std::nullopt;
  ByteReader reader(*kept);
  Continued own;
  own.log = reader.id<LogId>();
  own.mark = to_bytes(reader.blob(128));
  return reader.finished() ? std::optional(std::move(own)) : std::nullopt;
}

// Is the file the one that this device wrote last? Asked of the file system once: while it is open here, nobody can
// put another in its place.
bool Space::is_same_file(const Continued& own) {
  if (written_log_ == own.log) return true;
  if (!mark_) mark_ = read_file_mark(context_.profile.mark_path(id()));
  if (mark_ != own.mark) return false;
  written_log_ = own.log;
  return true;
}

// Has a record of the roster cut the log since it was begun, named one of its branches, or declared it lost?
bool Space::is_cut(const LogId& log, std::uint32_t strand) {
  const auto& roster = store_->roster();
  if (roster.empty()) return false;
  const DeviceKey& author = context_.profile.signing().public_key();
  std::optional<RosterHash> begun_at;
  for (const roster::Event& event : roster.standing().events) {
    if (!concerns(event.record->body, log, author)) continue;
    if (!begun_at) begun_at = store_->log_table().state({strand, 1}).roster;
    if (!roster.on_chain(event.record->hash, *begun_at)) return true;
  }
  return false;
}

// Does the screen show what a next change of the log would claim to have seen?
bool Space::holds_what_it_claims(std::uint32_t number) {
  const store::Strand& strand = store_->log_table().strand(number);
  if (strand.last.number == 0) return true;
  const auto last = store_->causality().find(strand.log, strand.last.number, strand.last.chain);
  return last && store_->causality().holds_what_was_seen(*last);
}

std::optional<std::uint32_t> Space::own_strand() {
  const auto own = continued();
  if (!own || !is_same_file(*own)) return std::nullopt;
  const auto strand = store_->log_table().only_strand_of(own->log);
  if (!strand || store_->causality().is_forked(own->log)) return std::nullopt;
  if (is_cut(own->log, *strand) || !holds_what_it_claims(*strand)) return std::nullopt;
  return strand;
}

Space::NextChange Space::next_change() {
  NextChange next;
  next.strand = own_strand();
  if (next.strand) {
    const store::Strand& strand = store_->log_table().strand(*next.strand);
    next.descriptor = strand.descriptor;
    next.log = strand.log;
    next.number = strand.last.number + 1;
    return next;
  }
  if (!next_log_) next_log_ = log::make_log(context_.profile.signing().public_key(), context_.environment);
  next.descriptor = *next_log_;
  next.log = log::log_id(id(), next.descriptor);
  return next;
}

log::Change Space::append(const NextChange& next, std::vector<log::Operation> operations) {
  const auto kept = continued();
  // With the first change that this process writes: a copy of the file that was made before has another mark.
  if (!mark_renewed_) {
    mark_ = renew_file_mark(context_.profile.mark_path(id()), context_.environment);
    mark_renewed_ = true;
  }
  Writing writing(*store_);
  const std::uint32_t strand = next.strand ? *next.strand : writing.begin_log(next.descriptor);
  if (!kept || kept->log != next.log || kept->mark != *mark_) {
    ByteWriter own;
    own.id(next.log);
    own.blob(*mark_);
    writing.set(kOwnLog, own.bytes());
  }
  log::Change change =
      writing.append(strand, std::move(operations), context_.environment.now_ms(), context_.environment);
  writing.commit();
  written_log_ = next.log;
  next_log_.reset();
  return change;
}

bool Space::is_behind(std::span<const log::Head> heads) {
  const auto own = continued();
  return own && std::ranges::any_of(heads, [&](const log::Head& head) {
           return head.log == own->log && !store_->log_table().find(head);
         });
}

bool Space::writes(const LogId& log) {
  const auto own = continued();
  return own && own->log == log;
}

void Space::forsake_own_log(Writing& writing) {
  writing.set(kOwnLog, ByteSpan{});
}

}  // namespace plenary::replica
