// history, conflicts, resolve: what people decided, and what still waits for them.
#include <sstream>

#include "clients/cli/commands.h"
#include "clients/cli/field_input.h"
#include "clients/cli/value_text.h"
#include "core/base/words.h"

namespace plenary::cli {
namespace {

// A field of a record as the schema has it; null for a record's life and for what a newer version wrote.
const merge::Field* field_of(Session& session, const std::string& type, const std::string& field) {
  const auto* record = session.schema().type_named(type);
  return record == nullptr ? nullptr : record->field_named(field);
}

std::string told(const merge::Field* field, const replica::HistoryEntry& entry) {
  if (entry.payload != replica::PayloadState::here) return "(" + name_of(entry.payload) + ")";
  const std::string after = field == nullptr ? text_of(entry.value) : words_of(*field, entry.value);
  if (entry.before.empty()) return after;
  return after.empty() ? entry.before : "\"" + entry.before + "\" → \"" + after + "\"";
}

ExitCode history(Session& session, const std::string& typed) {
  Table table({"When", "Who", "Field", "What", "Standing", "Value and reason"});
  Json list = Json::array();
  const auto id = session.id(typed);
  const auto record = session.replica().get(session.space(), id);
  const std::string type = record ? record->type : "";
  for (const auto& entry : need(session.replica().history(session.space(), id))) {
    const std::string why = entry.reason.empty() ? "" : " – because: " + entry.reason;
    table.row({human_time(entry.by.time_ms), entry.by.person, entry.field, entry.what, entry.standing,
               told(field_of(session, type, entry.field), entry) + why});
    list.push_back({{"by", json_of(entry.by)},
                    {"field", entry.field},
                    {"what", entry.what},
                    {"value", json_of(entry.value)},
                    {"before", entry.before},
                    {"payload", name_of(entry.payload)},
                    {"standing", entry.standing},
                    {"reason", entry.reason}});
  }
  session.table(table, "No history.", list);
  return ExitCode::done;
}

std::string names(const std::vector<replica::Authorship>& authors) {
  std::string text;
  for (const auto& author : authors)
    text += (text.empty() ? "" : ", ") + author.person + " (" + human_time(author.time_ms) + ")";
  return text;
}

Json json_of_conflict(const replica::Conflict& conflict) {
  Json candidates = Json::array(), deleted = Json::array(), edited = Json::array();
  for (const auto& candidate : conflict.candidates)
    candidates.push_back({{"value", json_of(candidate.value)}, {"by", json_of(candidate.by)}});
  for (const auto& by : conflict.deleted_by) deleted.push_back(json_of(by));
  for (const auto& by : conflict.edited_by) edited.push_back(json_of(by));
  return {
      {"id", conflict.id.text},   {"type", conflict.type}, {"field", conflict.field}, {"question", conflict.question},
      {"candidates", candidates}, {"deleted_by", deleted}, {"edited_by", edited}};
}

void print_conflict(Session& session, const replica::Conflict& conflict) {
  std::ostringstream out;
  const auto* field = field_of(session, conflict.type, conflict.field);
  out << in_words(conflict.type) << " " << conflict.id.text << (conflict.field.empty() ? "" : ", " + conflict.field)
      << ": " << conflict.question << "\n";
  for (std::size_t i = 0; i < conflict.candidates.size(); ++i) {
    const auto& candidate = conflict.candidates[i];
    const std::string version = field == nullptr ? text_of(candidate.value) : words_of(*field, candidate.value);
    out << "  " << i + 1 << ". " << version << "  (" << candidate.by.person << ", " << human_time(candidate.by.time_ms)
        << ")\n";
  }
  if (!conflict.deleted_by.empty()) out << "  deleted by " << names(conflict.deleted_by) << "\n";
  if (!conflict.edited_by.empty()) out << "  worked on by " << names(conflict.edited_by) << "\n";
  const std::string target = conflict.id.text + (conflict.field.empty() ? "" : " " + conflict.field);
  const std::string choice = conflict.field.empty() ? "--keep (or --delete)" : "--choose 1";
  out << "  decide: plenary resolve " << target << " " << choice << " --reason \"…\"\n";
  session.print(out.str());
}

ExitCode conflicts(Session& session) {
  const auto open = need(session.replica().conflicts(session.space()));
  Json list = Json::array();
  for (const auto& conflict : open) list.push_back(json_of_conflict(conflict));
  if (session.json() || open.empty()) {
    session.say("Nothing waits for a decision.", list);
  } else {
    for (const auto& conflict : open) print_conflict(session, conflict);
    session.print(counted(open.size(), "decision", "decisions") + " to take.\n");
  }
  return open.empty() ? ExitCode::done : ExitCode::not_so;
}

struct Choice {
  std::string id, field, value, reason;
  std::size_t choose = 0;
  bool keep = false, discard = false, has_value = false;
};

replica::Resolution resolution_of(Session& session, const Choice& choice) {
  const int given =
      (choice.choose > 0 ? 1 : 0) + (choice.has_value ? 1 : 0) + (choice.keep ? 1 : 0) + (choice.discard ? 1 : 0);
  if (given != 1)
    give_up(ErrorCode::invalid_argument, "Say one of --choose N, --value V, --keep, --delete. See: plenary conflicts");
  if (choice.reason.find_first_not_of(" \t\n") == std::string::npos)
    give_up(ErrorCode::invalid_argument, "Say why, in words: colleagues read the reason in the history");
  replica::Resolution resolution{session.id(choice.id), choice.field, {}, {}, choice.keep, choice.reason};
  if (choice.choose > 0) resolution.choose = choice.choose - 1;
  if (choice.has_value) {
    const auto record = need(session.replica().get(session.space(), resolution.id));
    resolution.value = value_for(session, field_named(type_named(session, record.type), choice.field), choice.value);
  }
  return resolution;
}

}  // namespace

void declare_decision_commands(Declared declared) {
  Action* action = &declared.action;
  auto choice = std::make_shared<Choice>();
  auto* past = declared.app.add_subcommand("history", "Who wrote what when in a record, and why it was decided");
  past->add_option("id", choice->id, "Its id, or the beginning of it")->required();
  past->callback([=] { *action = [=](Session& session) { return history(session, choice->id); }; });
  declared.app.add_subcommand("conflicts", "What waits for a decision of a person (ends with 1 while something does)")
      ->callback([=] { *action = conflicts; });
  auto* resolve = declared.app.add_subcommand("resolve", "Take a decision; who, when and why are kept");
  resolve->add_option("id", choice->id, "The record")->required();
  resolve->add_option("field", choice->field, "The field; none for a record deleted here and worked on there");
  resolve->add_option("--choose", choice->choose, "The number of a version in plenary conflicts");
  auto* value = resolve->add_option("--value", choice->value, "Another value");
  resolve->add_flag("--keep", choice->keep, "Keep the record");
  resolve->add_flag("--delete", choice->discard, "Delete the record");
  resolve->add_option("--reason", choice->reason, "Why, in words")->required();
  resolve->callback([=] {
    *action = [=](Session& session) {
      choice->has_value = value->count() > 0;
      const auto resolution = resolution_of(session, *choice);
      need(session.replica().resolve(session.space(), resolution));
      session.say("Decided. It stands in the history of " + resolution.id.text + ".", {{"id", resolution.id.text}});
      return ExitCode::done;
    };
  });
}

}  // namespace plenary::cli
