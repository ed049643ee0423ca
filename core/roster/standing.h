// How one record moves a standing on. Source: the reference model, 2.3 to 2.6.
#pragma once

#include "core/roster/roster.h"

namespace plenary::roster {

// `record` must outlive the standing, which refers to it.
void apply(Standing& standing, const Record& record);

}  // namespace plenary::roster
