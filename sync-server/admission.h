// Admission: how many connections there may be, and how fast a device may send. Counting only: no socket, no clock.
#pragma once

#include <asio/ip/address.hpp>
#include <map>
#include <unordered_map>

#include "core/base/check.h"
#include "core/base/ids.h"
#include "sync-server/configuration.h"
#include "sync-server/token_bucket.h"

namespace plenary::hub {

class Admission {
 public:
  explicit Admission(const Limits& limits) : limits_(limits) {}

  // A connection came from this address. limit_exceeded: it has to be refused; nothing is counted then.
  Result<void> enter(const asio::ip::address& address);
  void leave(const asio::ip::address& address);
  // The same for a device, once it has proved which it is.
  Result<void> enter(const TransportKey& device);
  void leave(const TransportKey& device);
  // Is it the number of connections from the address that keeps others from entering, and not that of all?
  bool is_full(const asio::ip::address& address) const;

  // An authenticated device sent so many bytes: for how many milliseconds nothing more is read from it.
  std::int64_t pause_after(const TransportKey& device, std::size_t bytes, std::int64_t now_ms);

  std::int64_t connections() const { return connections_; }

 private:
  const Limits& limits_;
  std::int64_t connections_ = 0;
  std::map<asio::ip::address, std::int64_t> by_address_;
  std::unordered_map<TransportKey, std::int64_t> by_device_;
  std::unordered_map<TransportKey, TokenBucket> buckets_;
};

}  // namespace plenary::hub
