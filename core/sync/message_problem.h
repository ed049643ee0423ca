// How a problem travels, and how what another program says in words is made fit to be shown. Internal to this folder.
#pragma once

#include "core/sync/messages.h"

namespace plenary::sync {
namespace wire {
class Problem;
}

// At most `size` bytes, without cutting a character in two.
std::string cut(const std::string& text, std::size_t size);
// What another program says is shown to people and written to logs: neither control characters nor broken UTF-8.
std::string printable(std::string_view text);

void write_problem(const Problem& problem, wire::Problem& out);
Problem read_problem(const wire::Problem& in);

}  // namespace plenary::sync
