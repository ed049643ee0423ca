// plenaryd as a process: its exit codes, what kill -9 leaves, how it stops.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "sync-server/exit_code.h"
#include "tests/unit/hub/test_hub.h"

extern char** environ;

namespace plenary::hub {
namespace {

using sync::MemoryTablet;
using ::testing::HasSubstr;
using ::testing::Not;

// One plenaryd. Its output goes into files; it is killed by its own number if it still runs.
class Process {
 public:
  Process(std::vector<std::string> arguments, std::filesystem::path output) : output_(std::move(output)) {
    arguments.insert(arguments.begin(), PLENARYD);
    std::vector<char*> pointers;
    for (std::string& argument : arguments) pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t files;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 1, output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_adddup2(&files, 1, 2);
    EXPECT_EQ(::posix_spawn(&pid_, PLENARYD, &files, nullptr, pointers.data(), environ), 0);
    ::posix_spawn_file_actions_destroy(&files);
  }
  ~Process() {
    if (pid_ > 0) kill();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const { ::kill(pid_, number); }
  // As a power cut would end it.
  void kill() {
    signal(SIGKILL);
    wait();
  }
  // The exit code; -1 when it was killed.
  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  std::string output() const {
    std::ifstream file(output_);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

 private:
  std::filesystem::path output_;
  pid_t pid_ = 0;
};

class PlenarydTest : public ::testing::Test {
 protected:
  std::string data() const { return (folder_.path() / "data").string(); }
  std::filesystem::path port_file() const { return folder_.path() / "port"; }

  struct Ended {
    int code;
    std::string output;
  };
  Ended run(std::vector<std::string> arguments) {
    Process process(std::move(arguments), folder_.path() / ("output" + std::to_string(++runs_)));
    const int code = process.wait();
    return {code, process.output()};
  }
  static int number(ExitCode code) { return static_cast<int>(code); }

  std::unique_ptr<Process> serve(std::vector<std::string> more = {}) {
    std::filesystem::remove(port_file());
    std::vector<std::string> arguments = {"serve",  "--data", data(),        "--listen",          "127.0.0.1",
                                          "--port", "0",      "--port-file", port_file().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto process = std::make_unique<Process>(arguments, folder_.path() / ("output" + std::to_string(++runs_)));
    EXPECT_TRUE(eventually([&] { return std::filesystem::exists(port_file()); })) << process->output();
    return process;
  }
  link::HubAddress address() const {
    std::uint16_t port = 0;
    std::ifstream(port_file()) >> port;
    return {"127.0.0.1", port, load_identity(data()).value().transport.public_key()};
  }

  TemporaryFolder folder_;
  int runs_ = 0;
};

TEST_F(PlenarydTest, InitPrintsTheKeyOnceAndNeverReplacesIt) {
  const auto first = run({"init", "--data", data(), "--public-address", "hub.example.org:7411"});
  const auto second = run({"init", "--data", data()});

  const std::string key = load_identity(data()).value().transport.public_key().hex();
  EXPECT_EQ(first.code, number(ExitCode::done));
  EXPECT_THAT(first.output, HasSubstr("plenary space hub hub.example.org:7411 " + key));
  EXPECT_EQ(second.code, number(ExitCode::refused));
  EXPECT_THAT(second.output, HasSubstr("exists already"));
}

TEST_F(PlenarydTest, SaysWhatIsWrongWithTheCommandLine) {
  EXPECT_EQ(run({}).code, number(ExitCode::usage));
  const auto mistyped = run({"serve", "--prot", "1"});
  EXPECT_EQ(mistyped.code, number(ExitCode::usage));
  EXPECT_THAT(mistyped.output, HasSubstr("plenaryd serve does not take: --prot 1. Help: plenaryd serve --help"));
  EXPECT_EQ(run({"serve", "--port", "70000"}).code, number(ExitCode::usage));
  EXPECT_EQ(run({"serve"}).code, number(ExitCode::usage));
  EXPECT_EQ(run({"--version"}).code, number(ExitCode::done));
  EXPECT_EQ(run({"serve", "--help"}).code, number(ExitCode::done));
}

TEST_F(PlenarydTest, SaysWhatIsWrongWithTheSettings) {
  const auto file = folder_.path() / "plenaryd.toml";
  std::ofstream(file) << "[listen]\nprot = 1\n";

  const auto wrong = run({"serve", "--config", file.string(), "--data", data()});
  const auto missing = run({"serve", "--config", "/nowhere.toml", "--data", data()});

  EXPECT_EQ(wrong.code, number(ExitCode::usage));
  EXPECT_THAT(wrong.output, HasSubstr("line 2"));
  EXPECT_EQ(missing.code, number(ExitCode::usage));
  EXPECT_THAT(missing.output, HasSubstr("/nowhere.toml"));
}

TEST_F(PlenarydTest, ServesOnlyAFolderThatHasAHub) {
  const auto nothing = run({"serve", "--data", data()});

  EXPECT_EQ(nothing.code, number(ExitCode::not_found));
  EXPECT_THAT(nothing.output, HasSubstr("plenaryd init"));
}

TEST_F(PlenarydTest, TellsNewerAndForeignDatabasesApart) {
  run({"init", "--data", data()});
  const auto database = std::filesystem::path(data()) / "hub.db";
  open_hub_database(data()).value()->configure("PRAGMA user_version=1000");
  const auto newer = run({"serve", "--data", data(), "--port", "0"});
  std::filesystem::remove(database);
  std::ofstream(database) << std::string(4096, 'x');
  const auto foreign = run({"serve", "--data", data(), "--port", "0"});

  EXPECT_EQ(newer.code, number(ExitCode::newer_version));
  EXPECT_THAT(newer.output, HasSubstr("newer version"));
  EXPECT_EQ(foreign.code, number(ExitCode::damaged));
}

TEST_F(PlenarydTest, SaysWhenItsDatabaseIsDamagedAndWhatToDo) {
  run({"init", "--data", data()});
  const auto database = std::filesystem::path(data()) / "hub.db";
  std::fstream(database, std::ios::in | std::ios::out | std::ios::binary).seekp(700).put('x');

  const auto damaged = run({"serve", "--data", data(), "--port", "0"});

  EXPECT_EQ(damaged.code, number(ExitCode::damaged));
  EXPECT_THAT(damaged.output, HasSubstr("Put back a backup"));
}

TEST_F(PlenarydTest, ABackupMadeWhileItServesIsAHubThatCanBeServed) {
  run({"init", "--data", data()});
  const std::string into = data() + "-backup";
  {
    const auto serving = serve();
    const auto made = run({"backup", "--data", data(), "--into", into});
    EXPECT_EQ(made.code, number(ExitCode::done)) << made.output;
    EXPECT_THAT(made.output, HasSubstr(into));
  }
  const auto again = run({"backup", "--data", data(), "--into", into});

  EXPECT_EQ(again.code, number(ExitCode::refused));
  EXPECT_THAT(again.output, HasSubstr("another folder"));
  EXPECT_EQ(load_identity(into).value().signing.public_key(), load_identity(data()).value().signing.public_key());
  EXPECT_EQ(open_hub_database(into).value()->find_damage(), "");
  EXPECT_FALSE(sqlite::lacks_checks(std::filesystem::path(into) / "hub.db"));
}

TEST_F(PlenarydTest, ASecondOneOnTheSameFolderIsTurnedAway) {
  run({"init", "--data", data()});
  const auto first = serve();

  const auto second = run({"serve", "--data", data(), "--port", "0"});

  EXPECT_EQ(second.code, number(ExitCode::busy));
  EXPECT_THAT(second.output, HasSubstr("Another plenaryd"));
}

TEST_F(PlenarydTest, SaysThatThePortIsTaken) {
  run({"init", "--data", data()});
  asio::io_context context;
  asio::ip::tcp::acceptor taken(context, {asio::ip::make_address("127.0.0.1"), 0});
  const std::string port = std::to_string(taken.local_endpoint().port());

  const auto result = run({"serve", "--data", data(), "--listen", "127.0.0.1", "--port", port});

  EXPECT_EQ(result.code, number(ExitCode::unreachable));
  EXPECT_THAT(result.output, HasSubstr(port));
}

TEST_F(PlenarydTest, StopsGracefullyAndTellsItsStatusMeanwhile) {
  run({"init", "--data", data()});
  const auto process = serve({"--log-format", "json", "--log-level", "debug"});
  MemoryTablet tablet("tablet");
  tablet.found();
  tablet.write(3);
  ASSERT_TRUE(sync_once(tablet, address()));

  const auto status = run({"status", "--data", data()});
  process->signal(SIGTERM);
  const int code = process->wait();
  const auto afterwards = run({"status", "--data", data()});

  EXPECT_EQ(status.code, number(ExitCode::done));
  EXPECT_THAT(status.output, HasSubstr("\"items_stored\":"));
  EXPECT_EQ(code, number(ExitCode::done));
  EXPECT_THAT(process->output(), HasSubstr("\"event\":\"stopped\""));
  EXPECT_EQ(afterwards.code, number(ExitCode::unreachable));
  // The write-ahead log was moved into the database.
  EXPECT_FALSE(std::filesystem::exists(data() + "/hub.db-wal"));
}

TEST_F(PlenarydTest, KilledInTheMiddleItLosesNothingThatItAcknowledged) {
  run({"init", "--data", data()});
  MemoryTablet lead("lead"), newcomer("newcomer");
  lead.found();
  lead.grant(newcomer);
  newcomer.take_roster_from(lead);
  lead.run = 2;
  lead.padding = 40'000;
  std::set<log::Head> acknowledged;
  for (int round = 0; round < 5; ++round) {
    const auto process = serve();
    lead.write_one_by_one(120);
    link::Options options;
    int events = 0;
    options.on_event = [&](const sync::Event& event) {
      if (event.kind == sync::Event::Kind::handed_over && ++events == 4 * round + 1) process->signal(SIGKILL);
    };
    EXPECT_FALSE(sync_once(lead, address(), options)) << "the hub was killed when nothing was left to be handed over";
    process->kill();
    acknowledged.insert(lead.handed_over.begin(), lead.handed_over.end());
  }
  // Only what the hub kept: the author does not come back.
  const auto process = serve();
  const auto fetched = sync_once(newcomer, address());

  ASSERT_TRUE(fetched) << fetched.error().message;
  ASSERT_FALSE(acknowledged.empty());
  const auto changes = newcomer.changes();
  for (const log::Head& head : acknowledged) EXPECT_TRUE(changes.contains({head.log, head.chain}));
  EXPECT_TRUE(newcomer.alarms.empty());
}

TEST_F(PlenarydTest, ARestoredBackupIsNotTakenForABetrayal) {
  run({"init", "--data", data()});
  MemoryTablet tablet("tablet");
  tablet.found();
  const auto sync_with_a_hub = [&] {
    const auto process = serve();
    const auto result = sync_once(tablet, address());
    process->signal(SIGTERM);
    EXPECT_EQ(process->wait(), 0);
    return result.has_value();
  };
  tablet.write(3);
  ASSERT_TRUE(sync_with_a_hub());
  const auto backup = folder_.path() / "backup";
  std::filesystem::copy(data(), backup, std::filesystem::copy_options::recursive);
  tablet.write(3);
  ASSERT_TRUE(sync_with_a_hub());
  std::filesystem::remove_all(data());
  std::filesystem::copy(backup, data(), std::filesystem::copy_options::recursive);

  const auto restored = run({"restored", "--data", data()});
  ASSERT_TRUE(sync_with_a_hub());

  EXPECT_EQ(restored.code, 0);
  EXPECT_THAT(restored.output, HasSubstr("epoch " + std::to_string(tablet.trusted_head->epoch))) << "opened once";
  for (const sync::HubAlarm& alarm : tablet.alarms) EXPECT_EQ(alarm.kind, sync::HubAlarm::Kind::restored);
  EXPECT_GT(tablet.trusted_head->epoch, 1u);
  // What the backup lacked was sent again.
  ASSERT_TRUE(sync_with_a_hub());
  const auto database = open_hub_database_to_read(data()).value();
  sqlite::Statement newest(*database, "SELECT max(last) FROM item WHERE kind = 2");
  auto row = newest.query();
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.integer(0), 6);
}

// Passes on what a tablet sends, but hardly anything of what the hub answers. Everything runs on one thread of its own.
class StallingRelay {
 public:
  explicit StallingRelay(std::uint16_t hub_port) : port_(acceptor_.local_endpoint().port()) {
    asio::co_spawn(context_, relay(hub_port), asio::detached);
    thread_ = std::thread([this] { context_.run(); });
  }
  ~StallingRelay() { end(); }
  void end() {
    if (!thread_.joinable()) return;
    asio::post(context_, [this] {
      acceptor_.close();
      tablet_.close();
      hub_.close();
    });
    thread_.join();
  }
  std::uint16_t port() const { return port_; }

 private:
  using Socket = asio::ip::tcp::socket;

  asio::awaitable<void> relay(std::uint16_t hub_port) {
    const asio::ip::tcp::endpoint hub(asio::ip::make_address("127.0.0.1"), hub_port);
    co_await acceptor_.async_accept(tablet_, asio::use_awaitable);
    co_await hub_.async_connect(hub, asio::use_awaitable);
    asio::co_spawn(context_, pass(hub_, tablet_, 20'000), asio::detached);
    co_await pass(tablet_, hub_, SIZE_MAX);
  }
  // Ends with an exception, which nobody waits for, when a socket is closed.
  static asio::awaitable<void> pass(Socket& from, Socket& to, std::size_t limit) {
    std::array<std::byte, 4096> buffer;
    for (std::size_t passed = 0; passed < limit;) {
      const std::size_t size = co_await from.async_read_some(asio::buffer(buffer), asio::use_awaitable);
      co_await asio::async_write(to, asio::buffer(buffer.data(), size), asio::use_awaitable);
      passed += size;
    }
  }

  asio::io_context context_;
  asio::ip::tcp::acceptor acceptor_{context_, {asio::ip::make_address("127.0.0.1"), 0}};
  asio::ip::tcp::socket tablet_{context_}, hub_{context_};
  std::uint16_t port_;
  std::thread thread_;
};

TEST_F(PlenarydTest, WhoeverTakesNothingIsDropped) {
  run({"init", "--data", data()});
  const auto settings = folder_.path() / "plenaryd.toml";
  std::ofstream(settings) << "[limits]\nwrite_timeout_s = 1\n";
  const auto process = serve({"--config", settings.string(), "--log-level", "debug"});
  MemoryTablet lead("lead"), colleague("colleague");
  lead.found();
  lead.grant(colleague);
  colleague.take_roster_from(lead);
  lead.padding = 4'000'000;
  for (int i = 0; i < 4; ++i) {
    lead.write(5);
    ASSERT_TRUE(sync_once(lead, address()));
  }
  StallingRelay relay(address().port);
  link::HubAddress through_relay = address();
  through_relay.port = relay.port();
  std::thread stalled([&] { EXPECT_FALSE(sync_once(colleague, through_relay)); });

  EXPECT_TRUE(eventually([&] { return process->output().find("too slow") != std::string::npos; }));
  relay.end();
  stalled.join();
  process->signal(SIGTERM);
  process->wait();

  // A second is not enough for every honest tablet on a busy machine.
  const auto patient = serve();
  EXPECT_TRUE(sync_once(colleague, address()));
  EXPECT_EQ(colleague.changes(), lead.changes());
}

TEST_F(PlenarydTest, NothingThatPeopleWroteIsInItsLog) {
  run({"init", "--data", data()});
  const auto process = serve({"--log-level", "debug"});
  MemoryTablet tablet("tablet");
  tablet.found();
  tablet.write(3);
  ASSERT_TRUE(sync_once(tablet, address()));
  process->signal(SIGTERM);
  process->wait();

  const std::string log = process->output();

  EXPECT_THAT(log, HasSubstr("listening"));
  EXPECT_THAT(log, HasSubstr(tablet.space().hex().substr(0, 8)));
  EXPECT_THAT(log, Not(HasSubstr(tablet.space().hex().substr(0, 16))));
  EXPECT_THAT(log, Not(HasSubstr("127.0.0.1:")));
}

}  // namespace
}  // namespace plenary::hub
