// StoreQueue: the store's thread. Group commit: all that arrived while the last transaction ran shares the next one,
// so a commit to the disk is paid once for many devices, and the network's thread never waits for it.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "sync-server/event_log.h"
#include "sync-server/hub_writer.h"

namespace plenary::hub {

// One request, and which connection waits for its outcome.
struct StoreJob {
  std::uint64_t connection = 0;
  sync::StoreRequest request;
};

// What one transaction came to. connections[i] waits for committed.outcomes[i].
struct StoredBatch {
  std::vector<std::uint64_t> connections;
  Committed committed;
};

class StoreQueue {
 public:
  // `deliver` is called on the store's thread, once per transaction, in their order, after the commit. All outlive
  // the queue; the writer is used by nobody else meanwhile.
  StoreQueue(HubWriter& writer, EventLog& log, Environment& clock, std::function<void(StoredBatch)> deliver);
  // Stores what is queued still, and ends the thread.
  ~StoreQueue();
  StoreQueue(const StoreQueue&) = delete;
  StoreQueue& operator=(const StoreQueue&) = delete;

  // Thread-safe, like the following.
  void push(StoreJob job);
  // Bytes that wait, or are being stored and were not delivered yet.
  std::size_t backlog() const;
  std::uint64_t transactions() const;

 private:
  void run();
  // Nothing: the queue ends.
  std::optional<std::vector<StoreJob>> take();
  void tidy();
  void drop_expired();
  StoredBatch store(std::vector<StoreJob> jobs);

  HubWriter& writer_;
  EventLog& log_;
  Environment& clock_;
  std::function<void(StoredBatch)> deliver_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<StoreJob> waiting_;
  std::size_t backlog_ = 0;
  std::uint64_t transactions_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all the others
};

}  // namespace plenary::hub
