// types, fields, add, edit, delete, keep, list, show, search: what was recorded.
#include <iostream>
#include <iterator>

#include "clients/cli/commands.h"
#include "clients/cli/field_input.h"
#include "clients/cli/files.h"
#include "clients/cli/value_text.h"
#include "core/base/words.h"

namespace plenary::cli {
namespace {

struct Assignment {
  enum class Way { set, add, remove } way = Way::set;
  std::string field, value;
};

// "field=value", "field+=value", "field-=value". "field=@FILE" reads a file, "field=@-" standard input.
Assignment parse_assignment(const std::string& typed) {
  const std::size_t equals = typed.find('=');
  if (equals == std::string::npos || equals == 0)
    give_up(ErrorCode::invalid_argument,
            "\"" + typed + "\" says no field. Write field=value, field+=value to add, field-=value to take away");
  Assignment assignment{Assignment::Way::set, typed.substr(0, equals), typed.substr(equals + 1)};
  if (assignment.field.ends_with('+')) assignment.way = Assignment::Way::add;
  if (assignment.field.ends_with('-')) assignment.way = Assignment::Way::remove;
  if (assignment.way != Assignment::Way::set) assignment.field.pop_back();
  if (assignment.value == "@-") {
    assignment.value.assign(std::istreambuf_iterator<char>(std::cin), {});
  } else if (assignment.value.starts_with('@') && assignment.value.size() > 1) {
    assignment.value = read_text(assignment.value.substr(1), "text file");
  }
  return assignment;
}

bool is_list(const merge::Field& field) {
  return field.policy == merge::Policy::set_union || field.policy == merge::Policy::append;
}

void apply(Session& session, replica::Edit& edit, const merge::RecordType& type, const replica::RecordId& id,
           const std::string& typed) {
  const Assignment assignment = parse_assignment(typed);
  const merge::Field& field = field_named(type, assignment.field);
  if (field.policy == merge::Policy::text && assignment.way == Assignment::Way::set)
    return need(edit.set_text(id, field.name, assignment.value));
  const replica::Value value = value_for(session, field, assignment.value);
  if (assignment.way == Assignment::Way::remove) return need(edit.remove(id, field.name, value));
  if (is_list(field)) return need(edit.add(id, field.name, value));
  if (assignment.way == Assignment::Way::add)
    give_up(ErrorCode::invalid_argument, field.name + " holds one value: write " + field.name + "=" + assignment.value);
  need(edit.set(id, field.name, value));
}

ExitCode add_record(Session& session, const std::string& type_typed, const std::vector<std::string>& assignments) {
  const auto& type = type_named(session, type_typed);
  const auto edit = session.replica().edit(session.space());
  const replica::RecordId id = need(edit->create(type.name));
  for (const auto& assignment : assignments) apply(session, *edit, type, id, assignment);
  need(edit->commit());
  const auto record = session.json() ? json_of(need(session.replica().get(session.space(), id))) : Json();
  session.say(id.text, record);
  return ExitCode::done;
}

ExitCode edit_record(Session& session, const std::string& typed, const std::vector<std::string>& assignments) {
  const replica::RecordId id = session.id(typed);
  const auto record = need(session.replica().get(session.space(), id));
  const auto& type = type_named(session, record.type);
  const auto edit = session.replica().edit(session.space());
  for (const auto& assignment : assignments) apply(session, *edit, type, id, assignment);
  const auto summary = need(edit->commit());
  const std::string text =
      summary.operations == 0 ? "Nothing to change: " + id.text + " says so already." : "Changed " + id.text + ".";
  session.say(text, {{"id", id.text}, {"operations", summary.operations}});
  return ExitCode::done;
}

// One line of a list cannot hold a whole page: its words on one line, and cut where they go on too long.
std::string shortened(std::string words) {
  constexpr std::size_t kLongest = 240;
  for (char& c : words)
    if (c == '\n' || c == '\r' || c == '\t') c = ' ';
  words.erase(words.find_last_not_of(' ') + 1);
  if (words.size() <= kLongest) return words;
  std::size_t end = kLongest;
  while ((static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;
  return words.substr(0, end) + "…";
}

// What a list shows of a record beside its id: the longest-worded searched field first, then registers.
std::string gist(const merge::RecordType& type, const replica::RecordView& record) {
  std::string text;
  for (const bool searched : {true, false}) {
    for (const auto& [number, field] : type.fields) {
      const auto found = record.fields.find(field.name);
      if (field.searched != searched || found == record.fields.end()) continue;
      const std::string words = shortened(shown(field, found->second));
      if (words.empty()) continue;
      text += (text.empty() ? "" : " · ") + (searched ? words : in_words(field.name) + " " + words);
    }
  }
  return text;
}

replica::Query query_of(Session& session, const merge::RecordType& type, const std::vector<std::string>& where) {
  replica::Query query;
  query.type = type.name;
  for (const auto& condition : where) {
    const Assignment assignment = parse_assignment(condition);
    const auto& field = field_named(type, assignment.field);
    query.where[field.name] = value_for(session, field, assignment.value);
  }
  return query;
}

ExitCode list_records(Session& session, const std::string& type_typed, const std::vector<std::string>& where,
                      bool deleted, std::size_t limit) {
  const auto& type = type_named(session, type_typed);
  auto query = query_of(session, type, where);
  query.include_deleted = deleted;
  query.limit = limit;
  Table table({"Id", "By", "When", "What"});
  Json list = Json::array();
  for (const auto& record : need(session.replica().list(session.space(), query))) {
    const std::string mark = record.life == replica::Life::deleted ? "(deleted) " : "";
    table.row({record.id.text, record.created.person, human_time(record.created.time_ms), mark + gist(type, record)});
    list.push_back(json_of(record));
  }
  session.table(table, "No " + in_words(type.name) + " here" + (where.empty() ? " yet." : " fits."), list);
  return ExitCode::done;
}

ExitCode show_record(Session& session, const std::string& typed) {
  const auto record = need(session.replica().get(session.space(), session.id(typed)));
  if (session.json()) {
    session.say("", json_of(record));
    return ExitCode::done;
  }
  std::string head = in_words(record.type) + " " + record.id.text + ", by " + record.created.person + ", " +
                     human_time(record.created.time_ms);
  if (record.life == replica::Life::contested)
    head += "\nDeleted by one colleague and edited by another: see plenary conflicts";
  if (record.life == replica::Life::deleted) head += "\nDeleted. To bring it back: plenary keep " + record.id.text;
  if (record.life == replica::Life::erased) head += "\nErased.";
  session.print(head + "\n");
  Table table({"Field", "Value"});
  const auto& type = type_named(session, record.type);
  for (const auto& [name, view] : record.fields) {
    const merge::Field& field = field_named(type, name);
    table.row({name, shown(field, view)});
    if (!view.asks) continue;
    for (const auto& candidate : view.candidates)
      table.row({"", "  " + words_of(field, candidate.value) + "  (" + candidate.by.person + ", " +
                         human_time(candidate.by.time_ms) + ")"});
  }
  if (!table.empty()) session.print(table.render(session.terminal().width));
  return ExitCode::done;
}

ExitCode search(Session& session, const std::vector<std::string>& words, std::size_t limit) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  Table table({"Id", "What", "Where", "Words"});
  Json list = Json::array();
  for (const auto& hit : need(session.replica().search(session.space(), text, limit))) {
    table.row({hit.id.text, hit.type, hit.field, hit.snippet});
    list.push_back({{"id", hit.id.text}, {"type", hit.type}, {"field", hit.field}, {"snippet", hit.snippet}});
  }
  const bool found = !table.empty();
  session.table(table, "Nothing here has these words.", list);
  return found ? ExitCode::done : ExitCode::not_so;
}

std::string takes(const merge::Field& field) {
  std::string text;
  switch (field.kind) {
    case merge::ValueKind::integer:
      text = is_time(field.name) ? "a time" : "a whole number";
      break;
    case merge::ValueKind::text:
      text = "text";
      break;
    case merge::ValueKind::boolean:
      text = "yes or no";
      break;
    case merge::ValueKind::reference:
      text = field.target.empty() ? "an id" : "the id of " + with_article(in_words(field.target));
      break;
    case merge::ValueKind::bytes:
      text = "bytes";
      break;
    case merge::ValueKind::message:
      text = "a JSON object";
      break;
    case merge::ValueKind::real:
      text = "a number";
      break;
    case merge::ValueKind::enumeration:
      for (const auto& choice : choices_of(field)) text += (text.empty() ? "" : ", ") + choice;
      break;
  }
  return text;
}

std::string merging(const merge::Field& field) {
  switch (field.policy) {
    case merge::Policy::latest:
      return "the latest stands";
    case merge::Policy::ask:
      return "people decide";
    case merge::Policy::ranked:
      return "the highest rank stands";
    case merge::Policy::set_union:
      return "all are kept";
    case merge::Policy::text:
      return "written together";
    case merge::Policy::append:
      return "a list that grows";
    case merge::Policy::once:
      return "said once";
  }
  return "";
}

ExitCode list_types(Session& session) {
  Table table({"What", "Who may write it"});
  Json list = Json::array();
  for (const auto& [number, type] : session.schema().types) {
    std::string roles;
    Json names = Json::array();
    for (Role role : type.writers_at(session.schema().newest)) {
      roles += (roles.empty() ? "" : ", ") + name_of(session.schema(), role);
      names.push_back(name_of(session.schema(), role));
    }
    table.row({type.name, roles});
    list.push_back({{"type", type.name}, {"writers", names}});
  }
  session.table(table, "", list);
  return ExitCode::done;
}

ExitCode list_fields(Session& session, const std::string& typed) {
  Table table({"Field", "When two differ", "Takes"});
  Json list = Json::array();
  for (const auto& [number, field] : type_named(session, typed).fields) {
    table.row({field.name, merging(field), takes(field)});
    list.push_back({{"field", field.name}, {"merging", merging(field)}, {"takes", takes(field)}});
  }
  session.table(table, "", list);
  return ExitCode::done;
}

ExitCode life_command(Session& session, const std::string& typed, const std::string& verb) {
  const replica::RecordId id = session.id(typed);
  const auto edit = session.replica().edit(session.space());
  if (verb == "delete") need(edit->discard(id));
  if (verb == "keep") need(edit->keep(id));
  if (verb == "ask-to-erase") need(edit->ask_to_erase(id));
  need(edit->commit());
  std::string text = "Deleted " + id.text + ". To bring it back: plenary keep " + id.text;
  if (verb == "keep") text = "Kept " + id.text + ".";
  if (verb == "ask-to-erase") text = "Hidden " + id.text + ". The keeper of the space erases it or declines.";
  session.say(text, {{"id", id.text}, {"done", verb}});
  return ExitCode::done;
}

void declare_writing(Declared declared) {
  Action* action = &declared.action;
  struct Writing {
    std::string what;
    std::vector<std::string> assignments;
  };
  auto writing = std::make_shared<Writing>();
  const char* how = "field=value, field+=value to add, field-=value to take away, field=@FILE to read a file";
  auto* add = declared.app.add_subcommand("add", "Record something new; prints its id");
  add->add_option("type", writing->what, "What: evidence, activity, finding… (plenary types)")->required();
  add->add_option("fields", writing->assignments, how);
  add->callback(
      [=] { *action = [=](Session& session) { return add_record(session, writing->what, writing->assignments); }; });
  auto* edit = declared.app.add_subcommand("edit", "Change fields of a record");
  edit->add_option("id", writing->what, "Its id, or the beginning of it")->required();
  edit->add_option("fields", writing->assignments, how)->required();
  edit->callback(
      [=] { *action = [=](Session& session) { return edit_record(session, writing->what, writing->assignments); }; });
  const std::pair<const char*, const char*> lives[] = {
      {"delete", "Delete a record (it can be brought back)"},
      {"keep", "Say that a record stays; brings a deleted one back"},
      {"ask-to-erase", "Hide a record and ask the keeper to erase its words for ever"}};
  for (const auto& [verb, help] : lives) {
    auto* command = declared.app.add_subcommand(verb, help);
    command->add_option("id", writing->what, "Its id, or the beginning of it")->required();
    command->callback([=, name = std::string(verb)] {
      *action = [=](Session& session) { return life_command(session, writing->what, name); };
    });
  }
}

void declare_reading(Declared declared) {
  Action* action = &declared.action;
  struct Reading {
    std::string what;
    std::vector<std::string> words;
    bool deleted = false;
    std::size_t limit = 0;
  };
  auto reading = std::make_shared<Reading>();
  auto* list = declared.app.add_subcommand("list", "List records of one type");
  list->add_option("type", reading->what, "What: evidence, activity, finding… (plenary types)")->required();
  list->add_option("--where", reading->words, "field=value; several must all hold");
  list->add_flag("--deleted", reading->deleted, "Also those that were deleted");
  list->add_option("--limit", reading->limit, "At most so many");
  list->callback([=] {
    *action = [=](Session& session) {
      return list_records(session, reading->what, reading->words, reading->deleted, reading->limit);
    };
  });
  auto* show = declared.app.add_subcommand("show", "Show one record");
  show->add_option("id", reading->what, "Its id, or the beginning of it")->required();
  show->callback([=] { *action = [=](Session& session) { return show_record(session, reading->what); }; });
  auto* find = declared.app.add_subcommand("search", "Find records by their words");
  find->add_option("words", reading->words, "Words; the last may be the beginning of one")->required();
  find->add_option("--limit", reading->limit, "At most so many");
  find->callback([=] { *action = [=](Session& session) { return search(session, reading->words, reading->limit); }; });
  declared.app.add_subcommand("types", "What can be recorded, and by whom")->callback([=] { *action = list_types; });
  auto* fields = declared.app.add_subcommand("fields", "What a record of one type holds");
  fields->add_option("type", reading->what, "The type")->required();
  fields->callback([=] { *action = [=](Session& session) { return list_fields(session, reading->what); }; });
}

}  // namespace

void declare_record_commands(Declared declared) {
  declare_writing(declared);
  declare_reading(declared);
}

}  // namespace plenary::cli
