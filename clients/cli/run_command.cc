#include <iostream>
#include <sstream>

#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/value_text.h"
#include "core/sqlite/failure.h"

namespace plenary::cli {
namespace {

struct Settings {
  std::string profile, space, passphrase_file;
  bool json = false, anyway = false;
};

void declare_all(CLI::App& app, Action& action) {
  const Declared declared{app, action};
  declare_profile_commands(declared);
  declare_invitation_commands(declared);
  declare_people_commands(declared);
  declare_keeping_commands(declared);
  declare_lock_commands(declared);
  declare_record_commands(declared);
  declare_decision_commands(declared);
  declare_day_commands(declared);
  declare_sync_command(declared);
  declare_review_commands(declared);
  declare_share_command(declared);
  declare_trouble_commands(declared);
  declare_completion(declared);
}

void declare_batch(CLI::App& app, Action& action) {
  struct Batch {
    std::string file = "-";
    bool keep_going = false;
  };
  auto batch = std::make_shared<Batch>();
  auto* command = app.add_subcommand("batch", "Run many commands from a file, one a line, with the profile kept open");
  command->add_option("file", batch->file, "The file; - for standard input")->capture_default_str();
  command->add_flag("--keep-going", batch->keep_going, "Go on after a command that fails");
  command->callback([=, action = &action] {
    *action = [=](Session& session) {
      if (session.in_batch()) give_up(ErrorCode::invalid_argument, "A batch cannot start another batch");
      if (batch->file == "-") return run_batch(session, std::cin, batch->keep_going);
      std::istringstream file(read_text(batch->file, "file of commands"));
      return run_batch(session, file, batch->keep_going);
    };
  });
}

ExitCode report(Session& session, const Error& error, ExitCode code) {
  session.warn(error.message, {{"error", error.message}, {"exit_code", static_cast<int>(code)}});
  return code;
}

// The command that was read so far: "plenary", "plenary space".
std::pair<const CLI::App*, std::string> reached(const CLI::App& app) {
  const CLI::App* command = &app;
  std::string path = app.get_name();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    path += " " + command->get_name();
  }
  return {command, path};
}

// What does not fit in a command line, and the nearest that would: CLI11 says only that a command is required where
// its name was mistyped, and names left-over words in reverse.
std::string misfit(const CLI::App& app, const CLI::ParseError& error) {
  const auto [command, path] = reached(app);
  const auto left_over = app.remaining(true);
  std::vector<std::string> names;
  for (const auto* below : command->get_subcommands(nullptr)) names.push_back(below->get_name());
  const auto word = std::find_if(left_over.begin(), left_over.end(), [](const auto& w) { return !w.starts_with("-"); });
  if (!names.empty() && word != left_over.end()) {
    const std::string near = nearest(*word, names);
    return "\"" + *word + "\" is no command of " + path + "." +
           (near.empty() ? "" : " Did you mean: " + path + " " + near + "?");
  }
  if (!left_over.empty()) return path + " does not take: " + joined(left_over, " ") + ".";
  if (!names.empty()) return path + " needs a command: " + joined(names, " ") + ".";
  return std::string(error.what()) + ".";
}

ExitCode usage_error(Session& session, const CLI::App& app, const CLI::ParseError& error, bool json) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    std::ostringstream help;
    const auto code = static_cast<ExitCode>(app.exit(error, help, help));
    session.print(help.str());
    return code;
  }
  session.use_json(json);
  return report(session,
                {ErrorCode::invalid_argument, misfit(app, error) + " Help: " + reached(app).second + " --help"},
                ExitCode::usage);
}

ExitCode perform(Session& session, const Action& action) {
  try {
    return action(session);
  } catch (const Failed& failed) {
    return report(session, failed.error, failed.code);
  } catch (const sqlite::Failure& failure) {
    if (failure.kind() == sqlite::Failure::Kind::corrupt) {
      return report(session,
                    {ErrorCode::malformed,
                     std::string("A file of this profile is damaged. ") + failure.what() +
                         " Put back a backup of the profile's folder, or make a new profile and join your spaces "
                         "again: what was handed over comes back from the hub."},
                    ExitCode::damaged);
    }
    return report(
        session,
        {ErrorCode::unavailable, std::string("The profile's file could not be used: ") + failure.what() +
                                     " What was confirmed before is safe. Make room or mend the disk, then try again."},
        ExitCode::broken);
  } catch (const std::filesystem::filesystem_error& failure) {
    return report(session,
                  {ErrorCode::unavailable, std::string("A file could not be used: ") + failure.what() +
                                               ". What was confirmed before is safe. Make room or mend the disk, then "
                                               "try again."},
                  ExitCode::broken);
  } catch (const std::exception& failure) {
    return report(session, {ErrorCode::unavailable, failure.what()}, ExitCode::broken);
  }
}

// Splits a line as a shell would: spaces separate, "…" and '…' hold together, \ takes the next character as it is.
std::vector<std::string> split_line(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  char quote = 0;
  bool within = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      within = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      within = true;
    } else if (c == ' ' || c == '\t') {
      if (within) words.push_back(std::exchange(word, {}));
      within = false;
    } else {
      word += c;
      within = true;
    }
  }
  if (quote != 0) give_up(ErrorCode::invalid_argument, "A quotation mark is not closed in: " + line);
  if (within) words.push_back(word);
  return words;
}

// What one line of a batch chooses with --profile, --space or --json is for that line only.
class AsBefore {
 public:
  explicit AsBefore(Session& session)
      : session_(session),
        profile_(session.profile()),
        space_(session.space_name()),
        json_(session.json()),
        in_batch_(session.in_batch()) {}
  ~AsBefore() {
    session_.use_profile(profile_);
    session_.use_space(space_);
    session_.use_json(json_);
    session_.set_in_batch(in_batch_);
  }
  AsBefore(const AsBefore&) = delete;
  AsBefore& operator=(const AsBefore&) = delete;

 private:
  Session& session_;
  const std::filesystem::path profile_;
  const std::string space_;
  const bool json_, in_batch_;
};

ExitCode run_line(Session& session, const std::string& line) {
  const AsBefore after_line(session);
  return perform(session, [&](Session&) {
    const auto words = split_line(line);
    if (words.empty() || words.front().starts_with("#")) return ExitCode::done;
    return run_command(session, words);
  });
}

}  // namespace

ExitCode run_command(Session& session, std::vector<std::string> arguments) {
  Action action;
  Settings settings;
  settings.json = session.json();
  CLI::App app("Plenary: schools review each other; this is everything from a terminal.", "plenary");
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "plenary " PLENARY_VERSION);
  app.add_option("--profile", settings.profile, "Folder of the profile (default: $PLENARY_PROFILE, else ~/.plenary)");
  app.add_option("--space", settings.space, "Which space (default: the one chosen with: plenary space use)");
  app.add_option("--passphrase-file", settings.passphrase_file,
                 "A file with the profile's passphrase, - for standard input (default: $PLENARY_PASSPHRASE_FILE, else "
                 "$PLENARY_PASSPHRASE, else it is asked for)");
  app.add_flag("--json", settings.json, "Print JSON for scripts");
  app.add_flag("--anyway", settings.anyway,
               "Keeper: decide although this tablet was put back from a copy and could not ask anybody since");
  declare_all(app, action);
  declare_batch(app, action);
  const bool json = settings.json || std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return usage_error(session, app, error, json);
  }
  if (!settings.profile.empty()) session.use_profile(settings.profile);
  if (!settings.space.empty()) session.use_space(settings.space);
  if (!settings.passphrase_file.empty()) session.use_passphrase_file(settings.passphrase_file);
  session.use_json(settings.json);
  return perform(session, [&](Session& chosen) {
    if (settings.anyway) need(chosen.replica().decide_anyway(chosen.space()));
    return action(chosen);
  });
}

ExitCode run_batch(Session& session, std::istream& lines, bool keep_going) {
  ExitCode worst = ExitCode::done;
  std::string line;
  const AsBefore after_all(session);
  session.set_in_batch(true);
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const ExitCode code = run_line(session, line);
    if (code == ExitCode::done) continue;
    session.warn(
        "line " + std::to_string(number) + " ended with " + std::to_string(static_cast<int>(code)) + ": " + line,
        {{"line", number}, {"exit_code", static_cast<int>(code)}, {"command", line}});
    worst = std::max(worst, code);
    if (!keep_going) break;
  }
  return worst;
}

}  // namespace plenary::cli
