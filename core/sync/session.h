// The protocol as two state machines: bytes in, bytes out. No sockets, no clock, no threads.
//
// A driver (clients/link, sync-server, a test) owns a session and a connection. It calls the session whenever bytes
// came, time passed or storage answered, and does what the Output says. One call at a time per session. After an
// Output with `close` the session is over: every later call returns an empty Output.
//
// `now_ms` is the driver's monotonic clock: it never jumps. Source: architecture.md D8, D9; docs/protocol/sync.md.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/environment.h"
#include "core/crypto/box.h"
#include "core/sync/space_log.h"

namespace plenary::sync {

struct Event {
  enum class Kind : std::uint8_t {
    connected,    // the handshake is done, the other side has proved its key
    opened,       // a space is open: the other side lets us in (hub: a device has opened it)
    received,     // device: items were stored (`count` of them)
    handed_over,  // device: the hub has committed items of ours (`count` of them)
    up_to_date,   // device: both sides hold the same of this space
    refused,      // one space or one item was refused: `error`; the rest goes on. Hub: `count` items of one batch,
                  // the first of them for this reason; 0: the space
    alarm,        // device: the hub did what an honest one does not do (DeviceSpaces::raise_alarm was called)
    closed,       // the session is over; `error` says why, code `unavailable` with an empty message: a normal end
  };
  Kind kind = Kind::connected;
  SpaceId space;  // zero where no single space is concerned
  std::uint64_t count = 0;
  Error error;
  bool retry = false;               // refused, closed: trying again later may help…
  std::int64_t retry_after_ms = 0;  // …not before this time has passed
};

struct Output {
  Bytes send;                              // to be written to the connection, in order
  bool more = false;                       // call resume() once `send` has been written
  bool close = false;                      // after `send` was written
  std::optional<std::int64_t> wake_at_ms;  // call tick() then, unless another call came before (its Output counts)
  std::vector<Event> events;
  std::vector<StoreRequest> store;  // hub only: to be answered with stored()
};

// For a progress bar. The totals grow while it is being found out what is to be done.
struct Progress {
  std::uint64_t bytes_sent = 0, bytes_to_send = 0;  // of items, including what was sent
  std::uint64_t bytes_received = 0, bytes_to_receive = 0;
  std::uint64_t items_sent = 0, items_to_send = 0;
  std::uint64_t items_received = 0, items_to_receive = 0;
  std::uint64_t wire_bytes_out = 0, wire_bytes_in = 0;  // everything, with handshake and framing
};

struct DeviceOptions {
  TransportKey hub;     // whom we expect to meet
  std::string token;    // for founding spaces on a hub that asks for one
  std::string program;  // name and version, for the hub's log; at most 64 bytes
  std::uint64_t window = kDeviceWindow;
  // Spaces to synchronise; empty: all that DeviceSpaces names for the hub.
  std::vector<SpaceId> spaces;
};

class DeviceSession {
 public:
  // `spaces`, `key` and `environment` outlive the session. `key`: the device's transport key pair.
  DeviceSession(DeviceSpaces& spaces, const crypto::AgreementKey& key, Environment& environment, DeviceOptions options);
  ~DeviceSession();
  DeviceSession(const DeviceSession&) = delete;
  DeviceSession& operator=(const DeviceSession&) = delete;

  // Once, when the connection stands.
  Output start(std::int64_t now_ms);
  // Any number of bytes as they came from the connection.
  Output receive(ByteSpan bytes, std::int64_t now_ms);
  Output resume(std::int64_t now_ms);
  Output tick(std::int64_t now_ms);
  // Something was written locally (an edit, an import, a ratification), or a space was added.
  Output local_change(std::int64_t now_ms);
  // Says good-bye. For a one-shot sync: call when up_to_date().
  Output finish(std::int64_t now_ms);

  // Every space is up to date, or was refused for good. New pushes may make it false again for a moment.
  bool up_to_date() const;
  bool over() const;
  Progress progress() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

struct HubOptions {
  std::uint64_t window = kHubWindow;
  std::int64_t handshake_timeout_ms = kHandshakeTimeoutMs;
  std::int64_t idle_timeout_ms = kIdleTimeoutMs;
  std::size_t max_spaces = kMaxSpaces;  // opened on one connection
  // After the handshake, by transport key: a suspended device, too many connections of one device. The text and
  // retry time go to the device.
  std::function<Result<void>(const TransportKey& device)> admit;
};

class HubSession {
 public:
  // `spaces`, `key`, `signing` and `environment` outlive the session. `key`: the hub's transport key pair; `signing`:
  // the public half of the key with which it signs hub heads.
  HubSession(HubSpaces& spaces, const crypto::AgreementKey& key, const DeviceKey& signing, Environment& environment,
             HubOptions options);
  ~HubSession();
  HubSession(const HubSession&) = delete;
  HubSession& operator=(const HubSession&) = delete;

  // Once, when a device has connected. Sends nothing.
  Output start(std::int64_t now_ms);
  Output receive(ByteSpan bytes, std::int64_t now_ms);
  Output resume(std::int64_t now_ms);
  Output tick(std::int64_t now_ms);
  // A StoreRequest was committed (or refused as a whole: every item in `refused`). In the order of the tickets, and
  // before changed() for the same commit, so that nothing is sent back to whom it came from.
  Output stored(const StoreOutcome& outcome, std::int64_t now_ms);
  // Something new of this space was committed, by whomever. Cheap when this session has not opened the space.
  Output changed(const SpaceId& space, std::int64_t now_ms);
  // The hub stops, or drops this device: says so, with the time after which to try again.
  Output finish(const Error& reason, std::int64_t retry_after_ms, std::int64_t now_ms);

  // Zero until the handshake is done.
  const TransportKey& device() const;
  // Bytes of a message that is not complete.
  std::size_t unfinished() const;
  // Messages that the device sent so far.
  std::uint64_t messages() const;
  // The spaces whose changes this session wants to hear of.
  std::vector<SpaceId> follows() const;
  bool over() const;
  Progress progress() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// What a driver answers in place of a session when it cannot take a connection at all (too many connections):
// a refusal in clear, before any computation. The device shows it as "the hub, or something on the way, says".
Bytes refuse_connection(const Error& reason, std::int64_t retry_after_ms);

}  // namespace plenary::sync
