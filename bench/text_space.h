// A text's history as Plenary keeps and sends it: changes in signed logs, sealed segments, and the way back.
#pragma once

#include "bench/text_traces.h"
#include "core/log/content.h"
#include "core/merge/evaluate.h"
#include "core/seal/segment_seal.h"

namespace plenary::bench {

// Random numbers that are the same in every run, so that sizes are.
class SeededEnvironment final : public Environment {
 public:
  std::int64_t now_ms() override { return 1'770'000'000'000; }
  void random(std::span<std::byte> out) override;

 private:
  std::uint64_t state_ = 1;
};

// A space with one record of one text field, and a device for each agent of a history.
class TextSpace {
 public:
  explicit TextSpace(std::uint32_t agents);

  // Writes the history down: one log for each agent. The changes, causes first.
  std::vector<log::Change> write(const TextHistory& history);
  // The text of the last written history, from the bytes that a device keeps of each change to a document that can be
  // typed in. What a device keeps was verified when it came.
  merge::TextDocument load() const;
  // The last written history as one sealed segment for each agent.
  std::vector<Bytes> seal();

  // From sealed segments to verified changes, one log after the other.
  std::vector<log::Change> open(const std::vector<Bytes>& segments) const;
  // The text that the engine merges from changes.
  std::string merge(const std::vector<log::Change>& changes) const;

 private:
  // A change as a device keeps it.
  struct Kept {
    std::uint32_t agent = 0;
    ChainValue chain;
    log::EncodedChange bytes;
  };
  struct Author {
    crypto::SigningKey key;
    log::LogDescriptor descriptor;
    LogId log;
    log::LogSecrets secrets;
    log::ChainState state;
    std::vector<log::Change> changes;
  };

  void begin_record();
  log::Operation insertion(const merge::NewInsertion& made) const;
  log::Operation strike(const std::vector<merge::TextRun>& struck) const;
  log::WriteName name_of(std::uint32_t insertion) const;
  const log::Change& append(std::uint32_t agent, log::Change change);

  SeededEnvironment environment_;
  SpaceId space_;
  std::vector<Author> authors_;
  std::vector<Kept> kept_;  // causes first
  std::vector<roster::Record> roster_;
  merge::Schema schema_;
  seal::KeyRing keys_;
  KeyId current_key_;
  log::RecordName record_;
  std::vector<log::WriteName> insertions_;  // what each insertion of the history is called
};

}  // namespace plenary::bench
