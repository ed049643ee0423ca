// members, remove, role, set-aside, readmit: who is here, and whose work counts.
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/value_text.h"

namespace plenary::cli {
namespace {

constexpr const char* kQuarantines[] = {"not_granted", "removed", "lost", "fork"};

const char* why(replica::Quarantine reason) {
  switch (reason) {
    case replica::Quarantine::not_granted:
      return "not admitted yet";
    case replica::Quarantine::removed:
      return "written after the cut of a removal";
    case replica::Quarantine::lost:
      return "past the point up to which the log was declared lost";
    case replica::Quarantine::fork:
      return "on another branch: the device was copied or restored";
  }
  return "";
}

std::string remark_of(Session& session, const replica::MemberView& member) {
  std::vector<std::string> remarks;
  if (member.this_device) remarks.push_back("this tablet");
  if (member.keeper) remarks.push_back("keeps the roster");
  if (member.roles.size() > 1) {
    std::vector<std::string> earlier;
    for (const Role role : std::span(member.roles).first(member.roles.size() - 1)) {
      earlier.push_back(name_of(session.schema(), role));
    }
    remarks.push_back("before: " + joined(earlier, ", then "));
  }
  if (member.removed) remarks.push_back("removed" + (member.removed_why.empty() ? "" : ": " + member.removed_why));
  return joined(remarks, ", ");
}

ExitCode list_members(Session& session) {
  Table table({"Name", "Role", "Device", ""});
  Json list = Json::array();
  for (const auto& member : need(session.replica().members(session.space()))) {
    const Role role = member.removed && !member.roles.empty() ? member.roles.back() : member.role;
    table.row({member.name, name_of(session.schema(), role), short_key(member.device), remark_of(session, member)});
    Json roles = Json::array();
    for (const Role each : member.roles) roles.push_back(name_of(session.schema(), each));
    list.push_back({{"name", member.name},
                    {"role", name_of(session.schema(), role)},
                    {"roles", roles},
                    {"person", member.person.hex()},
                    {"device", member.device.hex()},
                    {"keeper", member.keeper},
                    {"removed", member.removed},
                    {"removed_why", member.removed_why},
                    {"this_device", member.this_device}});
  }
  session.table(table, "Nothing is known of this space yet. Run: plenary sync", list);
  return ExitCode::done;
}

std::string told(const replica::CutView& cut) {
  const std::string& name = cut.member.name;
  return (cut.kept.changes == 0 ? "Nothing of " + name + "'s is here. "
                                : "Here of " + name + ": " + words_of(cut.kept) + ". It stays. ") +
         "Whatever else that tablet wrote or will write is set aside: nothing of it is lost, and you can "
         "let it count later (plenary set-aside, plenary readmit).";
}

ExitCode preview_removal(Session& session, const replica::CutView& cut) {
  const std::string& name = cut.member.name;
  session.say("Nothing is done yet. " + told(cut) +
                  "\nFrom now on it would read nothing new; the space gets a new key, "
                  "open invitations are void. A removed tablet never comes back: its person can, with another one.\n"
                  "To do it: plenary remove " +
                  short_key(cut.member.device) + " --yes --reason \"…\"",
              {{"done", false}, {"name", name}, {"device", cut.member.device.hex()}, {"kept", json_of(cut.kept)}});
  return ExitCode::not_so;
}

ExitCode remove(Session& session, const std::string& who, const std::string& reason, bool sure) {
  const SpaceId space = session.space();
  const auto member = member_named(session, who, Among::everybody);
  if (!sure) return preview_removal(session, need(session.replica().cut(space, member.device)));
  const auto removal = need(session.replica().remove(space, member.device, reason));
  std::string text =
      "Removed " + member.name + "'s tablet " + short_key(member.device) + ". " + told(removal.cut) +
      "\nNow tell the others: plenary sync (or plenary day export FILE). Until a colleague's tablet knows, "
      "what it hands over can still be read there.";
  Json voided = Json::array();
  for (const auto& invitation : removal.voided) {
    text += "\nThe invitation for \"" + invitation.for_whom + "\" is void: make a new one with plenary invite.";
    voided.push_back({{"invitation", invitation.invitation.hex()}, {"for", invitation.for_whom}});
  }
  session.say(text, {{"done", true},
                     {"name", member.name},
                     {"device", member.device.hex()},
                     {"kept", json_of(removal.cut.kept)},
                     {"voided", voided}});
  return ExitCode::done;
}

ExitCode change_role(Session& session, const std::string& who, const std::string& typed) {
  const SpaceId space = session.space();
  const auto member = member_named(session, who, Among::present);
  const Role role = role_named(session.schema(), typed);
  const auto cut = need(session.replica().cut(space, member.device));
  need(session.replica().change_role(space, member.device, role));
  session.say(member.name + " is " + name_of(session.schema(), role) + " from here on, and was " +
                  name_of(session.schema(), member.role) + ". What is here stays as it was written (" +
                  words_of(cut.kept) + "). Tell the others: plenary sync",
              {{"name", member.name},
               {"device", member.device.hex()},
               {"role", name_of(session.schema(), role)},
               {"before", name_of(session.schema(), member.role)},
               {"kept", json_of(cut.kept)}});
  return ExitCode::done;
}

Json json_of_work(Session& session, const replica::QuarantinedWork& work) {
  Json value = json_of(work.work);
  value["name"] = work.name;
  value["device"] = work.device.hex();
  value["why"] = kQuarantines[static_cast<int>(work.why)];
  value["role"] = work.role == kNoRole ? Json() : Json(name_of(session.schema(), work.role));
  value["first"] = work.first;
  value["last"] = work.last;
  return value;
}

ExitCode list_set_aside(Session& session) {
  Table table({"Who", "Device", "Notes", "Changes", "From", "To", "Why"});
  Json list = Json::array();
  for (const auto& work : need(session.replica().quarantined(session.space()))) {
    table.row({work.name, short_key(work.device), std::to_string(work.work.notes), std::to_string(work.work.changes),
               human_time(work.work.first_ms.value_or(0)), human_time(work.work.last_ms.value_or(0)), why(work.why)});
    list.push_back(json_of_work(session, work));
  }
  session.table(table, "Nothing is set aside.", list);
  if (!session.json() && !table.empty()) {
    session.print("It is kept, and has no effect. The keeper lets it count with: plenary readmit WHO\n");
  }
  return ExitCode::done;
}

ExitCode readmit(Session& session, const std::string& who) {
  const SpaceId space = session.space();
  const auto member = member_named(session, who, Among::everybody);
  replica::WorkSummary all;
  Json list = Json::array();
  for (const auto& work : need(session.replica().quarantined(space))) {
    if (work.device != member.device) continue;
    need(session.replica().readmit(space, work));
    all.changes += work.work.changes;
    all.notes += work.work.notes;
    list.push_back(json_of_work(session, work));
  }
  if (list.empty()) {
    give_up(ErrorCode::not_found, "Nothing of " + member.name +
                                      " is set aside here. If it is still on that tablet, take "
                                      "it in first: plenary day import FILE");
  }
  session.say("Readmitted " + counted(all.notes, "note", "notes") + " in " + counted(all.changes, "change", "changes") +
                  " of " + member.name +
                  ". They count from now on, here and wherever this decision arrives: plenary sync",
              list);
  return ExitCode::done;
}

}  // namespace

void declare_people_commands(Declared declared) {
  Action* action = &declared.action;
  struct Wanted {
    std::string who, role, reason;
    bool sure = false;
  };
  auto wanted = std::make_shared<Wanted>();
  declared.app.add_subcommand("members", "Who is in this space")->callback([=] { *action = list_members; });
  auto* out = declared.app.add_subcommand("remove", "Take a tablet out of the space for ever (shows first what stays)");
  out->add_option("who", wanted->who, "A name, or the digits of a device's key, or the beginning of either")
      ->required();
  out->add_option("--reason", wanted->reason, "Why, for the other members");
  out->add_flag("--yes", wanted->sure, "Do it");
  out->callback(
      [=] { *action = [=](Session& session) { return remove(session, wanted->who, wanted->reason, wanted->sure); }; });
  auto* role = declared.app.add_subcommand("role", "Give somebody another role from here on");
  role->add_option("who", wanted->who, "A name, or the digits of a device's key")->required();
  role->add_option("role", wanted->role, "The role, e.g. deputy_lead")->required();
  role->callback([=] { *action = [=](Session& session) { return change_role(session, wanted->who, wanted->role); }; });
  declared.app.add_subcommand("set-aside", "What is here and does not count, of whom, and why")->callback([=] {
    *action = list_set_aside;
  });
  auto* in = declared.app.add_subcommand("readmit", "Let what is set aside of somebody count after all");
  in->add_option("who", wanted->who, "A name, or the digits of a device's key")->required();
  in->callback([=] { *action = [=](Session& session) { return readmit(session, wanted->who); }; });
}

}  // namespace plenary::cli
