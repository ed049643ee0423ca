// StayingTablet: a tablet that stays connected to a hub, on a thread of its own.
#pragma once

#include <atomic>
#include <thread>

#include "clients/link/connection.h"
#include "tests/unit/sync/memory_tablet.h"

namespace plenary::hub {

class StayingTablet {
 public:
  StayingTablet(sync::MemoryTablet& tablet, const link::HubAddress& hub) {
    link::Options options;
    options.stay = link::Stay::for_live_push;
    options.on_event = [this](const sync::Event& event) {
      if (event.kind == sync::Event::Kind::up_to_date) ++up_to_date;
      if (event.kind == sync::Event::Kind::received) received += event.count;
    };
    connection_ = std::make_unique<link::Connection>(tablet, tablet.transport(), environment_, hub, options);
    thread_ = std::thread([this] { result = connection_->run(); });
  }
  ~StayingTablet() { leave(); }

  void leave() {
    connection_->cancel();
    join();
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  link::Connection& connection() { return *connection_; }

  std::atomic<std::uint64_t> up_to_date = 0, received = 0;
  Result<link::Summary> result = fail(ErrorCode::unavailable, "not run");

 private:
  crypto::SystemEnvironment environment_;
  std::unique_ptr<link::Connection> connection_;
  std::thread thread_;
};

}  // namespace plenary::hub
