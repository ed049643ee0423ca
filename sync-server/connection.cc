#include "sync-server/connection.h"

#include "sync-server/awaiting.h"
#include "sync-server/server.h"

namespace plenary::hub {
namespace {

// After our last word, how long to wait for the device to close, so that it can read that word.
constexpr std::int64_t kLingerMs = 2'000;
// The log tells of refusals of one connection at most so often.
constexpr std::int64_t kQuietMs = 1'000;
// What a message costs beside its bytes, in bytes that the device might have sent instead: many small ones are more
// work than one large one. Whoever has no space open has no reason to send many.
constexpr std::uint64_t kMessagePrice = 512, kStrangersMessagePrice = 16u << 10;

// What the system keeps of what a device did not take yet: of a reader that takes nothing it would be megabytes.
constexpr int kSendBuffer = 128 << 10;

}  // namespace

Connection::Connection(Server& server, std::uint64_t number, asio::ip::tcp::socket socket)
    : server_(server),
      number_(number),
      socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      session_(server.spaces(), server.identity().transport, server.identity().signing.public_key(),
               server.environment(), server.session_options(*this)) {
  asio::error_code ignored;
  address_ = socket_.remote_endpoint(ignored).address();
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket_.set_option(asio::socket_base::send_buffer_size(kSendBuffer), ignored);
  socket_.non_blocking(true, ignored);
}

void Connection::start() {
  handle(session_.start(server_.now_ms()));
  auto self = shared_from_this();
  asio::co_spawn(socket_.get_executor(), read(), [self](const std::exception_ptr& failure) {
    if (failure) self->fail(failure);
    self->drop("ended");
    self->server_.forget(*self);
  });
}

asio::awaitable<void> Connection::read() {
  while (!closed_) {
    const auto [waited] = co_await socket_.async_wait(asio::ip::tcp::socket::wait_read, kAwait);
    if (waited || closed_) break;
    asio::error_code error;
    const std::size_t size =
        socket_.read_some(asio::buffer(server_.read_buffer().data(), server_.read_buffer().size()), error);
    if (error == asio::error::would_block) continue;
    if (error) break;
    // What still comes after the end is read, so that the device can read our last word, and forgotten.
    if (ending_ || !reading_) continue;
    const std::uint64_t messages = session_.messages();
    handle(session_.receive(ByteSpan(server_.read_buffer()).first(size), server_.now_ms()));
    if (!closed_) count_unfinished(session_.unfinished());
    const std::uint64_t price = opened_.empty() ? kStrangersMessagePrice : kMessagePrice;
    co_await wait_for_room(size + (session_.messages() - messages) * price);
  }
}

asio::awaitable<void> Connection::wait_for_room(std::size_t received) {
  while (!closed_ && server_.store_is_behind()) co_await server_.until_store_moves();
  if (closed_ || device().is_zero()) co_return;
  const std::int64_t pause_ms = server_.pause_after(device(), received);
  if (pause_ms == 0) co_return;
  asio::steady_timer pause(socket_.get_executor(), std::chrono::milliseconds(pause_ms));
  co_await pause.async_wait(kAwait);
}

void Connection::handle(sync::Output output) {
  if (closed_) return;
  for (const sync::Event& event : output.events) note(event);
  for (sync::StoreRequest& request : output.store) server_.store(*this, std::move(request));
  more_ = output.more;
  session_wake_ms_ = output.wake_at_ms.value_or(INT64_MAX);
  arm(session_wake_ms_);
  if (!output.send.empty()) {
    outbox_bytes_ += output.send.size();
    outbox_.push_back(std::move(output.send));
    if (outbox_bytes_ > server_.outbox_limit()) return drop("too slow");
  }
  start_writing();
  if (output.close) end_after_writing();
}

void Connection::note(const sync::Event& event) {
  if (event.kind == sync::Event::Kind::opened) {
    opened_.push_back(event.space);
    server_.follow(*this, event.space);
  }
  if (event.kind == sync::Event::Kind::refused) return note_refusal(event);
  server_.note(*this, event);
}

// One line tells of many: a device that sends nothing but what is refused does not fill the log.
void Connection::note_refusal(sync::Event event) {
  server_.charge_for_refusals(device(), event.count);
  refused_items_ += event.count;
  const std::int64_t now_ms = server_.now_ms();
  if (now_ms < quiet_until_ms_) return;
  quiet_until_ms_ = now_ms + kQuietMs;
  event.count = std::exchange(refused_items_, 0);
  server_.note(*this, event);
}

void Connection::count_unfinished(std::size_t now) {
  const std::size_t before = std::exchange(unfinished_, now);
  server_.count_unfinished(before, now);
}

void Connection::start_writing() {
  if (writing_ || closed_ || (outbox_.empty() && !more_)) return;
  writing_ = true;
  asio::co_spawn(socket_.get_executor(), write(), [self = shared_from_this()](const std::exception_ptr& failure) {
    if (failure) self->fail(failure);
  });
}

asio::awaitable<void> Connection::write() {
  while (!closed_) {
    if (outbox_.empty() && std::exchange(more_, false)) handle(session_.resume(server_.now_ms()));
    if (outbox_.empty()) break;
    const Bytes bytes = std::move(outbox_.front());
    outbox_.pop_front();
    write_deadline_ms_ = server_.now_ms() + server_.write_timeout_ms();
    arm(write_deadline_ms_);
    const auto buffer = asio::buffer(bytes);
    const auto [error, size] = co_await asio::async_write(socket_, buffer, kAwait);
    write_deadline_ms_ = INT64_MAX;
    outbox_bytes_ -= bytes.size();
    if (error) drop("went away");
  }
  writing_ = false;
  if (ending_) end_after_writing();
}

void Connection::end_after_writing() {
  ending_ = true;
  if (writing_ || closed_) return;
  asio::error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  linger_until_ms_ = server_.now_ms() + kLingerMs;
  arm(linger_until_ms_);
}

void Connection::arm(std::int64_t at_ms) {
  if (closed_ || at_ms >= armed_ms_) return;
  armed_ms_ = at_ms;
  timer_.expires_after(std::chrono::milliseconds(std::max<std::int64_t>(0, at_ms - server_.now_ms())));
  timer_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->on_timer();
  });
}

// A session that fails harms only itself.
template <class Step>
void Connection::guarded(Step step) {
  if (closed_) return;
  try {
    handle(step());
  } catch (...) {
    fail(std::current_exception());
  }
}

void Connection::on_timer() {
  if (closed_) return;
  armed_ms_ = INT64_MAX;
  const std::int64_t now_ms = server_.now_ms();
  if (now_ms >= write_deadline_ms_) return drop("too slow");
  if (now_ms >= linger_until_ms_) return drop("ended");
  if (now_ms >= session_wake_ms_) guarded([&] { return session_.tick(now_ms); });
  arm(std::min({session_wake_ms_, write_deadline_ms_, linger_until_ms_}));
}

void Connection::fail(const std::exception_ptr& failure) {
  server_.session_failed(*this, failure);
  drop("failed");
}

void Connection::stored(const sync::StoreOutcome& outcome) {
  guarded([&] { return session_.stored(outcome, server_.now_ms()); });
}

void Connection::changed(const SpaceId& space) {
  guarded([&] { return session_.changed(space, server_.now_ms()); });
}

void Connection::stop_reading() {
  reading_ = false;
}

void Connection::finish(const Error& reason, std::int64_t retry_after_ms) {
  guarded([&] { return session_.finish(reason, retry_after_ms, server_.now_ms()); });
  end_after_writing();
}

void Connection::drop(std::string_view reason) {
  if (closed_) return;
  closed_ = true;
  count_unfinished(0);
  server_.closed(*this, reason);
  asio::error_code ignored;
  timer_.cancel(ignored);
  socket_.close(ignored);
}

}  // namespace plenary::hub
