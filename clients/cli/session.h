// One run of `plenary`: the profile that is open, the space that is chosen, and where output goes.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>

#include "clients/cli/output.h"
#include "core/base/environment.h"
#include "core/replica/replica.h"
#include "core/replica/unlock.h"

namespace plenary::cli {

class Session {
 public:
  Session(Environment& environment, std::ostream& out, std::ostream& err, Terminal terminal);
  ~Session();

  // ---- set from the command line
  // Another folder than before closes the profile that is open.
  void use_profile(std::filesystem::path folder);
  void use_space(std::string name) { space_name_ = std::move(name); }
  void use_json(bool json) { json_ = json; }
  void use_passphrase_file(std::string file) { passphrase_file_ = std::move(file); }
  const std::string& space_name() const { return space_name_; }
  // True while a file of commands is played.
  bool in_batch() const { return in_batch_; }
  void set_in_batch(bool in_batch) { in_batch_ = in_batch; }

  // ---- the profile
  const std::filesystem::path& profile() const { return folder_; }
  // Opens the profile on first use, and warns of damaged spaces; throws Failed with the replica's error.
  replica::Replica& replica();
  void create(const std::string& person);
  // Of this profile; ends the command when there is no profile.
  seal::Vault vault();
  // By the passphrase alone, for what a session that was unlocked before may not do.
  replica::Unlock unlock_by_passphrase();
  // By name.
  std::vector<replica::SpaceSummary> spaces();
  // The space the command is about: --space, else the one chosen with `space use`, else the only one.
  SpaceId space();
  // The role names and record types.
  const merge::Schema& schema() const;
  void remember_space(const SpaceId& space);
  // Completes an id that a person typed.
  replica::RecordId id(const std::string& typed);
  // The same for what a field refers to: in this space, else in the others of this profile.
  replica::RecordId reference(const std::string& typed);
  Environment& environment() { return environment_; }

  // ---- output
  bool json() const { return json_; }
  const Terminal& terminal() const { return terminal_; }
  // Prints `text`, or `value` with --json. What others wrote may be in `text`; `drawing` is ours, and follows as it is.
  void say(const std::string& text, const Json& value, const std::string& drawing = {});
  // A part of a text for people.
  void print(const std::string& text);
  // Says it on the error stream: what went wrong, or something beside what was asked.
  void warn(const std::string& text, const Json& value);
  // What is drawn over while a command runs, on the error stream; not for what others wrote.
  std::ostream& progress() { return err_; }
  void table(const Table& table, const std::string& when_empty, const Json& value);

 private:
  Environment& environment_;
  std::ostream& out_;
  std::ostream& err_;
  Terminal terminal_;
  replica::Unlock unlock();

  bool json_ = false, in_batch_ = false;
  std::filesystem::path folder_;
  std::string space_name_, passphrase_file_;
  std::unique_ptr<replica::Replica> replica_;
};

// Ends a command with a message and an exit code; caught in run_command.
struct Failed {
  Error error;
  ExitCode code;
};

[[noreturn]] void give_up(ErrorCode code, std::string message);
[[noreturn]] void give_up(const Error& error);

// The value of a result, or the end of the command.
template <class T>
T need(Result<T> result) {
  if (!result) give_up(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace plenary::cli
