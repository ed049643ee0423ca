// SpaceEdit: collects operations against what is on the screen now, and writes one change.
#pragma once

#include "core/merge/text_document.h"
#include "core/replica/replica.h"
#include "core/replica/space.h"

namespace plenary::replica {

class SpaceEdit final : public Edit {
 public:
  explicit SpaceEdit(Space& space);

  Result<RecordId> create(const std::string& type) override;
  Result<RecordId> create_copy(const std::string& type, const OriginTag& origin) override;
  Result<void> set(const RecordId& id, const std::string& field, const Value& value) override;
  Result<void> add(const RecordId& id, const std::string& field, const Value& value) override;
  Result<void> remove(const RecordId& id, const std::string& field, const Value& value) override;
  Result<void> set_text(const RecordId& id, const std::string& field, const std::string& text) override;
  Result<void> splice_text(const RecordId& id, const std::string& field, TextSplice splice) override;
  Result<void> discard(const RecordId& id) override;
  Result<void> keep(const RecordId& id) override;
  Result<void> ask_to_erase(const RecordId& id) override;
  Result<CommitSummary> commit() override;

  // Says of a text that it is right as it stands: a strike of nothing, whose author saw everything.
  Result<void> confirm_text(const RecordId& id, const std::string& field);

 private:
  // A text while it is edited: its document, and which write each insertion is.
  struct OpenText {
    merge::TextDocument document;
    std::vector<log::WriteName> insertions;
  };
  struct Target {
    log::RecordName record;
    const merge::RecordType* type = nullptr;
    const merge::Field* field = nullptr;
  };

  Result<log::RecordName> resolve(const std::string& id);
  Result<log::RecordName> resolve_reference(const std::string& id);
  Result<Target> target(const RecordId& id);
  Result<Target> target(const RecordId& id, const std::string& field, std::initializer_list<merge::Policy> policies,
                        const char* verb);
  Result<void> may_write(const merge::RecordType& type);
  Result<std::string> encode(const merge::Field& field, const Value& value);
  // The record as it is on the screen; nothing for one that this edit creates.
  const store::LoadedRecord* loaded(const log::RecordName& record);
  Result<OpenText*> open_text(const Target& target);
  Result<void> replace_text(OpenText& text, const Target& target, std::size_t at, std::size_t count,
                            const std::string& with, std::size_t size_after);
  log::WriteName own_write(std::size_t index) const;
  bool says_already(const Target& to, const std::string& bytes);
  bool holds_already(const Target& to, const std::string& bytes);
  std::vector<log::WriteName> additions_of(const Target& target, const std::string& bytes);
  void push(log::OperationKind kind, const Target& target, std::optional<std::string> value = std::nullopt);
  void push_texts();

  Space& space_;
  Space::NextChange next_;  // what this becomes
  std::vector<log::Operation> operations_;
  std::map<std::string, log::RecordName> created_;
  std::map<log::RecordName, std::optional<store::LoadedRecord>> loaded_;
  std::map<std::pair<log::RecordName, std::uint32_t>, OpenText> texts_;
};

}  // namespace plenary::replica
