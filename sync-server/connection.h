// Connection: one device's socket and the session that it drives. Lives on the network's thread.
//
// One coroutine reads; another writes while there is something to write. The session is asked for more only when what
// it gave was written, so little waits for a slow reader, and one that takes nothing for too long is dropped.
#pragma once

#include <asio.hpp>
#include <deque>
#include <memory>

#include "core/sync/session.h"

namespace plenary::hub {

class Server;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Server& server, std::uint64_t number, asio::ip::tcp::socket socket);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs until the connection is closed; keeps itself alive meanwhile.
  void start();
  void stored(const sync::StoreOutcome& outcome);
  void changed(const SpaceId& space);
  // Reads nothing more: what was received is still stored and acknowledged.
  void stop_reading();
  // Says good-bye with this reason, and closes when that was written.
  void finish(const Error& reason, std::int64_t retry_after_ms);
  // Closes at once.
  void drop(std::string_view reason);

  std::uint64_t number() const { return number_; }
  const asio::ip::address& address() const { return address_; }
  const TransportKey& device() const { return session_.device(); }
  const std::vector<SpaceId>& opened() const { return opened_; }
  // The device has proved which it is, and counts among the connections of that device.
  void admitted() { admitted_ = true; }
  bool is_admitted() const { return admitted_; }
  // Bytes of a message that is not complete.
  std::size_t unfinished() const { return unfinished_; }

 private:
  asio::awaitable<void> read();
  asio::awaitable<void> write();
  // Waits while the store is behind, or the device sends faster than it may.
  asio::awaitable<void> wait_for_room(std::size_t received);
  void handle(sync::Output output);
  void note(const sync::Event& event);
  void note_refusal(sync::Event event);
  void count_unfinished(std::size_t now);
  void start_writing();
  void end_after_writing();
  void arm(std::int64_t at_ms);
  void on_timer();
  template <class Step>
  void guarded(Step step);
  void fail(const std::exception_ptr& failure);

  Server& server_;
  const std::uint64_t number_;
  asio::ip::tcp::socket socket_;
  asio::ip::address address_;
  asio::steady_timer timer_;
  sync::HubSession session_;
  std::vector<SpaceId> opened_;
  std::deque<Bytes> outbox_;
  std::size_t outbox_bytes_ = 0;
  std::size_t unfinished_ = 0;
  std::uint64_t refused_items_ = 0;  // that the log does not tell of yet
  std::int64_t quiet_until_ms_ = 0;  // no refusal is told of before
  std::int64_t session_wake_ms_ = INT64_MAX;
  std::int64_t write_deadline_ms_ = INT64_MAX;
  std::int64_t linger_until_ms_ = INT64_MAX;
  std::int64_t armed_ms_ = INT64_MAX;
  bool writing_ = false;
  bool more_ = false;  // the session has more when this was written
  bool reading_ = true;
  bool ending_ = false;  // closes when the outbox is written
  bool closed_ = false;
  bool admitted_ = false;
};

}  // namespace plenary::hub
