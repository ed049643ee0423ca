#include "clients/cli/people.h"

#include <algorithm>

#include "clients/cli/value_text.h"

namespace plenary::cli {
namespace {

constexpr std::size_t kLeastDigits = 4;  // of a key

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

std::string listed(const std::vector<replica::MemberView>& members) {
  std::vector<std::string> names;
  names.reserve(members.size());
  for (const auto& member : members) {
    names.push_back("\"" + member.name + "\" (" + short_key(member.device) + (member.removed ? ", removed)" : ")"));
  }
  return joined(names, ", ");
}

}  // namespace

Role role_named(const merge::Schema& schema, std::string typed) {
  std::replace(typed.begin(), typed.end(), ' ', '_');
  std::replace(typed.begin(), typed.end(), '-', '_');
  std::vector<std::string> names;
  for (const auto& [role, name] : schema.roles) {
    if (name == typed) return role;
    names.push_back(name);
  }
  const std::string near = nearest(typed, names);
  give_up(ErrorCode::invalid_argument, "There is no role \"" + typed + "\"" +
                                           (near.empty() ? "" : ". Did you mean " + near + "?") +
                                           " Roles are: " + joined(names, ", "));
}

replica::MemberView member_named(Session& session, const std::string& typed, Among among) {
  const auto members = need(session.replica().members(session.space()));
  std::vector<replica::MemberView> exact, begun;
  for (const auto& member : members) {
    if (among == Among::present && member.removed) continue;
    const bool key = typed.size() >= kLeastDigits && member.device.hex().starts_with(typed);
    if (member.name == typed || key) exact.push_back(member);
    if (lower(member.name).starts_with(lower(typed)) || key) begun.push_back(member);
  }
  const auto& found = exact.empty() ? begun : exact;
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    give_up(ErrorCode::invalid_argument, "\"" + typed + "\" could be " + listed(found) +
                                             ". Say more of the name, or the digits of the device's key");
  }
  give_up(ErrorCode::not_found, "Nobody here is called \"" + typed + "\". There are: " + listed(members));
}

std::string words_of(const replica::WorkSummary& work) {
  if (work.changes == 0) return "nothing";
  std::string text = counted(work.notes, "note", "notes") + " in " + counted(work.changes, "change", "changes");
  const std::string first = human_time(work.first_ms.value_or(0)), last = human_time(work.last_ms.value_or(0));
  return text + (first == last ? " of " + first : ", from " + first + " to " + last);
}

Json json_of(const replica::WorkSummary& work) {
  return {{"changes", work.changes},
          {"notes", work.notes},
          {"first_ms", work.first_ms ? Json(*work.first_ms) : Json()},
          {"last_ms", work.last_ms ? Json(*work.last_ms) : Json()}};
}

std::string short_key(const DeviceKey& device) {
  return device.hex().substr(0, 8);
}

}  // namespace plenary::cli
