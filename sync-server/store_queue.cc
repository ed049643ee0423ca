#include "sync-server/store_queue.h"

#include <chrono>

namespace plenary::hub {
namespace {

// One transaction takes at most about this much, so that nobody waits long for an acknowledgement.
constexpr std::size_t kBatchBytes = 8u << 20;
constexpr std::size_t kBatchRequests = 512;
// After so long without work the write-ahead log is emptied.
constexpr std::chrono::milliseconds kTidyAfter{500};
// Spaces expire to the hour; busy hubs look once they are idle.
constexpr std::chrono::hours kLookForExpiredEvery{1};

std::size_t size_of(const sync::StoreRequest& request) {
  std::size_t size = 64;
  for (const sync::Item& item : request.items) size += item.bytes.size() + 64;
  return size;
}

sync::StoreOutcome refuse_all(const sync::StoreRequest& request) {
  const Error error{
      ErrorCode::unavailable,
      "The hub cannot store anything at the moment. What is not handed over stays on the device; try again "
      "later, and tell whoever runs the hub."};
  sync::StoreOutcome outcome;
  outcome.ticket = request.ticket;
  for (std::size_t i = 0; i < request.items.size(); ++i) outcome.refused.push_back({i, error, true, {}});
  outcome.introduction_refused = error;
  return outcome;
}

}  // namespace

StoreQueue::StoreQueue(HubWriter& writer, EventLog& log, Environment& clock, std::function<void(StoredBatch)> deliver)
    : writer_(writer), log_(log), clock_(clock), deliver_(std::move(deliver)), thread_([this] { run(); }) {}

StoreQueue::~StoreQueue() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void StoreQueue::push(StoreJob job) {
  {
    const std::lock_guard lock(mutex_);
    backlog_ += size_of(job.request);
    waiting_.push_back(std::move(job));
  }
  arrived_.notify_one();
}

std::size_t StoreQueue::backlog() const {
  const std::lock_guard lock(mutex_);
  return backlog_;
}

std::uint64_t StoreQueue::transactions() const {
  const std::lock_guard lock(mutex_);
  return transactions_;
}

void StoreQueue::run() {
  drop_expired();
  while (auto jobs = take()) {
    std::size_t bytes = 0;
    for (const StoreJob& job : *jobs) bytes += size_of(job.request);
    StoredBatch batch = store(std::move(*jobs));
    {
      const std::lock_guard lock(mutex_);
      backlog_ -= bytes;
      ++transactions_;
    }
    deliver_(std::move(batch));
  }
  tidy();
}

std::optional<std::vector<StoreJob>> StoreQueue::take() {
  std::unique_lock lock(mutex_);
  const auto something = [this] { return stopping_ || !waiting_.empty(); };
  if (!arrived_.wait_for(lock, kTidyAfter, something)) {
    lock.unlock();
    tidy();
    lock.lock();
    while (!arrived_.wait_for(lock, kLookForExpiredEvery, something)) {
      lock.unlock();
      drop_expired();
      lock.lock();
    }
  }
  if (waiting_.empty()) return std::nullopt;
  std::vector<StoreJob> jobs;
  std::size_t bytes = 0;
  while (!waiting_.empty() && bytes < kBatchBytes && jobs.size() < kBatchRequests) {
    bytes += size_of(waiting_.front().request);
    jobs.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return jobs;
}

void StoreQueue::drop_expired() {
  try {
    StoredBatch batch;
    batch.committed.changed = writer_.drop_expired(clock_.now_ms());
    if (batch.committed.changed.empty()) return;
    log_.info("spaces expired and dropped", {{"spaces", batch.committed.changed.size()}});
    writer_.tidy();
    deliver_(std::move(batch));
  } catch (const std::exception& failure) {
    log_.error("expired spaces not dropped", {{"reason", failure.what()}});
  }
}

void StoreQueue::tidy() {
  try {
    writer_.tidy();
  } catch (const std::exception& failure) {
    log_.error("database not tidied", {{"reason", failure.what()}});
  }
}

StoredBatch StoreQueue::store(std::vector<StoreJob> jobs) {
  StoredBatch batch;
  std::vector<sync::StoreRequest> requests;
  for (StoreJob& job : jobs) {
    batch.connections.push_back(job.connection);
    requests.push_back(std::move(job.request));
  }
  try {
    batch.committed = writer_.store(requests);
  } catch (const std::exception& failure) {
    log_.error("nothing stored", {{"requests", requests.size()}, {"reason", failure.what()}});
    for (const sync::StoreRequest& request : requests) batch.committed.outcomes.push_back(refuse_all(request));
  }
  return batch;
}

}  // namespace plenary::hub
