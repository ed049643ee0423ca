#include "core/replica/text_passages.h"

#include "core/base/utf8.h"

namespace plenary::replica {
namespace {

bool ends_sentence(char32_t scalar) {
  return scalar == U'.' || scalar == U'!' || scalar == U'?' || scalar == U'\u2026';
}
bool is_blank(char32_t scalar) {
  return scalar == U' ' || scalar == U'\n' || scalar == U'\t' || scalar == U'\r';
}

// Whether a sentence may end before `at`, or begin there.
bool between_sentences(std::u32string_view text, std::size_t at) {
  if (at == 0 || at == text.size() || text[at] == U'\n' || text[at - 1] == U'\n') return true;
  if (is_blank(text[at])) return ends_sentence(text[at - 1]);
  return at > 1 && is_blank(text[at - 1]) && ends_sentence(text[at - 2]);
}

std::string without_blanks(std::u32string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return encode_utf8(text);
}

// The writes of one field that the change's author had seen, and its own; and the record's creation.
std::vector<merge::Write> seen_writes(const merge::View& view, const store::LoadedRecord& record, log::Place change,
                                      std::uint32_t field) {
  std::vector<merge::Write> seen;
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    merge::Write write = record.writes[i];
    const bool matters = write.operation->field == field || write.operation->kind == log::OperationKind::create;
    if (!matters || (write.place != change && !view.causality().in_history(change, write.place))) continue;
    // What was hidden or erased since must not come back by looking at the past.
    write.payload_missing |= record.merged.payloads[i] != merge::Payload::here;
    seen.push_back(write);
  }
  return seen;
}

std::string merged_text(const merge::View& view, const store::LoadedRecord& record,
                        std::span<const merge::Write> writes, std::uint32_t field) {
  const merge::MergedRecord merged = merge::merge_record(view, record.name, writes);
  const merge::MergedField* text = merged.field(field);
  return text != nullptr && text->text ? text->text->placed.shown : std::string();
}

}  // namespace

TextPassage passage_between(std::string_view before, std::string_view after) {
  const std::u32string one = decode_utf8(before), other = decode_utf8(after);
  const std::size_t shorter = std::min(one.size(), other.size());
  std::size_t head = 0, tail = 0;
  while (head < shorter && one[head] == other[head]) ++head;
  if (head == one.size() && head == other.size()) return {};
  while (!between_sentences(one, head) || !between_sentences(other, head)) --head;
  while (tail < shorter - head && one[one.size() - 1 - tail] == other[other.size() - 1 - tail]) ++tail;
  while (!between_sentences(one, one.size() - tail) || !between_sentences(other, other.size() - tail)) --tail;
  const auto part = [&](const std::u32string& text) {
    return without_blanks(std::u32string_view(text).substr(head, text.size() - tail - head));
  };
  return {part(one), part(other)};
}

TextPassage passage_of(const merge::View& view, const store::LoadedRecord& record, log::Place change,
                       std::uint32_t field) {
  std::vector<merge::Write> writes = seen_writes(view, record, change, field);
  const std::string after = merged_text(view, record, writes, field);
  std::erase_if(writes, [&](const merge::Write& write) {
    return write.place == change && write.operation->kind != log::OperationKind::create;
  });
  return passage_between(merged_text(view, record, writes, field), after);
}

}  // namespace plenary::replica
