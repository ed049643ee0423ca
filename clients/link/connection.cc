#include "clients/link/connection.h"

#include <asio.hpp>
#include <asio/experimental/as_tuple.hpp>
#include <deque>
#include <optional>

namespace plenary::link {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;

// Errors as values. Named, not a temporary: GCC 12 destroys temporaries of a co_await expression twice.
constexpr auto kAwait = asio::experimental::as_tuple(asio::use_awaitable);

constexpr std::size_t kReadBuffer = 64u << 10;
constexpr std::int64_t kProgressEveryMs = 50;
// After good-bye, how long the hub may take to close.
constexpr milliseconds kGoodbye{2'000};

std::int64_t now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(now).count();
}

sync::DeviceOptions session_options(const HubAddress& hub, const Options& options) {
  sync::DeviceOptions session;
  session.hub = hub.key;
  session.token = options.token;
  session.program = options.program;
  session.spaces = options.spaces;
  return session;
}

}  // namespace

class Connection::Impl {
 public:
  Impl(sync::DeviceSpaces& spaces, const crypto::AgreementKey& key, Environment& environment, HubAddress hub,
       Options options)
      : hub_(std::move(hub)),
        options_(std::move(options)),
        session_(spaces, key, environment, session_options(hub_, options_)) {
    written_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  Result<Summary> run() {
    std::exception_ptr failure;
    const auto keep = [&](const std::exception_ptr& thrown) {
      failure = thrown;
      close();
    };
    asio::co_spawn(context_, carry(), keep);
    context_.run();
    if (failure) std::rethrow_exception(failure);
    report_progress();
    if (error_) return tl::make_unexpected(*error_);
    return Summary{session_.progress(), refused_, up_to_date_};
  }

  void cancel() {
    asio::post(context_, [this] { say_goodbye(); });
  }

  void local_change() {
    asio::post(context_, [this] {
      if (connected_ && !closed_) guarded([this] { return session_.local_change(now_ms()); });
    });
  }

 private:
  // The whole life of the connection, in order.
  asio::awaitable<void> carry() {
    if (goodbye_) co_return close();
    if (!co_await connect()) co_return close();
    connected_ = true;
    handle(session_.start(now_ms()));
    asio::co_spawn(context_, write(), [this](const std::exception_ptr& thrown) { rethrow_later(thrown); });
    co_await read();
    close();
    if (pending_failure_) std::rethrow_exception(pending_failure_);
  }

  asio::awaitable<bool> connect() {
    deadline_.expires_after(options_.connect_timeout);
    deadline_.async_wait([this](const asio::error_code& error) {
      if (!error) give_up_connecting();
    });
    tcp::resolver& resolver = resolver_;
    auto [lookup_error, endpoints] = co_await resolver.async_resolve(hub_.host, std::to_string(hub_.port), kAwait);
    if (lookup_error || closed_) {
      set_error(ErrorCode::unavailable, "There is no machine named " + hub_.host + " in this network (" +
                                            lookup_error.message() + "). Check the address and the connection.");
      co_return false;
    }
    auto [connect_error, endpoint] = co_await asio::async_connect(socket_, endpoints, kAwait);
    deadline_.cancel();
    if (connect_error || closed_) {
      set_error(ErrorCode::unavailable, "The hub at " + name() + " cannot be reached (" + connect_error.message() +
                                            "). Is it switched on, and this device in its network?");
      co_return false;
    }
    asio::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    co_return true;
  }

  void give_up_connecting() {
    set_error(ErrorCode::unavailable, "The hub at " + name() + " did not answer within " +
                                          std::to_string(options_.connect_timeout.count() / 1000) +
                                          " s. Is it switched on, and this device in its network?");
    close();
  }

  asio::awaitable<void> read() {
    std::vector<std::byte> buffer(kReadBuffer);
    while (!closed_) {
      watch_silence();
      const auto space = asio::buffer(buffer.data(), buffer.size());
      const auto [error, size] = co_await socket_.async_read_some(space, kAwait);
      if (error) {
        ended_by(error);
        break;
      }
      handle(session_.receive(ByteSpan(buffer).first(size), now_ms()));
    }
  }

  // One at a time, and the session is asked for more only when what it gave was written.
  asio::awaitable<void> write() {
    while (!closed_) {
      if (outbox_.empty() && std::exchange(more_, false)) handle(session_.resume(now_ms()));
      if (outbox_.empty() && ending_) {
        asio::error_code ignored;
        socket_.shutdown(tcp::socket::shutdown_send, ignored);
        break;
      }
      if (outbox_.empty()) {
        co_await written_.async_wait(kAwait);
        continue;
      }
      const Bytes bytes = std::move(outbox_.front());
      outbox_.pop_front();
      const auto buffer = asio::buffer(bytes);
      const auto [error, size] = co_await asio::async_write(socket_, buffer, kAwait);
      // What the hub said before it closed is read still: it may say why.
      if (error) break;
      watch_silence();
    }
  }

  void handle(sync::Output output) {
    if (closed_) return;
    for (const sync::Event& event : output.events) note(event);
    if (!output.send.empty()) outbox_.push_back(std::move(output.send));
    more_ = output.more;
    if (output.close) end();
    written_.cancel();
    arm(output.wake_at_ms);
    if (now_ms() - progress_at_ms_ >= kProgressEveryMs) report_progress();
    if (options_.stay == Stay::until_up_to_date && session_.up_to_date()) say_goodbye();
  }

  void note(const sync::Event& event) {
    if (event.kind == sync::Event::Kind::connected) authenticated_ = true;
    if (event.kind == sync::Event::Kind::refused) refused_.push_back(event);
    const bool failed = event.kind == sync::Event::Kind::closed && !event.error.message.empty();
    if (failed && !goodbye_) set_error(event.error.code, event.error.message);
    if (options_.on_event) options_.on_event(event);
  }

  // Calls the session from a handler that is no coroutine; what its storage throws ends the connection.
  template <class Step>
  void guarded(Step step) {
    try {
      handle(step());
    } catch (...) {
      rethrow_later(std::current_exception());
    }
  }

  void rethrow_later(const std::exception_ptr& thrown) {
    if (!thrown) return;
    pending_failure_ = thrown;
    close();
  }

  void say_goodbye() {
    if (std::exchange(goodbye_, true)) return;
    up_to_date_ = session_.up_to_date();
    if (!connected_) return close();
    guarded([this] { return session_.finish(now_ms()); });
    end();
  }

  // Closes when everything is written and the hub has closed too, or has had its time.
  void end() {
    if (std::exchange(ending_, true)) return;
    written_.cancel();
    deadline_.expires_after(kGoodbye);
    deadline_.async_wait([this](const asio::error_code& error) {
      if (!error) close();
    });
  }

  void watch_silence() {
    if (ending_ || closed_ || options_.stay == Stay::for_live_push) return;
    deadline_.expires_after(options_.silence_timeout);
    deadline_.async_wait([this](const asio::error_code& error) {
      if (error) return;
      set_error(ErrorCode::unavailable, "The hub at " + name() +
                                            " says nothing any more. What it has acknowledged is "
                                            "safe, the rest stays here; try again later.");
      close();
    });
  }

  void ended_by(const asio::error_code& error) {
    if (ending_ || closed_) return;
    // A hub with another key cannot read what we sent, and closes without a word.
    if (!authenticated_ && error == asio::error::eof) {
      return set_error(
          ErrorCode::refused,
          "What answers at " + name() +
              " closed the connection without proving that it has the key of your "
              "hub. Probably it is another hub, or the key was mistyped: compare it with what plenaryd init "
              "printed.");
    }
    const std::string how = error == asio::error::eof ? "closed the connection" : "went away (" + error.message() + ")";
    set_error(ErrorCode::unavailable, "The hub at " + name() + " " + how +
                                          " before everything was handed over. What it has acknowledged is safe, the "
                                          "rest stays here; try again later.");
  }

  void arm(const std::optional<std::int64_t>& wake_at_ms) {
    if (!wake_at_ms || closed_) return;
    wake_.expires_after(milliseconds(std::max<std::int64_t>(0, *wake_at_ms - now_ms())));
    wake_.async_wait([this](const asio::error_code& error) {
      if (!error && !closed_) guarded([this] { return session_.tick(now_ms()); });
    });
  }

  void report_progress() {
    progress_at_ms_ = now_ms();
    if (options_.on_progress) options_.on_progress(session_.progress());
  }

  // The first error is the cause; what follows are its consequences.
  void set_error(ErrorCode code, std::string message) {
    if (!error_ && !closed_) error_ = Error{code, std::move(message)};
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    asio::error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
    deadline_.cancel(ignored);
    wake_.cancel(ignored);
    written_.cancel(ignored);
  }

  std::string name() const { return hub_.host + ":" + std::to_string(hub_.port); }

  const HubAddress hub_;
  const Options options_;
  sync::DeviceSession session_;
  asio::io_context context_{1};
  tcp::resolver resolver_{context_};
  tcp::socket socket_{context_};
  asio::steady_timer deadline_{context_};  // of connecting, of the hub's silence, of good-bye: one at a time
  asio::steady_timer wake_{context_};
  asio::steady_timer written_{context_};  // cancelled when there is something to write
  std::deque<Bytes> outbox_;
  std::vector<sync::Event> refused_;
  std::optional<Error> error_;
  std::exception_ptr pending_failure_;
  std::int64_t progress_at_ms_ = 0;
  bool more_ = false;
  bool connected_ = false;
  bool authenticated_ = false;  // the hub has proved its key
  bool up_to_date_ = false;
  bool goodbye_ = false;
  bool ending_ = false;
  bool closed_ = false;
};

Connection::Connection(sync::DeviceSpaces& spaces, const crypto::AgreementKey& key, Environment& environment,
                       HubAddress hub, Options options)
    : impl_(std::make_unique<Impl>(spaces, key, environment, std::move(hub), std::move(options))) {}

Connection::~Connection() = default;

Result<Summary> Connection::run() {
  return impl_->run();
}

void Connection::cancel() {
  impl_->cancel();
}

void Connection::local_change() {
  impl_->local_change();
}

}  // namespace plenary::link
