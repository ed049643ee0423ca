// TestHub: a hub within the test's process, on a free loopback port, with a data folder of its own.
#pragma once

#include <functional>
#include <thread>

#include "clients/link/connection.h"
#include "sync-server/server.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/sync/memory_tablet.h"

namespace plenary::hub {

class TestHub {
 public:
  explicit TestHub(Configuration configuration = {});
  // Stops gracefully.
  ~TestHub();

  void stop();
  std::uint16_t port() const { return port_; }
  link::HubAddress address() const { return {"127.0.0.1", port_, identity_.transport.public_key()}; }
  // Thread-safe for reading of what does not change.
  const Identity& identity() const { return identity_; }

 private:
  TemporaryFolder folder_;
  Configuration configuration_;
  crypto::SystemEnvironment environment_;
  Identity identity_;
  std::unique_ptr<sqlite::Database> to_write_, to_read_;
  EventLog log_{LogFormat::text, LogLevel::error};
  Policy policy_;
  HubWriter writer_;
  HubReader reader_;
  Server server_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// One sync from beginning to end.
Result<link::Summary> sync_once(sync::MemoryTablet& tablet, const link::HubAddress& hub, link::Options options = {});

// Waits until `condition` holds, at most half a minute.
bool eventually(const std::function<bool()>& condition);

}  // namespace plenary::hub
