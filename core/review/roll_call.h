// The roll-call at day end: the tablets that are expected, by name, not merely those that arrived.
// Source: domain.md section 4, "Day end". N is unknown until its owner seals the day, and is never guessed.
#pragma once

#include "core/review/views.h"

namespace plenary::review {

// What a tablet last said of itself (the replica's device statuses).
struct TabletReport {
  std::string person;  // name label
  std::string member;  // the person's pseudonym, in hex
  bool this_device = false;
  bool sealed = false;
  std::optional<std::size_t> notes_sealed;  // N; unknown until sealed
  std::size_t notes_here = 0;               // n: of its notes, how many are here
  std::size_t unsent = 0;                   // changes that it has not passed on
  std::int64_t time_ms = 0;                 // when it said so
  bool in_step = false;                     // same position and same digest as this one
  bool ahead = false;                       // it held something then that is not shown here, its own or a colleague's
};

enum class TabletState : std::uint8_t {
  not_heard,  // expected, and nothing of it is here
  arriving,   // some of it is here; how much there is, is not known or not here yet
  received,   // sealed, and n of N are here; or it is this tablet
  waived      // let go with a reason
};

struct TabletRow {
  std::string tablet, person;
  TabletState state = TabletState::not_heard;
  bool this_device = false, expected = true, sealed = false;
  std::size_t notes_here = 0;
  std::optional<std::size_t> notes_sealed;
  std::size_t later_notes = 0;  // here beyond the number that its owner sealed: they open a supplement
  bool supplement = false;      // which is recorded
  bool ahead = false;           // it holds something that is not shown here
  std::string waived_because;
  std::string sentence;  // "Received: 26 of 26 notes."
};

struct RollCall {
  std::vector<TabletRow> rows;  // expected first, in the order of issue
  std::size_t expected = 0, heard = 0, received = 0, waived = 0;

  // Every expected tablet has handed over all its notes, or was let go.
  bool complete() const { return expected > 0 && received + waived == expected; }
  // How many tablets a picture rests on, sealed or not: "3 of 4 tablets", "this tablet only".
  std::string tablets_in_words() const;
};

// Expected are the day packages of that day (all days when empty), or, where none was issued, every member of the
// team who takes part. Waivers of a tablet count for the package, or by the tablet's name.
RollCall call_roll(const ReviewFile& file, const std::vector<TabletReport>& reports, const std::string& day_on = {});

std::vector<std::string> lines_of(const RollCall& roll);

}  // namespace plenary::review
