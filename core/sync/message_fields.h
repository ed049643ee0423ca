// The fields of messages that are bytes with a grammar of their own: ids, names of notices, frontiers, wants, layouts.
// Internal to this folder. Source: docs/protocol/sync.md, "Messages".
#pragma once

#include "core/sync/messages.h"

namespace plenary::sync {

// What is wrong with a message, as an error for people.
tl::unexpected<Error> malformed(const std::string& what);
tl::unexpected<Error> too_many(const std::string& what);

std::string text_of(ByteSpan bytes);
template <class Tag, std::size_t N>
std::string text_of(const FixedId<Tag, N>& id) {
  return text_of(id.span());
}

template <class Id>
std::string write_ids(const std::vector<Id>& ids) {
  std::string text;
  text.reserve(ids.size() * Id::kSize);
  for (const Id& id : ids) text += as_text(id.span());
  return text;
}

template <class Id>
Result<std::vector<Id>> read_ids(const std::string& text, std::size_t max, const char* what) {
  if (text.size() % Id::kSize != 0) return malformed(std::string("cut ") + what);
  if (text.size() / Id::kSize > max) return too_many(what);
  std::vector<Id> ids;
  ids.reserve(text.size() / Id::kSize);
  for (ByteSpan rest = as_bytes(text); !rest.empty(); rest = rest.subspan(Id::kSize)) {
    ids.push_back(*Id::from(rest.first(Id::kSize)));
  }
  return ids;
}

std::string write_names(const std::vector<NoticeName>& names);
Result<std::vector<NoticeName>> read_names(const std::string& text);

std::string write_frontier(const log::Frontier& frontier);
Result<log::Frontier> read_frontier(const std::string& text);

// Each log once, in ascending order, with its greatest heads.
std::string write_wants(const std::vector<LogWant>& wants);
Result<std::vector<LogWant>> read_wants(const std::string& text);

std::string write_layout(const std::vector<LogLayout>& logs);
Result<std::vector<LogLayout>> read_layout(const std::string& text);

}  // namespace plenary::sync
