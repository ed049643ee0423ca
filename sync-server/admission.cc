#include "sync-server/admission.h"

namespace plenary::hub {
namespace {

// Buckets are thrown away when there are more; full ones say nothing.
constexpr std::size_t kBucketsMax = 20'000;

}  // namespace

Result<void> Admission::enter(const asio::ip::address& address) {
  if (connections_ >= limits_.connections) {
    return fail(ErrorCode::limit_exceeded,
                "This hub has as many connections as it allows (connections). Try again later.");
  }
  std::int64_t& from_there = by_address_[address];
  if (from_there >= limits_.connections_per_address) {
    return fail(ErrorCode::limit_exceeded,
                "There are as many connections from your address as this hub allows (connections_per_address). Try "
                "again later.");
  }
  ++from_there;
  ++connections_;
  return {};
}

void Admission::leave(const asio::ip::address& address) {
  const auto from_there = by_address_.find(address);
  CHECK(from_there != by_address_.end() && connections_ > 0);
  --connections_;
  if (--from_there->second == 0) by_address_.erase(from_there);
}

Result<void> Admission::enter(const TransportKey& device) {
  std::int64_t& of_device = by_device_[device];
  if (of_device >= limits_.connections_per_device) {
    return fail(ErrorCode::limit_exceeded,
                "This device has as many connections as this hub allows (connections_per_device). Those that broke off "
                "end by themselves; try again later.");
  }
  ++of_device;
  return {};
}

void Admission::leave(const TransportKey& device) {
  const auto of_device = by_device_.find(device);
  CHECK(of_device != by_device_.end());
  if (--of_device->second == 0) by_device_.erase(of_device);
}

bool Admission::is_full(const asio::ip::address& address) const {
  const auto from_there = by_address_.find(address);
  return from_there != by_address_.end() && from_there->second >= limits_.connections_per_address;
}

std::int64_t Admission::pause_after(const TransportKey& device, std::size_t bytes, std::int64_t now_ms) {
  if (buckets_.size() > kBucketsMax) {
    std::erase_if(buckets_, [&](const auto& entry) { return entry.second.is_full(now_ms); });
  }
  auto bucket = buckets_.try_emplace(device, limits_.upload_burst, limits_.upload_per_second, now_ms).first;
  return bucket->second.take(static_cast<std::int64_t>(bytes), now_ms);
}

}  // namespace plenary::hub
