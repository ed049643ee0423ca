#include "tests/unit/hub/test_hub.h"

namespace plenary::hub {
namespace {

Configuration on_loopback(Configuration configuration, const std::filesystem::path& data) {
  configuration.data = data;
  configuration.address = "127.0.0.1";
  configuration.port = 0;
  return configuration;
}

}  // namespace

TestHub::TestHub(Configuration configuration)
    : configuration_(on_loopback(std::move(configuration), folder_.path())),
      identity_(create_identity(folder_.path(), environment_).value()),
      to_write_(open_hub_database(folder_.path()).value()),
      to_read_(open_hub_database_to_read(folder_.path()).value()),
      policy_(configuration_),
      writer_(*to_write_, policy_, identity_.signing),
      reader_(*to_read_),
      server_({configuration_, identity_, reader_, writer_, environment_, log_}),
      port_(server_.listen().value()),
      thread_([this] { server_.run(); }) {}

TestHub::~TestHub() {
  stop();
}

void TestHub::stop() {
  if (!thread_.joinable()) return;
  server_.stop();
  thread_.join();
}

Result<link::Summary> sync_once(sync::MemoryTablet& tablet, const link::HubAddress& hub, link::Options options) {
  crypto::SystemEnvironment environment;
  link::Connection connection(tablet, tablet.transport(), environment, hub, std::move(options));
  return connection.run();
}

bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace plenary::hub
