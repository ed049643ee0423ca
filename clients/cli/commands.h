// The commands of `plenary`, each declared on a CLI11 application by the file named after its theme.
#pragma once

#include <CLI/CLI.hpp>

#include "clients/cli/session.h"

namespace plenary::cli {

// Collects what the chosen command wants to do; it runs after the whole command line was read.
using Action = std::function<ExitCode(Session&)>;

struct Declared {
  CLI::App& app;
  Action& action;
};

void declare_profile_commands(Declared declared);     // profile, space
void declare_invitation_commands(Declared declared);  // invite, join, invitations, void-invitation, admit
void declare_people_commands(Declared declared);      // members, remove, role, set-aside, readmit
void declare_keeping_commands(Declared declared);     // keeper, hand-over, recover, deputies, rotate, expire, alarms
void declare_record_commands(Declared declared);      // types, fields, add, edit, delete, keep, list, show, search
void declare_decision_commands(Declared declared);    // history, conflicts, resolve
void declare_day_commands(Declared declared);         // status, check, digest, day
void declare_sync_command(Declared declared);         // sync
void declare_review_commands(Declared declared);      // import, roll-call, coverage, matrix, summary
void declare_share_command(Declared declared);        // share
void declare_lock_commands(Declared declared);        // unlock, lock, profile passphrase, recovery-code, recover
void declare_trouble_commands(Declared declared);     // erase, requests, decline, forks, branch, missing, declare-lost
void declare_completion(Declared declared);           // completion bash|zsh|fish

// Runs one command line (without the program's name). Errors are printed to the session's err.
ExitCode run_command(Session& session, std::vector<std::string> arguments);
// Runs a file of command lines in one process, one a line; stops at the first that fails unless `keep_going`.
ExitCode run_batch(Session& session, std::istream& lines, bool keep_going);

}  // namespace plenary::cli
