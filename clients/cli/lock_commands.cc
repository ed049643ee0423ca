// unlock, lock, profile passphrase, profile recovery-code, profile recover: who may open the profile on this device.
#include <charconv>

#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/kept_key.h"
#include "clients/cli/passphrase.h"
#include "core/replica/unlock.h"

namespace plenary::cli {
namespace {

using std::chrono::seconds;

constexpr seconds kLongest = std::chrono::hours(24 * 7);

struct Unit {
  char letter;
  seconds length;
};
constexpr Unit kUnits[] = {
    {'s', seconds(1)}, {'m', std::chrono::minutes(1)}, {'h', std::chrono::hours(1)}, {'d', std::chrono::days(1)}};

seconds duration_of(const std::string& typed) {
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
  for (const Unit& unit : kUnits) {
    const bool fits = wrong == std::errc() && std::string_view(end) == std::string_view(&unit.letter, 1);
    if (fits && number > 0 && number <= kLongest / unit.length) return number * unit.length;
  }
  give_up(ErrorCode::invalid_argument,
          "\"" + typed + "\" is no time to stay unlocked: say 30m, 8h or at most 7d (s, m, h, d)");
}

ExitCode unlock(Session& session, const std::string& time) {
  const seconds length = duration_of(time);
  const auto vault = session.vault();
  const auto key = need(session.unlock_by_passphrase().key(session.profile()));
  need(keep_key(vault.id(), key, length));
  session.say("Unlocked for " + time +
                  ": the key is kept in this computer's memory, for your user account alone. Before "
                  "that: plenary lock",
              {{"unlocked", true}, {"seconds", length.count()}});
  return ExitCode::done;
}

ExitCode lock(Session& session) {
  const bool was_kept = drop_kept_key(session.vault().id());
  session.say(was_kept ? "Locked." : "It was locked already.", {{"unlocked", false}});
  return ExitCode::done;
}

ExitCode change_passphrase(Session& session, const std::string& file) {
  const auto unlock = session.unlock_by_passphrase();
  need(unlock.key(session.profile()));
  const auto next = ask_new_passphrase(new_passphrase(file));
  need(replica::change_passphrase(session.profile(), unlock, next, session.environment()));
  session.say("The passphrase is changed. A recovery code that was made before still opens this profile.",
              {{"changed", true}});
  return ExitCode::done;
}

ExitCode make_recovery_code(Session& session) {
  const std::string code =
      need(replica::change_recovery_code(session.profile(), session.unlock_by_passphrase(), session.environment()));
  session.say(
      "Recovery code of this profile (print it, put it away from the tablet; it is shown only now, and replaces "
      "the one before):\n  " +
          code + "\nWho has it can set a new passphrase with: plenary profile recover",
      {{"recovery_code", code}});
  return ExitCode::done;
}

ExitCode recover(Session& session, const std::string& code_file, const std::string& passphrase_file) {
  session.vault();
  const auto code =
      ask_passphrase({code_file, "PLENARY_RECOVERY_CODE", "--code-file", "Recovery code of this profile"});
  const auto unlock = replica::Unlock::with_recovery_code(code.text());
  need(unlock.key(session.profile()));
  const auto next = ask_new_passphrase(new_passphrase(passphrase_file));
  need(replica::change_passphrase(session.profile(), unlock, next, session.environment()));
  session.say(
      "The new passphrase is set. The recovery code is still good; if others may have seen it, make another "
      "with: plenary profile recovery-code",
      {{"changed", true}});
  return ExitCode::done;
}

void declare_profile_locks(CLI::App& profile, Action* action) {
  struct Files {
    std::string next, code;
  };
  auto files = std::make_shared<Files>();
  auto* change = profile.add_subcommand("passphrase", "Change the passphrase");
  change->add_option("--new-passphrase-file", files->next, "A file with the new one, - for standard input");
  change->callback([=] { *action = [=](Session& session) { return change_passphrase(session, files->next); }; });
  profile.add_subcommand("recovery-code", "Make a code that sets a new passphrase when the old one is forgotten")
      ->callback([=] { *action = make_recovery_code; });
  auto* recovering = profile.add_subcommand("recover", "Set a new passphrase with the recovery code");
  recovering->add_option("--code-file", files->code, "A file with the recovery code, - for standard input");
  recovering->add_option("--new-passphrase-file", files->next, "A file with the new passphrase");
  recovering->callback([=] { *action = [=](Session& session) { return recover(session, files->code, files->next); }; });
}

}  // namespace

void declare_lock_commands(Declared declared) {
  Action* action = &declared.action;
  declare_profile_locks(*declared.app.get_subcommand("profile"), action);
  auto time = std::make_shared<std::string>("8h");
  auto* command = declared.app.add_subcommand("unlock", "Keep the profile open for a while without its passphrase");
  command->add_option("--for", *time, "How long: 30m, 8h, 7d")->capture_default_str();
  command->callback([=] { *action = [=](Session& session) { return unlock(session, *time); }; });
  declared.app.add_subcommand("lock", "Ask for the passphrase again")->callback([=] { *action = lock; });
}

}  // namespace plenary::cli
