#include "core/sync/line.h"

#include <algorithm>

namespace plenary::sync {

bool Line::begin(std::int64_t now_ms) {
  output_ = {};
  now_ms_ = now_ms;
  if (!connected_at_ms_) {
    connected_at_ms_ = now_ms;
    last_in_ms_ = last_out_ms_ = last_frame_ms_ = now_ms;
  }
  if (!over_) check_deadlines();
  return !over_;
}

Output Line::end() {
  if (channel_.established()) {
    if (const auto flushed = channel_.flush(output_.send); !flushed && !over_) {
      end_session(flushed.error(), true, 0);
    }
  }
  if (!output_.send.empty()) last_out_ms_ = now_ms_;
  progress_.wire_bytes_out += output_.send.size();
  if (over_) {
    output_.wake_at_ms.reset();
    output_.more = false;
    return std::move(output_);
  }
  if (!channel_.established()) {
    wake_at(*connected_at_ms_ + deadlines_.handshake_ms);
  } else {
    wake_at(last_in_ms_ + deadlines_.idle_ms);
    if (deadlines_.ping_after_ms) wake_at(last_out_ms_ + *deadlines_.ping_after_ms);
  }
  if (channel_.in_the_middle()) wake_at(last_frame_ms_ + kFrameTimeoutMs);
  return std::move(output_);
}

void Line::start() {
  if (const auto started = channel_.start(output_.send); !started) end_session(started.error(), false, 0);
}

bool Line::take_in(ByteSpan bytes) {
  if (bytes.empty()) return true;
  const bool was_established = channel_.established();
  const bool was_in_the_middle = channel_.in_the_middle();
  const std::uint64_t frames = channel_.frames_in();
  last_in_ms_ = now_ms_;
  progress_.wire_bytes_in += bytes.size();
  const Result<void> received = channel_.receive(bytes, output_.send);
  if (channel_.frames_in() != frames || !was_in_the_middle) last_frame_ms_ = now_ms_;
  if (!received) {
    const bool retry = received.error().code == ErrorCode::unavailable || channel_.retry_after_ms() > 0;
    fail(received.error(), retry, channel_.retry_after_ms());
    return false;
  }
  if (channel_.established() && !was_established) emit({.kind = Event::Kind::connected});
  return true;
}

std::optional<Message> Line::next() {
  if (over_ || !channel_.established()) return std::nullopt;
  Result<std::optional<Message>> message = channel_.next();
  if (message) return std::move(*message);
  fail(message.error());
  return std::nullopt;
}

void Line::send(const Message& message) {
  if (!over_) channel_.send(message);
}

void Line::fail(const Error& error, bool retry, std::int64_t retry_after_ms) {
  if (over_) return;
  if (channel_.established()) channel_.send(Bye{Problem{error, retry, retry_after_ms}});
  end_session(error, retry, retry_after_ms);
}

void Line::close_normally() {
  if (over_) return;
  if (channel_.established()) channel_.send(Bye{});
  end_session({ErrorCode::unavailable, ""}, true, 0);
}

void Line::closed_by_peer(const Bye& bye) {
  if (bye.problem) {
    end_session(bye.problem->error, bye.problem->retry, bye.problem->retry_after_ms);
  } else {
    end_session({ErrorCode::unavailable, ""}, true, 0);
  }
}

void Line::end_session(const Error& error, bool retry, std::int64_t retry_after_ms) {
  if (over_) return;
  over_ = true;
  output_.close = true;
  emit({.kind = Event::Kind::closed, .error = error, .retry = retry, .retry_after_ms = retry_after_ms});
}

void Line::check_deadlines() {
  if (!channel_.established()) {
    if (now_ms_ >= *connected_at_ms_ + deadlines_.handshake_ms) {
      fail({ErrorCode::unavailable, "The other side did not complete the handshake in time."}, true);
    }
    return;
  }
  if (now_ms_ >= last_in_ms_ + deadlines_.idle_ms) {
    fail({ErrorCode::unavailable, "Nothing was heard from the other side for too long."}, true);
  } else if (channel_.in_the_middle() && now_ms_ >= last_frame_ms_ + kFrameTimeoutMs) {
    fail({ErrorCode::unavailable, "A message from the other side did not arrive in full in time."}, true);
  } else if (deadlines_.ping_after_ms && now_ms_ >= last_out_ms_ + *deadlines_.ping_after_ms) {
    channel_.send(Ping{});
  }
}

void Line::wake_at(std::int64_t time_ms) {
  output_.wake_at_ms = std::min(output_.wake_at_ms.value_or(time_ms), time_ms);
}

}  // namespace plenary::sync
