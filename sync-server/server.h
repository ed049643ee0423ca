// Server: listens, and carries what connections, store and operator have to say to each other. Everything but stop()
// happens on the thread that calls run().
#pragma once

#include <asio.hpp>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "sync-server/admission.h"
#include "sync-server/connection.h"
#include "sync-server/hub_reader.h"
#include "sync-server/identity.h"
#include "sync-server/store_queue.h"

namespace plenary::hub {

// What a hub is made of; all outlive the server.
struct ServerParts {
  const Configuration& configuration;
  const Identity& identity;
  HubReader& reader;
  HubWriter& writer;
  Environment& environment;
  EventLog& log;
};

class Server {
 public:
  explicit Server(const ServerParts& parts);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Returns the port. unavailable: the address cannot be listened on.
  Result<std::uint16_t> listen();
  // Serves until stop(), and returns when all that was received is stored, acknowledged, and every device was told.
  void run();
  // Thread-safe.
  void stop();

  // ---- for connections
  sync::HubSpaces& spaces() { return parts_.reader; }
  const Identity& identity() const { return parts_.identity; }
  Environment& environment() { return parts_.environment; }
  sync::HubOptions session_options(Connection& connection);
  std::int64_t now_ms() const;
  // Where every connection reads into, one at a time.
  std::span<std::byte> read_buffer() { return read_buffer_; }
  std::size_t outbox_limit() const { return static_cast<std::size_t>(parts_.configuration.limits.outbox); }
  std::int64_t write_timeout_ms() const { return parts_.configuration.limits.write_timeout.count() * 1000; }
  void store(const Connection& connection, sync::StoreRequest request);
  bool store_is_behind() const;
  asio::awaitable<void> until_store_moves();
  std::int64_t pause_after(const TransportKey& device, std::size_t received);
  // Items of the device were refused: checking them is paid for with what it may send.
  void charge_for_refusals(const TransportKey& device, std::uint64_t items);
  // So many bytes of a message that is not complete wait at this connection, and so many did before.
  void count_unfinished(std::size_t before, std::size_t now);
  void follow(Connection& connection, const SpaceId& space);
  void note(const Connection& connection, const sync::Event& event);
  void session_failed(const Connection& connection, const std::exception_ptr& failure);
  void closed(const Connection& connection, std::string_view reason);
  void forget(const Connection& connection);

 private:
  asio::awaitable<void> accept();
  void welcome(asio::ip::tcp::socket socket);
  Result<void> make_room_for(const asio::ip::address& address);
  asio::awaitable<void> listen_for_status();
  std::string status_line() const;
  void deliver(StoredBatch batch);
  asio::awaitable<void> shut_down();
  void write_port_file(std::uint16_t port);

  ServerParts parts_;
  asio::io_context context_{1};
  asio::ip::tcp::acceptor acceptor_{context_};
  asio::local::stream_protocol::acceptor status_acceptor_{context_};
  asio::steady_timer store_moved_{context_};  // cancelled when something was stored
  asio::steady_timer goodbye_{context_};      // cancelled when the last connection is gone
  std::vector<std::byte> read_buffer_;
  Admission admission_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Connection>> connections_;
  std::map<std::uint64_t, Connection*> strangers_;  // connections without an open space, oldest first
  std::unordered_map<SpaceId, std::unordered_set<std::uint64_t>> followers_;
  std::uint64_t connections_ever_ = 0;
  std::uint64_t items_stored_ = 0;
  std::uint64_t bytes_stored_ = 0;
  std::size_t unfinished_ = 0;
  std::uint64_t jobs_pending_ = 0;  // pushed, and their outcome not delivered yet
  bool stopping_ = false;
  std::unique_ptr<StoreQueue> queue_;  // last: its thread posts to the context
};

}  // namespace plenary::hub
