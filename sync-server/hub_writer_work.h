// What the sources of HubWriter share. Internal to them.
#pragma once

#include "sync-server/hub_writer.h"

namespace plenary::hub {

// One request on its way through a transaction.
struct HubWriter::Work {
  sqlite::Transaction& transaction;
  Committed& committed;
  std::set<SpaceId>& changed;
  StoredSpace* space = nullptr;
  std::vector<std::int64_t> sequences;  // of what was stored
};

inline tl::unexpected<sync::Refusal> refuse(ErrorCode code, std::string message, bool retry = false) {
  return tl::make_unexpected(sync::Refusal{{code, std::move(message)}, retry, {}});
}

}  // namespace plenary::hub
