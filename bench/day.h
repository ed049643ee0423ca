// Workload W1, "review day", from a seed: the same bytes on every machine and in every process, so that nothing has to
// be passed round. The shape (lengths, choices, Zipf-like words) is that of measures.md; the numbers are drawn exactly
// as the peers' bench draws them, so that rows of both tables compare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace plenary::bench {

struct DayShape {
  std::size_t tablets = 8;
  std::size_t notes = 500;    // per tablet
  std::size_t findings = 95;  // shared
  std::size_t judges = 4;     // tablets that judge each finding, concurrently
  std::uint32_t seed = 1;
};

struct Note {
  std::string id;  // 16 random bytes, base64url
  std::string activity;
  std::vector<std::string> questions;
  std::string source, stance;
  std::vector<std::string> tags;
  std::string body;
  std::string year;
  std::int64_t at = 0;
};

// The last sentence of a note, replaced by its author later: bytes [keep, keep + cut) of the body become `add`.
struct NoteEdit {
  std::size_t note = 0;  // index among the tablet's notes
  std::string id;
  std::size_t keep = 0, cut = 0;
  std::string add;
  std::int64_t at = 0;
};

struct Finding {
  std::string id, title, stance, judgement;
  std::int64_t at = 0;
};

struct Judgement {
  std::size_t finding = 0;  // index among the shared findings
  std::string id, stance, judgement;
  std::int64_t at = 0;
};

struct TabletDay {
  std::vector<Note> notes;
  std::vector<NoteEdit> edits;
  std::vector<Judgement> judgements;
};

inline constexpr const char* kLater = "Later: ";  // begins every edited last sentence

std::vector<Finding> shared_findings(const DayShape& shape);
TabletDay tablet_day(const DayShape& shape, std::size_t tablet);

// What every tablet must hold in the end.
struct ExpectedDay {
  std::size_t notes, edited, findings;
};
ExpectedDay expected_day(const DayShape& shape);

// The fixed lists that notes choose from.
const std::vector<std::string>& activities();
const std::vector<std::string>& questions();
const std::vector<std::string>& sources();
const std::vector<std::string>& stances();
const std::vector<std::string>& judgements();
const std::vector<std::string>& tags();

// One JSON object as the floor relay sends it.
std::string to_json(const Note& note);
std::string to_json(const NoteEdit& edit);
std::string to_json(const Finding& finding);
std::string to_json(const Judgement& judgement);

}  // namespace plenary::bench
