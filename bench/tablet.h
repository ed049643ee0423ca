// What the bench asks of a tablet, whatever program it is: the floor or Plenary. One process holds one tablet and
// drives it on one thread (host.h).
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "bench/day.h"

namespace plenary::bench {

struct TabletPlace {
  std::filesystem::path folder;  // of this tablet alone; exists
  std::size_t index = 0;         // 0 prepares the space; shape.tablets is the newcomer
  std::uint16_t port = 0;        // where the hub listens, on loopback; may be a counting proxy
  std::string hub_key;           // "none" where there is none
  DayShape shape;
};

enum class Extent : unsigned char {
  findings,   // what was shared before the day; the tablet may take part
  everything  // all that all tablets wrote that day
};

// Plenary as it is, and with one thing different, so that what this thing costs can be told.
enum class Variant : unsigned char {
  as_shipped,
  in_clear,    // the space's files are not sealed (in_clear.h)
  long_roster  // the space has a past (long_roster.h)
};

class Tablet {
 public:
  virtual ~Tablet() = default;

  // The shared findings, written by tablet 0 before the day.
  virtual void seed() = 0;
  // Whatever the others need to take part; tablet 0 only. Empty where nothing is needed.
  virtual std::string invite(std::size_t index) = 0;
  virtual void join(const std::string& invitation) = 0;

  // Nothing but pump(), holds() and handed_over() is called while connected.
  virtual void connect() = 0;
  virtual void disconnect() = 0;
  // Carries what can be carried within about `timeout_ms`, while connected.
  virtual void pump(int timeout_ms) = 0;

  // Each durable when it returns.
  virtual void record(const Note& note) = 0;
  virtual void edit(const NoteEdit& edit) = 0;
  virtual void judge(const Judgement& judgement) = 0;

  virtual bool holds(Extent extent) = 0;
  // Nothing more is to be sent: the hub has acknowledged it.
  virtual bool handed_over() = 0;
  // Equal on all tablets that hold the same.
  virtual std::string digest() = 0;
};

std::unique_ptr<Tablet> make_floor_tablet(const TabletPlace& place);
std::unique_ptr<Tablet> make_plenary_tablet(const TabletPlace& place, Variant variant);

}  // namespace plenary::bench
