// erase, requests, decline; forks, branch, missing, declare-lost: what people decide when something went wrong.
#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/value_text.h"

namespace plenary::cli {
namespace {

// ---- erasing

std::string told(const replica::ErasureSummary& summary) {
  std::string text;
  if (summary.copies_erased > 0)
    text += " " + counted(summary.copies_erased, "copy", "copies") + " in other spaces too.";
  if (summary.copies_asked > 0) {
    text += " " + counted(summary.copies_asked, "copy is", "copies are") +
            " hidden in other spaces, until their keepers erase them.";
  }
  return text;
}

ExitCode erase(Session& session, const std::string& typed, const std::vector<std::string>& changes) {
  const auto id = session.id(typed);
  const auto erased = session.replica().erase(session.space(), id, changes);
  if (!erased && erased.error().code == ErrorCode::refused)
    give_up(ErrorCode::refused, erased.error().message + " You can hide it and ask: plenary ask-to-erase " + id.text);
  const auto summary = need(erased);
  session.say("Erased " + (changes.empty() ? id.text : "those words of " + id.text) + " on this tablet." +
                  told(summary) + "\nOther tablets and the hub follow when they next exchange: plenary sync",
              {{"id", id.text},
               {"changes", changes},
               {"copies_erased", summary.copies_erased},
               {"copies_asked", summary.copies_asked}});
  return ExitCode::done;
}

ExitCode list_requests(Session& session) {
  Table table({"Request", "Record", "Of", "Asked by", "When"});
  Json list = Json::array();
  for (const auto& request : need(session.replica().erase_requests(session.space()))) {
    const std::string by = request.by_roster ? "a former keeper" : request.by.person;
    table.row(
        {request.id, request.record.text, request.type, by, request.by_roster ? "" : human_time(request.by.time_ms)});
    list.push_back({{"request", request.id},
                    {"id", request.record.text},
                    {"type", request.type},
                    {"changes", request.changes},
                    {"by", by},
                    {"time_ms", request.by_roster ? Json() : Json(request.by.time_ms)}});
  }
  session.table(table, "Nobody has asked to erase anything.", list);
  if (!session.json() && !list.empty()) {
    session.print(
        "They are hidden meanwhile. The keeper of the space decides: plenary erase RECORD, or plenary "
        "decline REQUEST\n");
  }
  return ExitCode::done;
}

ExitCode decline(Session& session, const std::string& request) {
  need(session.replica().decline_request(session.space(), request));
  session.say("Declined: the words are shown again, here and, after the next exchange, everywhere.",
              {{"request", request}});
  return ExitCode::done;
}

// ---- forks and losses

std::string short_log(const LogId& log) {
  return log.hex().substr(0, 8);
}

ExitCode list_forks(Session& session) {
  Table table({"Log", "Written by", "Branch", "What it holds", ""});
  Json list = Json::array();
  bool open = false;
  for (const auto& fork : need(session.replica().forks(session.space()))) {
    Json branches = Json::array();
    for (std::size_t i = 0; i < fork.branches.size(); ++i) {
      const auto& branch = fork.branches[i];
      table.row({i == 0 ? short_log(fork.log) : "", i == 0 ? fork.name : "", std::to_string(i + 1),
                 words_of(branch.work), branch.counts ? "counts" : "set aside"});
      Json entry = json_of(branch.work);
      entry["branch"] = i + 1;
      entry["first"] = branch.first;
      entry["last"] = branch.last;
      entry["counts"] = branch.counts;
      branches.push_back(std::move(entry));
    }
    open = open || !fork.settled;
    list.push_back({{"log", fork.log.hex()},
                    {"by", fork.name},
                    {"common", fork.common},
                    {"settled", fork.settled},
                    {"branches", branches}});
  }
  session.table(table, "No log is forked.", list);
  if (!session.json() && open) {
    session.print(
        "The keeper says which branch goes on: plenary branch LOG NUMBER, with --keep-others when the "
        "notes of all branches should count.\n");
  }
  return ExitCode::done;
}

template <class Entry>
Entry log_named(const std::vector<Entry>& entries, const std::string& typed, const std::string& none) {
  std::vector<Entry> found;
  for (const auto& entry : entries) {
    const bool by_name = !entry.name.empty() && entry.name.starts_with(typed);
    if (entry.log.hex().starts_with(typed) || by_name) found.push_back(entry);
  }
  if (found.empty()) give_up(ErrorCode::not_found, none);
  if (found.size() > 1) {
    std::vector<std::string> names;
    names.reserve(found.size());
    for (const auto& entry : found) names.push_back(short_log(entry.log));
    give_up(ErrorCode::conflict, "\"" + typed + "\" could mean several logs: " + joined(names, ", ") + ". Name one.");
  }
  return found.front();
}

ExitCode name_branch(Session& session, const std::string& typed, std::size_t branch, bool keep_others) {
  auto& replica = session.replica();
  const auto fork = log_named(need(replica.forks(session.space())), typed,
                              "No forked log begins with \"" + typed +
                                  "\", and nobody of that name wrote one. See: "
                                  "plenary forks");
  if (branch == 0) give_up(ErrorCode::invalid_argument, "Branches are counted from 1. See: plenary forks");
  need(replica.name_branch(session.space(), fork.log, branch - 1,
                           keep_others ? replica::Others::readmitted : replica::Others::set_aside));
  session.say("Branch " + std::to_string(branch) + " of " + fork.name + "'s log " + short_log(fork.log) + " goes on." +
                  (keep_others ? " What the others hold counts beside it."
                               : " The others stay set aside; to let them count after all: plenary set-aside, then "
                                 "plenary readmit.") +
                  "\nColleagues see it after the next exchange: plenary sync",
              {{"log", fork.log.hex()}, {"branch", branch}, {"keep_others", keep_others}});
  return ExitCode::done;
}

ExitCode list_missing(Session& session) {
  Table table({"Log", "Written by", "Here up to", "Referred to up to"});
  Json list = Json::array();
  for (const auto& log : need(session.replica().missing_logs(session.space()))) {
    const std::string by = log.name.empty() ? "not known yet" : log.name;
    table.row({short_log(log.log), by, std::to_string(log.here), std::to_string(log.up_to)});
    list.push_back({{"log", log.log.hex()}, {"by", by}, {"here", log.here}, {"up_to", log.up_to}});
  }
  session.table(table, "Nothing is missing: no change waits for another tablet.", list);
  if (!session.json() && !list.empty()) {
    session.print(
        "Colleagues have seen these changes and wrote on; their notes wait until that tablet, or a file of "
        "it, arrives. If it never will, the keeper says so: plenary declare-lost LOG\n");
  }
  return ExitCode::done;
}

ExitCode declare_lost(Session& session, const std::string& typed) {
  auto& replica = session.replica();
  const auto log = log_named(need(replica.missing_logs(session.space())), typed,
                             "Nothing waits for \"" + typed + "\". See: plenary missing");
  need(replica.declare_lost(session.space(), log.log));
  session.say("Log " + short_log(log.log) + " is declared lost beyond change " + std::to_string(log.here) +
                  ". What waited for it is shown now.\nShould the tablet turn up after all, what it has beyond that is "
                  "set aside, and can be readmitted.",
              {{"log", log.log.hex()}, {"beyond", log.here}});
  return ExitCode::done;
}

void declare_erasing(Declared declared) {
  Action* action = &declared.action;
  struct Erasing {
    std::string what;
    std::vector<std::string> changes;
  };
  auto erasing = std::make_shared<Erasing>();
  auto* command = declared.app.add_subcommand("erase", "Keeper: take a record's words from every tablet and the hub");
  command->add_option("id", erasing->what, "Its id, or the beginning of it")->required();
  command->add_option("--change", erasing->changes, "Only what this change typed (as history names it)");
  command->callback(
      [=] { *action = [=](Session& session) { return erase(session, erasing->what, erasing->changes); }; });
  declared.app.add_subcommand("requests", "What members asked to have erased")->callback([=] {
    *action = list_requests;
  });
  auto* no = declared.app.add_subcommand("decline", "Keeper: show again what somebody asked to have erased");
  no->add_option("request", erasing->what, "As plenary requests names it")->required();
  no->callback([=] { *action = [=](Session& session) { return decline(session, erasing->what); }; });
}

}  // namespace

void declare_trouble_commands(Declared declared) {
  declare_erasing(declared);
  Action* action = &declared.action;
  struct Naming {
    std::string log;
    std::size_t branch = 0;
    bool keep_others = false;
  };
  auto naming = std::make_shared<Naming>();
  declared.app.add_subcommand("forks", "Logs that a copied or restored tablet continued in two ways")->callback([=] {
    *action = list_forks;
  });
  auto* branch = declared.app.add_subcommand("branch", "Keeper: say which branch of a forked log goes on");
  branch->add_option("log", naming->log, "The log, or whose it is")->required();
  branch->add_option("number", naming->branch, "The branch, as plenary forks counts them")->required();
  branch->add_flag("--keep-others", naming->keep_others, "What the other branches hold counts, too");
  branch->callback([=] {
    *action = [=](Session& session) { return name_branch(session, naming->log, naming->branch, naming->keep_others); };
  });
  declared.app.add_subcommand("missing", "What changes that are here wait for")->callback([=] {
    *action = list_missing;
  });
  auto* lost = declared.app.add_subcommand("declare-lost", "Keeper: wait no longer for a tablet that will not return");
  lost->add_option("log", naming->log, "The log, or whose it is")->required();
  lost->callback([=] { *action = [=](Session& session) { return declare_lost(session, naming->log); }; });
}

}  // namespace plenary::cli
