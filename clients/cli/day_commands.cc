// status, check, digest, day: where the notes are, and passing them on without a network.
#include <ctime>

#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/value_text.h"

namespace plenary::cli {
namespace {

std::string remarks(const replica::SpaceStatus& status) {
  std::string text;
  const auto remark = [&](std::size_t count, const std::string& one, const std::string& many) {
    if (count > 0) text += "\n" + counted(count, one, many);
  };
  remark(status.unsent_changes, "change waits to be handed over", "changes wait to be handed over");
  remark(status.conflicts, "decision to take (plenary conflicts)", "decisions to take (plenary conflicts)");
  remark(status.waiting, "change waits for something that is not here yet",
         "changes wait for something that is not here yet");
  remark(status.held, "record waits for its beginning", "records wait for their beginning");
  if (status.admitted)
    remark(status.quarantined, "change is set aside (plenary set-aside)", "changes are set aside (plenary set-aside)");
  remark(status.alarms, "alarm (plenary alarms)", "alarms (plenary alarms)");
  if (status.removed)
    text +=
        "\nThe keeper removed this tablet from the space. What is on it stays readable, nothing is exchanged any more. "
        "Hand your notes to the keeper: plenary day export FILE";
  else if (!status.admitted)
    text +=
        "\nYou can read, and what you write is kept: it counts as soon as the keeper's tablet has synced and you "
        "have synced again";
  return text;
}

ExitCode status(Session& session) {
  const auto status = need(session.replica().status(session.space()));
  const auto expires_ms = need(session.replica().keeping(session.space())).expires_ms;
  const std::string expiry = expires_ms ? "\nHubs may drop this space from " + human_time(*expires_ms) + " on" : "";
  const std::string synced =
      status.last_sync_ms ? "last met the hub " + human_time(*status.last_sync_ms) : "has not met the hub yet";
  session.say("On this tablet " + std::to_string(status.notes_here) + " · handed over " +
                  std::to_string(status.notes_handed_over) + " · " + synced + remarks(status) + expiry,
              {{"admitted", status.admitted},
               {"notes_here", status.notes_here},
               {"notes_handed_over", status.notes_handed_over},
               {"own_changes", status.own_changes},
               {"unsent_changes", status.unsent_changes},
               {"waiting", status.waiting},
               {"held", status.held},
               {"quarantined", status.quarantined},
               {"conflicts", status.conflicts},
               {"alarms", status.alarms},
               {"removed", status.removed},
               {"expires_ms", expires_ms ? Json(*expires_ms) : Json()},
               {"last_sync_ms", status.last_sync_ms ? Json(*status.last_sync_ms) : Json()}});
  return ExitCode::done;
}

ExitCode check(Session& session, bool mend) {
  if (mend) need(session.replica().mend(session.space()));
  const auto differences = need(session.replica().check(session.space()));
  std::string text =
      differences.empty() ? "All is well: the tables are what the log says." : "The tables differ from the log:";
  for (const auto& difference : differences) text += "\n  " + difference;
  if (!differences.empty()) text += "\nMake them anew from the log with: plenary check --mend";
  session.say(text, {{"differences", differences}});
  return differences.empty() ? ExitCode::done : ExitCode::not_so;
}

ExitCode digest(Session& session) {
  const std::string digest = need(session.replica().digest(session.space())).hex();
  session.say(digest, {{"digest", digest}});
  return ExitCode::done;
}

std::int64_t start_of_day(std::int64_t now_ms) {
  auto seconds = static_cast<std::time_t>(now_ms / 1000);
  std::tm local{};
  localtime_r(&seconds, &local);
  local.tm_hour = local.tm_min = local.tm_sec = 0;
  return static_cast<std::int64_t>(std::mktime(&local)) * 1000;
}

ExitCode seal_day(Session& session) {
  need(session.replica().seal_day(session.space(), start_of_day(session.environment().now_ms())));
  const auto status = need(session.replica().status(session.space()));
  session.say("The day is sealed: " + counted(status.notes_here, "note", "notes") +
                  " on this tablet. Hand over with: plenary sync",
              {{"notes_here", status.notes_here}});
  return ExitCode::done;
}

ExitCode write_day(Session& session, const std::string& path, bool receipt) {
  auto& replica = session.replica();
  const Bytes bytes = need(receipt ? replica.receipt(session.space()) : replica.export_day_end(session.space()));
  write_file(path, bytes);
  session.say(receipt ? "Wrote the receipt to " + path + ". Give it back: only then is the tablet safe to hand back."
                      : "Wrote " + path + " (" + std::to_string(bytes.size()) +
                            " bytes, encrypted). It can be taken in any number of times.",
              {{"file", path}, {"bytes", bytes.size()}});
  return ExitCode::done;
}

ExitCode import_day(Session& session, const std::string& path) {
  const auto summary = need(session.replica().import_day_end(read_file(path, "day-end file or receipt")));
  std::string text = "Took in " + counted(summary.changes_new, "new change", "new changes") + "; " +
                     std::to_string(summary.changes_known) + " were here already.";
  if (summary.receipt) text = "The receipt is in: what it names is safe, and was handed over.";
  if (summary.waiting > 0)
    text += " " + counted(summary.waiting, "change waits", "changes wait") + " for something that is not here yet.";
  session.say(text, {{"space", summary.space.hex()},
                     {"receipt", summary.receipt},
                     {"changes_new", summary.changes_new},
                     {"changes_known", summary.changes_known},
                     {"waiting", summary.waiting}});
  return ExitCode::done;
}

}  // namespace

void declare_day_commands(Declared declared) {
  Action* action = &declared.action;
  declared.app.add_subcommand("status", "Where your notes are")->callback([=] { *action = status; });
  auto mend = std::make_shared<bool>(false);
  auto* checking = declared.app.add_subcommand("check", "Rebuild the tables from the log and compare");
  checking->add_flag("--mend", *mend, "Make the tables anew from the log first");
  checking->callback([=] { *action = [=](Session& session) { return check(session, *mend); }; });
  declared.app
      .add_subcommand("digest", "The fingerprint of what this tablet shows: equal on every tablet that has the same")
      ->callback([=] { *action = digest; });
  auto path = std::make_shared<std::string>();
  auto* day = declared.app.add_subcommand("day", "Day end: seal, and pass on by file where there is no network");
  day->require_subcommand(1);
  day->add_subcommand("seal", "Say that today's notes are complete")->callback([=] { *action = seal_day; });
  auto* out = day->add_subcommand("export", "Write an encrypted file with all that others may lack");
  out->add_option("file", *path, "The file to write")->required();
  out->callback([=] { *action = [=](Session& session) { return write_day(session, *path, false); }; });
  auto* in = day->add_subcommand("import", "Take in a colleague's file, or a receipt");
  in->add_option("file", *path, "The file to read")->required();
  in->callback([=] { *action = [=](Session& session) { return import_day(session, *path); }; });
  auto* receipt = day->add_subcommand("receipt", "Write a receipt for what was taken in");
  receipt->add_option("file", *path, "The file to write")->required();
  receipt->callback([=] { *action = [=](Session& session) { return write_day(session, *path, true); }; });
}

}  // namespace plenary::cli
