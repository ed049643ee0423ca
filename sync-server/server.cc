#include "sync-server/server.h"

#include <algorithm>
#include <chrono>
#include <fstream>

#include "sync-server/awaiting.h"

namespace plenary::hub {
namespace {

constexpr std::size_t kReadBuffer = 64u << 10;
// While more waits to be stored, connections are not read from.
constexpr std::size_t kBacklogMax = 32u << 20;
constexpr std::int64_t kRetryAfterRefusalMs = 30'000;
constexpr std::int64_t kRetryAfterStopMs = 5'000;
// How long devices may take to accept our good-bye.
constexpr std::chrono::seconds kGoodbye{5};
constexpr std::chrono::milliseconds kPauseAfterAcceptError{200};
// What the check of an item that is refused costs, in bytes that the device might have sent instead.
constexpr std::size_t kRefusalPrice = 8u << 10;

std::string words_of(sync::Event::Kind kind) {
  switch (kind) {
    case sync::Event::Kind::refused:
      return "item refused";
    case sync::Event::Kind::opened:
      return "space opened";
    case sync::Event::Kind::connected:
      return "device authenticated";
    case sync::Event::Kind::closed:
      return "session over";
    default:
      return "session event";
  }
}

}  // namespace

Server::Server(const ServerParts& parts)
    : parts_(parts), read_buffer_(kReadBuffer), admission_(parts.configuration.limits) {
  store_moved_.expires_at(std::chrono::steady_clock::time_point::max());
  queue_ = std::make_unique<StoreQueue>(parts.writer, parts.log, parts.environment, [this](StoredBatch batch) {
    asio::post(context_,
               [this, batch = std::make_shared<StoredBatch>(std::move(batch))] { deliver(std::move(*batch)); });
  });
}

Server::~Server() {
  queue_.reset();
}

Result<std::uint16_t> Server::listen() {
  const Configuration& configuration = parts_.configuration;
  asio::error_code error;
  const auto address = asio::ip::make_address(configuration.address, error);
  if (error) {
    return fail(ErrorCode::invalid_argument, "\"" + configuration.address +
                                                 "\" is no address to listen on. Give one in " +
                                                 "numbers, such as 0.0.0.0, :: or 127.0.0.1.");
  }
  const asio::ip::tcp::endpoint endpoint(address, configuration.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::ip::tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    return fail(ErrorCode::unavailable, "Cannot listen on " + configuration.address + " port " +
                                            std::to_string(configuration.port) + ": " + error.message() +
                                            ". Choose another port, or stop the program that has it.");
  }
  const std::uint16_t port = acceptor_.local_endpoint().port();
  write_port_file(port);
  if (configuration.founding == Founding::open && !address.is_loopback()) {
    parts_.log.warning("whoever has an invitation may found spaces here", {{"setting", "founding.policy"}});
  }
  parts_.log.info(
      "listening",
      {{"address", configuration.address}, {"port", port}, {"key", parts_.identity.transport.public_key().hex()}});
  return port;
}

// Appears whole or not at all: whoever waits for the file reads a whole number.
void Server::write_port_file(std::uint16_t port) {
  const auto& path = parts_.configuration.port_file;
  if (path.empty()) return;
  const std::filesystem::path unfinished = path.string() + ".new";
  std::ofstream file(unfinished);
  file << port << "\n";
  file.close();
  if (!file) throw std::runtime_error("Could not write the port file " + path.string() + ".");
  std::filesystem::rename(unfinished, path);
}

void Server::run() {
  asio::co_spawn(context_, accept(), asio::detached);
  asio::co_spawn(context_, listen_for_status(), asio::detached);
  context_.run();
}

void Server::stop() {
  asio::post(context_, [this] {
    if (std::exchange(stopping_, true)) return;
    asio::co_spawn(context_, shut_down(), asio::detached);
  });
}

asio::awaitable<void> Server::accept() {
  while (!stopping_) {
    auto [error, socket] = co_await acceptor_.async_accept(kAwait);
    if (stopping_) break;
    if (!error) {
      welcome(std::move(socket));
      continue;
    }
    // Too many open files, for example: those that end make room.
    parts_.log.warning("connection not accepted", {{"reason", error.message()}});
    asio::steady_timer pause(context_, kPauseAfterAcceptError);
    co_await pause.async_wait(kAwait);
  }
}

void Server::welcome(asio::ip::tcp::socket socket) {
  asio::error_code error;
  const auto address = socket.remote_endpoint(error).address();
  if (error) return;
  if (const auto entered = make_room_for(address); !entered) {
    parts_.log.debug("connection refused", {{"reason", entered.error().message}});
    const Bytes refusal = sync::refuse_connection(entered.error(), kRetryAfterRefusalMs);
    socket.non_blocking(true, error);
    socket.write_some(asio::buffer(refusal), error);
    socket.shutdown(asio::ip::tcp::socket::shutdown_both, error);
    return;
  }
  const std::uint64_t number = ++connections_ever_;
  auto connection = std::make_shared<Connection>(*this, number, std::move(socket));
  connections_[number] = connection;
  strangers_[number] = connection.get();
  parts_.log.debug("connected", {{"connection", number}});
  connection->start();
}

// Where there is no room, whoever has been here longest without opening a space makes some: strangers who fill the hub
// keep nobody out who opens one at once, as tablets do.
Result<void> Server::make_room_for(const asio::ip::address& address) {
  auto entered = admission_.enter(address);
  if (entered) return entered;
  const bool of_address = admission_.is_full(address);
  const auto oldest = std::find_if(strangers_.begin(), strangers_.end(), [&](const auto& stranger) {
    return !of_address || stranger.second->address() == address;
  });
  if (oldest == strangers_.end()) return entered;
  // A drop takes the connection out of strangers_.
  oldest->second->drop("made room");
  return admission_.enter(address);
}

sync::HubOptions Server::session_options(Connection& connection) {
  sync::HubOptions options;
  options.admit = [this, &connection](const TransportKey& device) {
    auto entered = admission_.enter(device);
    if (entered) connection.admitted();
    return entered;
  };
  options.handshake_timeout_ms = parts_.configuration.limits.handshake_timeout.count() * 1000;
  options.idle_timeout_ms = parts_.configuration.limits.idle_timeout.count() * 1000;
  return options;
}

std::int64_t Server::now_ms() const {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

void Server::store(const Connection& connection, sync::StoreRequest request) {
  ++jobs_pending_;
  queue_->push({connection.number(), std::move(request)});
}

bool Server::store_is_behind() const {
  return queue_->backlog() > kBacklogMax;
}

asio::awaitable<void> Server::until_store_moves() {
  co_await store_moved_.async_wait(kAwait);
}

void Server::deliver(StoredBatch batch) {
  jobs_pending_ -= batch.connections.size();
  items_stored_ += batch.committed.items;
  bytes_stored_ += batch.committed.bytes;
  for (const SpaceId& space : batch.committed.changed) parts_.reader.changed(space);
  for (std::size_t i = 0; i < batch.connections.size(); ++i) {
    const auto connection = connections_.find(batch.connections[i]);
    if (connection != connections_.end()) connection->second->stored(batch.committed.outcomes[i]);
  }
  for (const SpaceId& space : batch.committed.changed) {
    const auto followers = followers_.find(space);
    if (followers == followers_.end()) continue;
    const std::vector<std::uint64_t> told(followers->second.begin(), followers->second.end());
    for (const std::uint64_t number : told) {
      if (const auto connection = connections_.find(number); connection != connections_.end()) {
        connection->second->changed(space);
      }
    }
  }
  store_moved_.cancel();
}

std::int64_t Server::pause_after(const TransportKey& device, std::size_t received) {
  return admission_.pause_after(device, received, now_ms());
}

void Server::charge_for_refusals(const TransportKey& device, std::uint64_t items) {
  admission_.pause_after(device, items * kRefusalPrice, now_ms());
}

// Past the limit the largest is dropped: an honest device sends the rest of a message at once.
void Server::count_unfinished(std::size_t before, std::size_t now) {
  unfinished_ += now - before;
  while (unfinished_ > static_cast<std::size_t>(parts_.configuration.limits.unfinished)) {
    const auto largest = std::max_element(connections_.begin(), connections_.end(), [](const auto& a, const auto& b) {
      return a.second->unfinished() < b.second->unfinished();
    });
    if (largest == connections_.end() || largest->second->unfinished() == 0) return;
    parts_.log.warning("message not completed", {{"connection", largest->first}});
    largest->second->drop("unfinished");
  }
}

void Server::follow(Connection& connection, const SpaceId& space) {
  strangers_.erase(connection.number());
  followers_[space].insert(connection.number());
}

void Server::note(const Connection& connection, const sync::Event& event) {
  switch (event.kind) {
    case sync::Event::Kind::connected:
      parts_.log.info(words_of(event.kind), {{"connection", connection.number()}, {"device", connection.device()}});
      break;
    case sync::Event::Kind::opened:
      parts_.log.debug(words_of(event.kind), {{"connection", connection.number()}, {"space", event.space}});
      break;
    case sync::Event::Kind::refused:
      parts_.log.warning(words_of(event.kind), {{"connection", connection.number()},
                                                {"device", connection.device()},
                                                {"space", event.space},
                                                {"items", event.count},
                                                {"reason", event.error.message}});
      break;
    case sync::Event::Kind::closed:
      parts_.log.debug(words_of(event.kind), {{"connection", connection.number()}, {"reason", event.error.message}});
      break;
    default:
      break;
  }
}

void Server::session_failed(const Connection& connection, const std::exception_ptr& failure) {
  try {
    std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    parts_.log.error("session failed", {{"connection", connection.number()}, {"reason", error.what()}});
  }
}

void Server::closed(const Connection& connection, std::string_view reason) {
  admission_.leave(connection.address());
  if (connection.is_admitted()) admission_.leave(connection.device());
  strangers_.erase(connection.number());
  for (const SpaceId& space : connection.opened()) {
    const auto followers = followers_.find(space);
    if (followers == followers_.end()) continue;
    followers->second.erase(connection.number());
    if (followers->second.empty()) followers_.erase(followers);
  }
  parts_.log.debug("closed", {{"connection", connection.number()}, {"reason", reason}});
}

void Server::forget(const Connection& connection) {
  connections_.erase(connection.number());
  if (connections_.empty()) goodbye_.cancel();
}

std::string Server::status_line() const {
  return "{" +
         EventLog::line(LogFormat::json, "status",
                        {{"connections", admission_.connections()},
                         {"connections_ever", connections_ever_},
                         {"spaces_followed", followers_.size()},
                         {"items_stored", items_stored_},
                         {"bytes_stored", bytes_stored_},
                         {"transactions", queue_->transactions()},
                         {"waiting_bytes", queue_->backlog()}}) +
         "}\n";
}

asio::awaitable<void> Server::listen_for_status() {
  const auto path = parts_.configuration.data / "hub.sock";
  std::filesystem::remove(path);
  try {
    status_acceptor_ = asio::local::stream_protocol::acceptor(context_, path.string());
  } catch (const std::exception& error) {
    parts_.log.warning("no status for plenaryd status", {{"reason", error.what()}});
    co_return;
  }
  while (!stopping_) {
    auto [error, socket] = co_await status_acceptor_.async_accept(kAwait);
    if (error) break;
    const std::string line = status_line();
    const auto buffer = asio::buffer(line);
    static_cast<void>(co_await asio::async_write(socket, buffer, kAwait));
  }
  std::filesystem::remove(path);
}

asio::awaitable<void> Server::shut_down() {
  parts_.log.info("stopping", {{"connections", admission_.connections()}});
  asio::error_code ignored;
  acceptor_.close(ignored);
  status_acceptor_.close(ignored);
  for (const auto& [number, connection] : connections_) connection->stop_reading();
  // What was received is stored and acknowledged before anybody is told.
  while (jobs_pending_ > 0) co_await until_store_moves();
  const Error reason{ErrorCode::unavailable, "The hub is stopping. Nothing is lost; try again later."};
  std::vector<std::shared_ptr<Connection>> told;
  for (const auto& [number, connection] : connections_) told.push_back(connection);
  for (const auto& connection : told) connection->finish(reason, kRetryAfterStopMs);
  told.clear();
  goodbye_.expires_after(kGoodbye);
  if (!connections_.empty()) co_await goodbye_.async_wait(kAwait);
  for (const auto& [number, connection] : connections_) told.push_back(connection);
  for (const auto& connection : told) connection->drop("stopped");
}

}  // namespace plenary::hub
