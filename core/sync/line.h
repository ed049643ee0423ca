// Line: what both sessions share. One connection's channel, its deadlines, and the Output that is being made.
// Internal to this folder.
#pragma once

#include "core/sync/channel.h"
#include "core/sync/session.h"

namespace plenary::sync {

class Line {
 public:
  struct Deadlines {
    std::int64_t handshake_ms = kHandshakeTimeoutMs;
    std::int64_t idle_ms = kIdleTimeoutMs;
    std::optional<std::int64_t> ping_after_ms;  // who says that it is alive: the device
  };

  Line(Channel channel, Deadlines deadlines) : channel_(std::move(channel)), deadlines_(deadlines) {}

  // Every public call of a session begins with one of these and ends with end(). False: the session is over.
  bool begin(std::int64_t now_ms);
  Output end();

  void start();
  // Feeds the channel. False when that ended the session.
  bool take_in(ByteSpan bytes);
  // The next message; nothing when there is none, or when reading it ended the session.
  std::optional<Message> next();
  void send(const Message& message);

  // Ends the session: for a reason of our own (the other side is told), or of the other side's.
  void fail(const Error& error, bool retry = false, std::int64_t retry_after_ms = 0);
  void fail(ErrorCode code, std::string text) { fail(Error{code, std::move(text)}); }
  void close_normally();
  void closed_by_peer(const Bye& bye);
  // Ends the session when a deadline has passed; says that we are alive when that is due.
  void check_deadlines();

  Output& output() { return output_; }
  void emit(Event event) { output_.events.push_back(std::move(event)); }
  void wake_at(std::int64_t time_ms);
  // Whether so much is ready to be written that the rest should wait for resume().
  bool full() const { return output_.send.size() + channel_.unflushed() >= kOutboxTarget; }

  Channel& channel() { return channel_; }
  const Channel& channel() const { return channel_; }
  bool over() const { return over_; }
  std::int64_t now_ms() const { return now_ms_; }
  Progress& progress() { return progress_; }
  const Progress& progress() const { return progress_; }

 private:
  void end_session(const Error& error, bool retry, std::int64_t retry_after_ms);

  Channel channel_;
  Deadlines deadlines_;
  Output output_;
  Progress progress_;
  std::int64_t now_ms_ = 0;
  std::optional<std::int64_t> connected_at_ms_;
  std::int64_t last_in_ms_ = 0, last_out_ms_ = 0;
  std::int64_t last_frame_ms_ = 0;  // when the frame that is incomplete began, or the last one was complete
  bool over_ = false;
};

}  // namespace plenary::sync
