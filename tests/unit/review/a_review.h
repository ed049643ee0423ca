// Builds review files for tests as a story is told: who is in the team, what they visited and noted.
#pragma once

#include <string>
#include <vector>

#include "core/review/lifecycle.h"
#include "core/review/views.h"

namespace plenary::review::test {

inline PersonId person(unsigned char n) {
  PersonId id;
  id.bytes[15] = std::byte{n};
  return id;
}

// A lead, a first and a second reviewer, and a shadow; three questions, two visits.
class AReview {
 public:
  AReview();

  ReviewFile file;

  // Adds a note by the member of that name (who may write on any tablet) and returns its id.
  RecordId note(const std::string& author, SourceKind kind, const RecordId& visit = {},
                Stance stance = Stance::strength, const std::vector<RecordId>& questions = {RecordId{"q.1"}});
  Finding& finding(FindingKind kind, const std::vector<RecordId>& supports,
                   const std::vector<RecordId>& questions = {RecordId{"q.1"}});
  OtherRecord& other(const std::string& type, const std::string& author,
                     const std::map<std::string, replica::Value>& fields);
  void confirm(const std::string& what, const std::string& author, const std::vector<std::string>& writes = {});
  void respond(const RecordId& finding, HostView view, const std::string& note, const std::string& author = "Head");
  // Signs the report's text as it is now.
  void sign(const OtherRecord& report, const std::string& author);
  void step(ReviewState to, std::int64_t time_ms);
  TeamMember& member(const std::string& name);

  // Of a member of the team, "Head" (the host head), "Deputy" (authorised by the head), or "Coordinator".
  replica::Authorship by(const std::string& name);
  static RecordId visit(int n) { return RecordId{"a." + std::to_string(n)}; }
  static RecordId question(int n) { return RecordId{"q." + std::to_string(n)}; }

 private:
  RecordId next_id(const std::string& prefix) { return RecordId{prefix + "." + std::to_string(++count_)}; }

  int count_ = 100;
};

}  // namespace plenary::review::test
