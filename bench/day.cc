#include "bench/day.h"

#include <nlohmann/json.hpp>

#include "bench/words.h"
#include "core/base/bytes.h"

namespace plenary::bench {
namespace {

constexpr std::int64_t kMorning = 1791275400000;  // 6 October 2026, 08:30 UTC
constexpr std::int64_t kDay = 86400000;

std::vector<std::string> numbered(const char* prefix, std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 1; i <= count; ++i) names.push_back(prefix + std::to_string(i));
  return names;
}

std::string new_id(Random& random) {
  Bytes bytes(16);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random.below(256));
  return to_base64url(bytes);
}

// The sentences of a note: 20 to 45 words, 7 to 14 in a sentence, no crumb at the end.
std::vector<std::string> draw_body(Random& random) {
  const auto words = draw_words(random, 20 + random.below(26));
  std::vector<std::string> sentences;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t length = 7 + random.below(8);
    if (words.size() < i + length + 5) length = words.size() - i;
    sentences.push_back(sentence(words, i, length));
    i += length;
  }
  return sentences;
}

std::string join(const std::vector<std::string>& sentences) {
  std::string text;
  for (const std::string& one : sentences) text += (text.empty() ? "" : " ") + one;
  return text;
}

Note draw_note(Random& random, std::size_t i, const std::vector<std::string>& sentences) {
  Note note;  // drawn in the order of the fields
  note.id = new_id(random);
  note.activity = random.pick(activities());
  note.questions = random.some(questions(), 3);
  note.source = random.pick(sources());
  note.stance = random.pick(stances());
  note.tags = random.some(tags(), 4);
  note.body = join(sentences);
  note.year = "Y" + std::to_string(random.below(7));
  note.at = kMorning + static_cast<std::int64_t>(i) * 43000 + static_cast<std::int64_t>(random.below(40000));
  return note;
}

void draw_judgements(const DayShape& shape, std::size_t tablet, Random& random, std::vector<Judgement>& out) {
  const auto findings = shared_findings(shape);
  const std::size_t stride = std::max<std::size_t>(1, shape.tablets / shape.judges);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    for (std::size_t k = 0; k < std::min(shape.judges, shape.tablets); ++k) {
      if ((i + k * stride) % shape.tablets != tablet) continue;
      Judgement one;
      one.finding = i;
      one.id = findings[i].id;
      one.stance = random.pick(stances());
      one.judgement = random.pick(judgements());
      one.at = kMorning + 30000000 + static_cast<std::int64_t>(i) * 60000 + static_cast<std::int64_t>(tablet);
      out.push_back(std::move(one));
    }
  }
}

}  // namespace

const std::vector<std::string>& activities() {
  static const auto names = numbered("act-", 6);
  return names;
}

const std::vector<std::string>& questions() {
  static const auto names = numbered("EQ", 6);
  return names;
}

const std::vector<std::string>& sources() {
  static const std::vector<std::string> names = {"lesson-visit", "learning-walk", "pupil-talk",  "staff-talk",
                                                 "parent-talk",  "books",         "documents",   "data",
                                                 "assembly",     "playground",    "environment", "leaders-talk"};
  return names;
}

const std::vector<std::string>& stances() {
  static const std::vector<std::string> names = {"strength", "question", "gap", "neutral"};
  return names;
}

const std::vector<std::string>& judgements() {
  static const std::vector<std::string> names = {"secure", "mostly", "emerging", "not-yet", "unsure"};
  return names;
}

const std::vector<std::string>& tags() {
  static const std::vector<std::string> names(vocabulary().begin() + 200, vocabulary().begin() + 220);
  return names;
}

std::vector<Finding> shared_findings(const DayShape& shape) {
  Random random(shape.seed * 7919 + 1);
  std::vector<Finding> findings(shape.findings);
  for (std::size_t i = 0; i < findings.size(); ++i) {
    findings[i].id = new_id(random);
    findings[i].title = sentence(draw_words(random, 8 + random.below(5)));
    findings[i].stance = random.pick(stances());
    findings[i].judgement = "unsure";
    findings[i].at = kMorning - kDay + static_cast<std::int64_t>(i);
  }
  return findings;
}

TabletDay tablet_day(const DayShape& shape, std::size_t tablet) {
  Random random(shape.seed * 104729 + 1000 + static_cast<std::uint32_t>(tablet));
  TabletDay day;
  for (std::size_t i = 0; i < shape.notes; ++i) {
    const auto sentences = draw_body(random);
    day.notes.push_back(draw_note(random, i, sentences));
    if (i % 5 != 2) continue;
    const Note& note = day.notes.back();
    NoteEdit edit;
    edit.note = i;
    edit.id = note.id;
    edit.cut = sentences.back().size();
    edit.keep = note.body.size() - edit.cut;
    edit.add = kLater + sentence(draw_words(random, 6 + random.below(7)));
    edit.at = kMorning + 28800000 + static_cast<std::int64_t>(i) * 100;
    day.edits.push_back(std::move(edit));
  }
  draw_judgements(shape, tablet, random, day.judgements);
  return day;
}

ExpectedDay expected_day(const DayShape& shape) {
  return {shape.tablets * shape.notes, shape.tablets * ((shape.notes + 2) / 5), shape.findings};
}

std::string to_json(const Note& note) {
  return nlohmann::ordered_json{{"id", note.id},         {"activity", note.activity}, {"questions", note.questions},
                                {"source", note.source}, {"stance", note.stance},     {"tags", note.tags},
                                {"body", note.body},     {"year", note.year},         {"at", note.at}}
      .dump();
}

std::string to_json(const NoteEdit& edit) {
  return nlohmann::ordered_json{
      {"id", edit.id}, {"keep", edit.keep}, {"cut", edit.cut}, {"add", edit.add}, {"at", edit.at}}
      .dump();
}

std::string to_json(const Finding& finding) {
  return nlohmann::ordered_json{{"id", finding.id},
                                {"title", finding.title},
                                {"stance", finding.stance},
                                {"judgement", finding.judgement},
                                {"at", finding.at}}
      .dump();
}

std::string to_json(const Judgement& judgement) {
  return nlohmann::ordered_json{
      {"id", judgement.id}, {"stance", judgement.stance}, {"judgement", judgement.judgement}, {"at", judgement.at}}
      .dump();
}

}  // namespace plenary::bench
