// How a person or a script gives `plenary` a passphrase: in a file, in the environment, or on a terminal without echo.
#pragma once

#include "clients/cli/session.h"
#include "core/seal/vault.h"

namespace plenary::cli {

// Where to look, in this order. The first line of a file counts; "-" is the standard input.
struct PassphraseSource {
  std::string file;      // named on the command line; may be empty
  std::string variable;  // of the environment; with _FILE behind it, names a file
  std::string option;    // what to say in messages: the option that names the file
  std::string question;  // on a terminal
};

// Throws Failed (usage) where there is none and nobody to ask.
seal::Passphrase ask_passphrase(const PassphraseSource& source);
// For a new one: on a terminal it is asked for twice.
seal::Passphrase ask_new_passphrase(const PassphraseSource& source);

// Of the profile that the session is about.
PassphraseSource current_passphrase(const std::string& file);
PassphraseSource new_passphrase(const std::string& file);

}  // namespace plenary::cli
