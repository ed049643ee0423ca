// plenary: a review from a terminal.
#include <clocale>
#include <iostream>

#include "clients/cli/commands.h"
#include "core/crypto/random.h"

int main(int argc, char** argv) {
  std::setlocale(LC_TIME, "");
  plenary::crypto::SystemEnvironment environment;
  plenary::cli::Session session(environment, std::cout, std::cerr, plenary::cli::detect_terminal());
  return static_cast<int>(plenary::cli::run_command(session, {argv + 1, argv + argc}));
}
