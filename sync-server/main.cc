// plenaryd, the hub: reads the command line, and ends with the exit codes of exit_code.h.
#include <CLI/CLI.hpp>
#include <iostream>

#include "core/sqlite/failure.h"
#include "sync-server/commands.h"
#include "sync-server/exit_code.h"

namespace {

using plenary::hub::Configuration;
using plenary::hub::ExitCode;

// What was given as flags; wins over the settings file.
struct Flags {
  std::string settings_file, data, address, port_file, public_address, log_format, log_level;
  int port = -1;
};

void add_flags(CLI::App& command, Flags& flags) {
  command.add_option("--config", flags.settings_file, "Settings file (see plenaryd.example.toml)");
  command.add_option("--data", flags.data, "Folder in which the hub keeps everything");
}

void add_serve_flags(CLI::App& command, Flags& flags) {
  command.add_option("--listen", flags.address, "Address to listen on, in numbers (0.0.0.0: all)");
  command.add_option("--port", flags.port, "Port to listen on (0: any free one)")->check(CLI::Range(0, 65'535));
  command.add_option("--port-file", flags.port_file, "File to write the port into once the hub listens");
  command.add_option("--log-format", flags.log_format, "text or json")->check(CLI::IsMember({"text", "json"}));
  command.add_option("--log-level", flags.log_level, "debug, info, warning or error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
}

plenary::Result<Configuration> configuration_of(const Flags& flags) {
  Configuration configuration;
  if (!flags.settings_file.empty()) {
    auto read = plenary::hub::read_configuration(flags.settings_file);
    if (!read) return plenary::fail(plenary::ErrorCode::invalid_argument, read.error().message);
    configuration = std::move(*read);
  }
  if (!flags.data.empty()) configuration.data = flags.data;
  if (!flags.address.empty()) configuration.address = flags.address;
  if (flags.port >= 0) configuration.port = static_cast<std::uint16_t>(flags.port);
  if (!flags.port_file.empty()) configuration.port_file = flags.port_file;
  if (!flags.public_address.empty()) configuration.public_address = flags.public_address;
  if (flags.log_format == "json") configuration.log_format = plenary::hub::LogFormat::json;
  if (flags.log_format == "text") configuration.log_format = plenary::hub::LogFormat::text;
  if (!flags.log_level.empty()) configuration.log_level = plenary::hub::log_level_of(flags.log_level);
  return configuration;
}

using Command = std::function<plenary::Result<void>(const Configuration&)>;

ExitCode run(const Flags& flags, const Command& command) {
  const auto configuration = configuration_of(flags);
  const auto done =
      configuration ? command(*configuration) : plenary::Result<void>(tl::make_unexpected(configuration.error()));
  if (done) return ExitCode::done;
  std::cerr << "plenaryd: " << done.error().message << "\n";
  return plenary::hub::exit_code_of(done.error().code);
}

// What does not fit in the command line: CLI11 by itself names left-over words in reverse.
std::string misfit(const CLI::App& app, const CLI::ParseError& error) {
  std::string path = "plenaryd", left_over;
  for (const auto* command : app.get_subcommands()) path += " " + command->get_name();
  for (const auto& word : app.remaining(true)) left_over += " " + word;
  const std::string what = left_over.empty() ? error.what() : path + " does not take:" + left_over;
  return what + ". Help: " + path + " --help";
}

int run_command_line(int argc, char** argv) {
  CLI::App app("plenaryd keeps and passes on what tablets hand over, and cannot read a word of it.");
  app.set_version_flag("--version", "plenaryd " PLENARY_VERSION);
  app.require_subcommand(1);
  Flags flags;
  Command command;

  auto* init = app.add_subcommand("init", "Make a hub in a data folder, and print its key");
  add_flags(*init, flags);
  init->add_option("--public-address", flags.public_address, "host:port as tablets reach the hub");
  init->add_option("--port", flags.port, "Port, for the line that is printed")->check(CLI::Range(0, 65'535));
  init->callback([&] { command = [](const Configuration& c) { return plenary::hub::init_command(c, std::cout); }; });

  auto* serve = app.add_subcommand("serve", "Serve until stopped (SIGTERM, or Ctrl-C)")->alias("run");
  add_flags(*serve, flags);
  add_serve_flags(*serve, flags);
  serve->callback([&] { command = plenary::hub::serve_command; });

  auto* status = app.add_subcommand("status", "Ask the running hub how it is");
  add_flags(*status, flags);
  status->callback(
      [&] { command = [](const Configuration& c) { return plenary::hub::status_command(c, std::cout); }; });

  std::string backup_folder;
  auto* backup = app.add_subcommand("backup", "Copy database and key into a folder, also while the hub serves");
  add_flags(*backup, flags);
  backup->add_option("--into", backup_folder, "Folder for the copies")->required();
  backup->callback([&] {
    command = [&](const Configuration& c) { return plenary::hub::backup_command(c, backup_folder, std::cout); };
  });

  auto* restored = app.add_subcommand("restored", "Say that the data folder was restored from a backup");
  add_flags(*restored, flags);
  restored->callback(
      [&] { command = [](const Configuration& c) { return plenary::hub::restored_command(c, std::cout); }; });

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::cerr << "plenaryd: " << misfit(app, error) << "\n";
    return static_cast<int>(ExitCode::usage);
  }
  return static_cast<int>(run(flags, command));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run_command_line(argc, argv);
  } catch (const plenary::sqlite::Failure& failure) {
    const bool is_damaged = failure.kind() == plenary::sqlite::Failure::Kind::corrupt;
    std::cerr << "plenaryd: " << failure.what()
              << (is_damaged ? " Put back a backup of the data folder: devices send again what it lacks.\n" : "\n");
    return static_cast<int>(is_damaged ? ExitCode::damaged : ExitCode::broken);
  } catch (const std::exception& error) {
    std::cerr << "plenaryd: " << error.what() << "\n";
    return static_cast<int>(ExitCode::broken);
  }
}
