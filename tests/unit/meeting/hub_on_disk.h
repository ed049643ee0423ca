// A hub with its real store in a folder, and tablets that meet it over a wire in memory.
#pragma once

#include "core/crypto/random.h"
#include "core/log/content.h"
#include "core/log/segment.h"
#include "core/replica/replica_facade.h"
#include "core/seal/segment_seal.h"
#include "core/sync/session.h"
#include "sync-server/hub_reader.h"
#include "sync-server/hub_writer.h"
#include "sync-server/identity.h"
#include "tests/unit/replica/story.h"

namespace plenary {

class HubOnDisk {
 public:
  explicit HubOnDisk(const std::filesystem::path& folder);
  // What a hub that lies does: goes on beside itself, with the same keys and from the same contents.
  HubOnDisk(HubOnDisk& original, const std::filesystem::path& folder);

  // As when plenaryd is stopped and started; files may be exchanged between the two.
  void stop();
  void start();
  // As when plenaryd is killed, or ended because of a damaged database: nothing more is written.
  void abandon() { open_.reset(); }

  // One connection, until both sides hold the same. Whatever happened on it.
  std::vector<sync::Event> meet(replica::Tablet& tablet, const SpaceId& space);

  hub::HubReader& reader() { return open_->reader; }
  hub::HubWriter& writer() { return open_->writer; }
  sqlite::Database& database() { return *open_->to_write; }
  const std::filesystem::path& folder() const { return folder_; }
  TransportKey key() const { return identity_.transport.public_key(); }
  std::size_t stored_segments(const SpaceId& space);
  // Every stored segment of the space, opened with a member's keys: all that somebody who has both could read.
  std::string readable_by(replica::Tablet& member, const SpaceId& space);

 private:
  struct Open {
    Open(const std::filesystem::path& folder, const hub::Policy& policy, const crypto::SigningKey& signing);
    std::unique_ptr<sqlite::Database> to_write, to_read;
    hub::HubWriter writer;
    hub::HubReader reader;
  };

  void serve(sync::HubSession& session, sync::Output output, Bytes& to_device);

  std::filesystem::path folder_;
  crypto::SystemEnvironment environment_;
  hub::Identity identity_;
  hub::Policy policy_;
  std::unique_ptr<Open> open_;
};

}  // namespace plenary
