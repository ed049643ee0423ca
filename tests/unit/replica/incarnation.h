// Tablets that are restored from a backup or cloned, and what tells them and others that they were.
#pragma once

#include "tests/unit/replica/story.h"

namespace plenary::replica {

class IncarnationTest : public StoryTest {
 protected:
  // Gives `to` the notices of `from`, of one kind or all, and nothing else.
  static void pass_notices(Tablet& from, Tablet& to, const SpaceId& space, std::optional<sync::ItemKind> only = {}) {
    const auto inventory = from.replica->sync().inventory(space).value();
    for (const sync::NoticeName& name : inventory.notices) {
      if (only && name.kind != *only) continue;
      to.replica->sync().store(space, {{name.kind, from.replica->sync().notice(space, name).value(), {}, false}});
    }
  }
  // Gives `to` only what one author wrote, as a file or a hub may.
  static void pass_log(Tablet& from, Tablet& to, const SpaceId& space, const LogId& log) {
    std::vector<sync::Item> items;
    const std::vector<sync::LogWant> wants = {{log, {}}};
    for (const auto& ref : from.replica->sync().missing_segments(space, wants)) {
      items.push_back({sync::ItemKind::segment, from.replica->sync().segment(space, ref).value(), {}, false});
    }
    to.replica->sync().store(space, items);
  }
  static std::string log_of(const RecordId& id) { return id.text.substr(0, 8); }
  static LogId log_of(Tablet& tablet, const SpaceId& space, const RecordId& id) {
    const auto inventory = tablet.replica->sync().inventory(space).value();
    for (const log::Head& head : inventory.frontier) {
      if (head.log.hex().starts_with(log_of(id))) return head.log;
    }
    throw std::runtime_error("no such log");
  }
  static std::vector<std::string> open_alarms(Tablet& tablet, const SpaceId& space) {
    std::vector<std::string> kinds;
    for (const AlarmView& alarm : must(tablet.replica->alarms(space))) kinds.push_back(alarm.kind);
    return kinds;
  }
};

}  // namespace plenary::replica
