// keeper, hand-over, recover, deputies, rotate, expire, alarms: who keeps a space, and what people have to look at.
#include <iostream>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/qr.h"
#include "clients/cli/value_text.h"

namespace plenary::cli {
namespace {

constexpr const char* kSince[] = {"founding", "hand_over", "recovery"};
constexpr const char* kSinceWords[] = {"founded it", "was handed it", "recovered it"};

// A code from the command line, or with "-" from standard input: so that it stays out of the shell's history.
std::string code_typed(const std::string& typed) {
  if (typed != "-") return typed;
  std::string line;
  std::getline(std::cin, line);
  return line;
}

ExitCode show_keeper(Session& session) {
  const auto view = need(session.replica().keeping(session.space()));
  const auto since = static_cast<int>(view.since);
  std::string text = view.keeper.empty() ? "Who keeps this space is not here yet. Run: plenary sync"
                                         : view.keeper + " (" + short_key(view.device) + ") keeps this space, and " +
                                               kSinceWords[since] + (view.this_device ? ". That is this tablet." : ".");
  Json deputies = Json::array();
  std::vector<std::string> names;
  for (const auto& deputy : view.deputies) {
    names.push_back(deputy.name + (deputy.this_device ? " (this tablet)" : "") + (deputy.removed ? " (removed)" : ""));
    deputies.push_back({{"name", deputy.name}, {"device", deputy.device.hex()}, {"removed", deputy.removed}});
  }
  text += names.empty() ? "\nNo deputies are named: only the printed recovery code can recover it."
                        : "\nDeputies, who can recover it together: " + joined(names, " and ") + ".";
  if (view.expires_ms) text += "\nHubs may drop this space from " + human_time(*view.expires_ms) + " on.";
  session.say(text, {{"keeper", view.keeper},
                     {"device", view.device.hex()},
                     {"this_device", view.this_device},
                     {"since", kSince[since]},
                     {"epoch", view.epoch},
                     {"deputies", deputies},
                     {"keys", view.keys},
                     {"expires_ms", view.expires_ms ? Json(*view.expires_ms) : Json()}});
  return ExitCode::done;
}

ExitCode hand_over(Session& session, const std::string& who) {
  const auto member = member_named(session, who, Among::present);
  need(session.replica().hand_over(session.space(), member.device));
  session.say(member.name +
                  " keeps this space now: only that tablet can invite, remove and change roles. It learns so "
                  "with: plenary sync, or from a file (plenary day export FILE).",
              {{"keeper", member.name}, {"device", member.device.hex()}});
  return ExitCode::done;
}

ExitCode recover(Session& session, const std::string& code, bool qr) {
  const std::string next = need(session.replica().recover(session.space(), code_typed(code)));
  session.say(
      "You keep this space now. The code that was used is worth nothing any more.\nNext recovery code "
      "(print it, put it away; it is shown only now):\n  " +
          next +
          "\nNow tell the others: plenary sync. If the former keeper's tablet is lost: plenary remove WHO. "
          "Deputies are to be named anew: plenary deputies name ONE OTHER --code -",
      {{"recovery_code", next}}, qr ? qr_for_terminal(next, session.terminal().colour) : "");
  return ExitCode::done;
}

ExitCode name_deputies(Session& session, const std::string& one, const std::string& other, const std::string& code) {
  const auto first = member_named(session, one, Among::present), second = member_named(session, other, Among::present);
  need(session.replica().name_deputies(session.space(), code_typed(code), first.device, second.device));
  session.say(
      first.name + " and " + second.name +
          " are deputies: together they can recover this space without the "
          "printed code, neither can alone. When it comes to that, one reads out what plenary deputies part shows, "
          "the other types it after plenary recover.",
      {{"deputies", Json::array({first.name, second.name})}});
  return ExitCode::done;
}

ExitCode show_part(Session& session, bool qr) {
  const std::string part = need(session.replica().deputy_part(session.space()));
  session.say("Read this to the other deputy, who types it after: plenary recover\n  " + part, {{"part", part}},
              qr ? qr_for_terminal(part, session.terminal().colour) : "");
  return ExitCode::done;
}

ExitCode expire(Session& session, const std::string& typed) {
  merge::Field moment;
  moment.name = "expires_at";
  moment.kind = merge::ValueKind::integer;
  const std::int64_t at =
      typed == "never" ? 0 : need(parse_value(moment, typed, session.environment().now_ms())).integer();
  need(session.replica().expire(session.space(), at));
  session.say(at == 0 ? "This space does not expire."
                      : "From " + human_time(at) + " on, hubs may drop this space. What is on the tablets stays there.",
              {{"expires_ms", at == 0 ? Json() : Json(at)}});
  return ExitCode::done;
}

ExitCode rotate(Session& session) {
  need(session.replica().rotate(session.space()));
  session.say("The space has a new key, for everybody who is a member now. Tell the others: plenary sync",
              {{"done", true}});
  return ExitCode::done;
}

ExitCode alarms(Session& session, bool seen) {
  if (seen) need(session.replica().acknowledge_alarms(session.space()));
  std::string text;
  Json list = Json::array();
  for (const auto& alarm : need(session.replica().alarms(session.space()))) {
    text += (text.empty() ? "" : "\n") + alarm.text + "\n  What to do: " + alarm.advice;
    list.push_back({{"kind", alarm.kind}, {"text", alarm.text}, {"advice", alarm.advice}});
  }
  // What explained itself is told once, without asking for anything.
  for (const auto& past :
       seen ? std::vector<replica::AlarmView>{} : need(session.replica().past_alarms(session.space()))) {
    if (past.kind == "hub_restored" && text.empty()) text = "Nothing is odd. " + past.text + " " + past.advice;
  }
  session.say(text.empty() ? "Nothing is odd." : text, list);
  return list.empty() ? ExitCode::done : ExitCode::not_so;
}

void declare_deputies(Declared declared) {
  Action* action = &declared.action;
  struct Naming {
    std::string one, other, code;
    bool qr = false;
  };
  auto naming = std::make_shared<Naming>();
  auto* deputies = declared.app.add_subcommand("deputies", "Two people who can recover this space together");
  deputies->require_subcommand(1);
  auto* name = deputies->add_subcommand("name", "Name the two; needs the printed recovery code");
  name->add_option("one", naming->one, "A name, or the digits of a device's key")->required();
  name->add_option("other", naming->other, "The other one")->required();
  name->add_option("--code", naming->code, "The recovery code; - reads it from standard input")->required();
  name->callback([=] {
    *action = [=](Session& session) { return name_deputies(session, naming->one, naming->other, naming->code); };
  });
  auto* part = deputies->add_subcommand("part", "A deputy's part, for the other deputy");
  part->add_flag("--qr", naming->qr, "Also as a QR code");
  part->callback([=] { *action = [=](Session& session) { return show_part(session, naming->qr); }; });
}

}  // namespace

void declare_keeping_commands(Declared declared) {
  Action* action = &declared.action;
  auto typed = std::make_shared<std::string>();
  declared.app.add_subcommand("keeper", "Who keeps this space, its deputies, and when it expires")->callback([=] {
    *action = show_keeper;
  });
  auto* over = declared.app.add_subcommand("hand-over", "Let another member keep this space");
  over->add_option("who", *typed, "A name, or the digits of a device's key")->required();
  over->callback([=] { *action = [=](Session& session) { return hand_over(session, *typed); }; });
  auto qr = std::make_shared<bool>(false);
  auto* recovery = declared.app.add_subcommand("recover", "Become the keeper: with the printed code, or as a deputy");
  recovery->add_option("code", *typed, "The code, or the other deputy's part; - reads it from standard input")
      ->required();
  recovery->add_flag("--qr", *qr, "Draw the next code as a QR code too");
  recovery->callback([=] { *action = [=](Session& session) { return recover(session, *typed, *qr); }; });
  declare_deputies(declared);
  declared.app.add_subcommand("rotate", "Give the space a new key")->callback([=] { *action = rotate; });
  auto* expiry = declared.app.add_subcommand("expire", "Say from when hubs may drop this space");
  expiry->add_option("date", *typed, "A date such as 2027-08-31, or never")->required();
  expiry->callback([=] { *action = [=](Session& session) { return expire(session, *typed); }; });
  auto seen = std::make_shared<bool>(false);
  auto* odd =
      declared.app.add_subcommand("alarms", "What is odd, and what to do about it (ends with 1 while something is)");
  odd->add_flag("--seen", *seen, "You have read them: those of copies, hubs and digests are not shown again");
  odd->callback([=] { *action = [=](Session& session) { return alarms(session, *seen); }; });
}

}  // namespace plenary::cli
