// NoticeRoom: what a device keeps of notices that somebody can make without end. A hub, or a member through one, makes
// claims and proofs by the thousand: of each kind some say all that there is to say, and nobody takes the room of
// others. Statuses need no number: there is one of each device. docs/protocol/sync.md, "What a device checks".
#pragma once

#include <map>
#include <set>

#include "core/replica/space.h"

namespace plenary::replica {

class NoticeRoom {
 public:
  // For one transaction of the space, which outlives it.
  explicit NoticeRoom(Space& space);

  // May this notice be kept, whose form and signatures hold? It counts from then on. One that is here already, or is
  // newer than the one here, takes no more room.
  bool take(const Space::Notice& notice);

 private:
  // Those who share the room for so many.
  struct Group {
    Bytes of;
    std::size_t room = 0;
  };
  Group group_of(sync::ItemKind kind, ByteSpan bytes);
  Group group_of_claim(ByteSpan bytes);
  Group group_of_hub_fork(ByteSpan bytes);
  bool was_granted(const DeviceKey& device);
  bool is_here(const Space::Notice& notice);
  std::map<Bytes, std::size_t>& counts(sync::ItemKind kind);

  Space& space_;
  sqlite::Statement find_;
  std::map<sync::ItemKind, std::map<Bytes, std::size_t>> counts_;  // of the kinds that were asked about
  std::set<InvitationId> invitations_;                             // that the roster knows, at revision_
  std::optional<std::uint64_t> revision_;
};

}  // namespace plenary::replica
