// The text of a report as it is signed.
#pragma once

#include "core/review/views.h"

namespace plenary::review {

// Title, sections in their order (in both languages), verbal points: all that a signature stands under.
std::string report_text(const ReviewFile& file, const OtherRecord& report);

// BLAKE2b-128 of the text, in hex. A sign-off carries it: when the text changes, signatures no longer fit.
std::string report_hash(const ReviewFile& file, const OtherRecord& report);

}  // namespace plenary::review
