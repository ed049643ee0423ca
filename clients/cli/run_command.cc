#include <fstream>
#include <iostream>
#include <istream>

#include "clients/cli/commands.h"
#include "clients/cli/value_text.h"
#include "core/sqlite/failure.h"

namespace plenary::cli {
namespace {

struct Settings {
  std::string profile, space;
  bool json = false;
};

void declare_all(CLI::App& app, Action& action) {
  const Declared declared{app, action};
  declare_profile_commands(declared);
  declare_record_commands(declared);
  declare_decision_commands(declared);
  declare_day_commands(declared);
  declare_sync_command(declared);
  declare_review_commands(declared);
  declare_share_command(declared);
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
      if (batch->file == "-") return run_batch(session, std::cin, batch->keep_going);
      std::ifstream file(batch->file);
      if (!file) give_up(ErrorCode::not_found, "The file " + batch->file + " could not be read");
      return run_batch(session, file, batch->keep_going);
    };
  });
}

ExitCode usage_error(Session& session, const CLI::App& app, const CLI::ParseError& error, const std::string& first) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
    return static_cast<ExitCode>(app.exit(error, session.out(), session.err()));
  std::vector<std::string> names;
  for (const auto* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  const bool known = std::find(names.begin(), names.end(), first) != names.end();
  const std::string near = known || first.empty() ? "" : nearest(first, names);
  session.err() << "plenary: " << error.what() << (near.empty() ? "" : "\nDid you mean: plenary " + near + "?")
                << "\nHelp: plenary " << (known ? first + " " : "") << "--help\n";
  return ExitCode::usage;
}

ExitCode report(Session& session, const Error& error, ExitCode code) {
  if (session.json())
    session.err() << Json{{"error", error.message}, {"exit_code", static_cast<int>(code)}}.dump() << "\n";
  else
    session.err() << "plenary: " << error.message << "\n";
  return code;
}

ExitCode perform(Session& session, const Action& action) {
  try {
    return action(session);
  } catch (const Failed& failed) {
    return report(session, failed.error, failed.code);
  } catch (const sqlite::Failure& failure) {
    return report(
        session,
        {ErrorCode::unavailable, std::string("The profile's file could not be used: ") + failure.what() +
                                     " What was confirmed before is safe. Make room or mend the disk, then try again."},
        ExitCode::broken);
  } catch (const std::exception& failure) {
    return report(session, {ErrorCode::unavailable, failure.what()}, ExitCode::broken);
  }
}

// Splits a line as a shell would: spaces separate, "…" and '…' hold together, \ takes the next character as it is.
std::vector<std::string> words_of(const std::string& line) {
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
  app.add_flag("--json", settings.json, "Print JSON for scripts");
  declare_all(app, action);
  declare_batch(app, action);
  const auto first =
      std::find_if(arguments.begin(), arguments.end(), [](const auto& a) { return !a.starts_with("-"); });
  const std::string name = first == arguments.end() ? "" : *first;
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::ParseError& error) {
    return usage_error(session, app, error, name);
  }
  if (!settings.profile.empty()) session.use_profile(settings.profile);
  if (!settings.space.empty()) session.use_space(settings.space);
  session.use_json(settings.json);
  return perform(session, action);
}

ExitCode run_batch(Session& session, std::istream& lines, bool keep_going) {
  ExitCode worst = ExitCode::done;
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    const auto words = words_of(line);
    if (words.empty() || words.front().starts_with("#")) continue;
    const ExitCode code = run_command(session, words);
    if (code == ExitCode::done) continue;
    session.err() << "plenary: line " << number << " ended with " << static_cast<int>(code) << ": " << line << "\n";
    worst = std::max(worst, code);
    if (!keep_going) break;
  }
  return worst;
}

}  // namespace plenary::cli
