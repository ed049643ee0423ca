// One tablet in a process of its own, driven by lines on standard input. Each command is answered by one line: "ok",
// with what was asked for, or "error" with why. While no command waits, the tablet carries its connection on.
#pragma once

#include "bench/tablet.h"

namespace plenary::bench {

//   seed | invite INDEX | join INVITATION | connect | disconnect | digest | stop
//   day                  records the day, offline; answers seconds for the notes, seconds for what followed
//   until findings|all   carries on until everything is here, and handed over; answers seconds
int run_tablet_host(Tablet& tablet, const TabletPlace& place);

}  // namespace plenary::bench
