#include "sync-server/commands.h"

#include <sys/resource.h>

#include <asio.hpp>
#include <csignal>
#include <thread>

#include "core/crypto/random.h"
#include "sync-server/server.h"

namespace plenary::hub {
namespace {

// Everything of a data folder that is in use. The lock is the first to come and the last to go.
struct OpenFolder {
  FolderLock lock;
  Identity identity;
  std::unique_ptr<sqlite::Database> database;
};

Result<void> need_data(const Configuration& configuration) {
  if (!configuration.data.empty()) return {};
  return fail(ErrorCode::invalid_argument,
              "Which data folder? Give it with --data, or as \"data\" in the settings file.");
}

Result<OpenFolder> open_folder(const Configuration& configuration) {
  if (auto given = need_data(configuration); !given) return tl::make_unexpected(given.error());
  auto identity = load_identity(configuration.data);
  if (!identity) return tl::make_unexpected(identity.error());
  auto lock = FolderLock::take(configuration.data);
  if (!lock) return tl::make_unexpected(lock.error());
  auto database = open_hub_database(configuration.data);
  if (!database) return tl::make_unexpected(database.error());
  return OpenFolder{std::move(*lock), std::move(*identity), std::move(*database)};
}

void print_identity(const Configuration& configuration, const Identity& identity, std::ostream& out) {
  const std::string address = configuration.public_address.empty() ? "HOST:" + std::to_string(configuration.port)
                                                                   : configuration.public_address;
  const std::string key = identity.transport.public_key().hex();
  out << "The key of this hub is\n\n    " << key << "\n\n"
      << "Whoever founds a space to be shared here tells it to their tablet once, with\n\n"
      << "    plenary space hub " << address << " " << key << "\n\n"
      << "Invitations carry it to everybody else.\n";
}

// Each connection needs one; the default of many systems is 1024.
void raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Epochs are named by the time, so that a backup that is put back twice does not open one epoch twice.
std::uint64_t seconds_now(Environment& environment) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(environment.now_ms() / 1000, 0));
}

// Stops the server at the first SIGTERM or SIGINT, on a thread of its own.
class StopOnSignal {
 public:
  explicit StopOnSignal(Server& server) : signals_(context_, SIGTERM, SIGINT) {
    signals_.async_wait([&server](const asio::error_code& error, int) {
      if (!error) server.stop();
    });
    thread_ = std::thread([this] { context_.run(); });
  }
  ~StopOnSignal() {
    context_.stop();
    thread_.join();
  }
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

 private:
  asio::io_context context_{1};
  asio::signal_set signals_;
  std::thread thread_;
};

}  // namespace

Result<void> init_command(const Configuration& configuration, std::ostream& out) {
  if (auto given = need_data(configuration); !given) return given;
  crypto::SystemEnvironment environment;
  const auto identity = create_identity(configuration.data, environment);
  if (!identity) return tl::make_unexpected(identity.error());
  const auto database = open_hub_database(configuration.data);
  if (!database) return tl::make_unexpected(database.error());
  print_identity(configuration, *identity, out);
  return {};
}

Result<void> serve_command(const Configuration& configuration) {
  crypto::SystemEnvironment environment;
  auto folder = open_folder(configuration);
  if (!folder) return tl::make_unexpected(folder.error());
  auto to_read = open_hub_database_to_read(configuration.data);
  if (!to_read) return tl::make_unexpected(to_read.error());
  raise_open_files();

  EventLog log(configuration.log_format, configuration.log_level);
  const Policy policy(configuration);
  HubWriter writer(*folder->database, policy, folder->identity.signing);
  if (was_put_back(*folder->database, configuration.data)) {
    log.warning("database put back from a backup", {{"epoch", writer.open_epoch(seconds_now(environment))}});
  }
  renew_mark(*folder->database, configuration.data, environment);
  HubReader reader(**to_read);
  Server server({configuration, folder->identity, reader, writer, environment, log});
  const StopOnSignal stop_on_signal(server);
  if (const auto listening = server.listen(); !listening) return tl::make_unexpected(listening.error());
  server.run();
  renew_mark(*folder->database, configuration.data, environment);
  log.info("stopped");
  return {};
}

Result<void> status_command(const Configuration& configuration, std::ostream& out) {
  if (auto given = need_data(configuration); !given) return given;
  asio::io_context context;
  asio::local::stream_protocol::socket socket(context);
  asio::error_code error;
  socket.connect((configuration.data / "hub.sock").string(), error);
  if (error) {
    return fail(ErrorCode::unavailable, "No hub is running on " + configuration.data.string() +
                                            ". Start it with: plenaryd serve --data " + configuration.data.string());
  }
  std::string answer;
  asio::read(socket, asio::dynamic_buffer(answer), error);
  out << answer;
  return {};
}

Result<void> backup_command(const Configuration& configuration, const std::filesystem::path& into, std::ostream& out) {
  namespace fs = std::filesystem;
  if (auto given = need_data(configuration); !given) return given;
  if (auto identity = load_identity(configuration.data); !identity) return tl::make_unexpected(identity.error());
  if (fs::exists(into / "hub.db") || fs::exists(into / "hub.key")) {
    return fail(ErrorCode::conflict, into.string() + " has a backup already. Name another folder.");
  }
  const auto database = open_hub_database_to_read(configuration.data);
  if (!database) return tl::make_unexpected(database.error());
  fs::create_directories(into);
  fs::permissions(into, fs::perms::owner_all);
  // The copy has its last name only once it is whole.
  const fs::path unfinished = into / "hub.db.unfinished";
  fs::remove(unfinished);
  (*database)->copy_to(unfinished);
  fs::copy_file(configuration.data / "hub.key", into / "hub.key");
  make_durable(unfinished);
  make_durable(into / "hub.key");
  fs::rename(unfinished, into / "hub.db");
  make_durable(into);
  out << "The backup is in " << into.string()
      << ". Whoever has hub.key can pose as this hub: keep it like a password.\n";
  return {};
}

Result<void> restored_command(const Configuration& configuration, std::ostream& out) {
  crypto::SystemEnvironment environment;
  auto folder = open_folder(configuration);
  if (!folder) return tl::make_unexpected(folder.error());
  const Policy policy(configuration);
  HubWriter writer(*folder->database, policy, folder->identity.signing);
  out << "This hub is now in epoch " << writer.open_epoch(seconds_now(environment))
      << ". Devices will see that it was restored, and send again what it lacks.\n";
  renew_mark(*folder->database, configuration.data, environment);
  return {};
}

}  // namespace plenary::hub
