// profile, space, invite, join, members: who is here, and in which spaces.
#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/value_text.h"
#include "clients/link/connection.h"
#include "core/base/words.h"

namespace plenary::cli {
namespace {

Role role_named(const merge::Schema& schema, std::string typed) {
  std::replace(typed.begin(), typed.end(), ' ', '_');
  std::replace(typed.begin(), typed.end(), '-', '_');
  std::vector<std::string> names;
  for (const auto& [role, name] : schema.roles) {
    if (name == typed) return role;
    names.push_back(name);
  }
  const std::string near = nearest(typed, names);
  std::string all;
  for (const auto& name : names) all += (all.empty() ? "" : ", ") + name;
  give_up(ErrorCode::invalid_argument, "There is no role \"" + typed + "\"" +
                                           (near.empty() ? "" : ". Did you mean " + near + "?") + " Roles are: " + all);
}

replica::HubAddress parse_hub(const std::string& address, const std::string& key) {
  const auto bytes = from_hex(key);
  const auto id = bytes ? TransportKey::from(*bytes) : std::nullopt;
  if (!id)
    give_up(ErrorCode::invalid_argument,
            "The hub's key has 64 hexadecimal digits. Whoever runs the hub reads it with: plenaryd init");
  const auto hub = link::parse_hub_address(address, *id);
  if (!hub)
    give_up(ErrorCode::invalid_argument, "\"" + address + "\" is no hub address. It looks like hub.example.org:7411");
  return {hub->host, hub->port, hub->key};
}

ExitCode found_space(Session& session, const std::string& kind, const std::string& name, const std::string& role) {
  const Role own = role_named(session.schema(), role);
  const auto founded = need(session.replica().found_space(kind, name, own));
  session.remember_space(founded.space);
  session.say("Founded \"" + name + "\". You keep its roster. Commands are about this space now.\n" +
                  "Recovery code (print it, put it away; it is shown only now):\n  " + founded.recovery_code,
              {{"space", founded.space.hex()}, {"name", name}, {"recovery_code", founded.recovery_code}});
  return ExitCode::done;
}

ExitCode list_spaces(Session& session) {
  Table table({"Space", "Kind", "Your role", "Records", "Decisions", "Id"});
  Json list = Json::array();
  for (const auto& space : session.spaces()) {
    const std::string role = name_of(session.schema(), space.role) + (space.keeper ? ", keeper" : "");
    table.row({space.name, in_words(space.kind), role, std::to_string(space.records), std::to_string(space.conflicts),
               space.space.hex().substr(0, 8)});
    list.push_back({{"space", space.space.hex()},
                    {"name", space.name},
                    {"kind", space.kind},
                    {"role", name_of(session.schema(), space.role)},
                    {"keeper", space.keeper},
                    {"records", space.records},
                    {"conflicts", space.conflicts},
                    {"waiting", space.waiting},
                    {"hub", space.hub ? Json(space.hub->host + ":" + std::to_string(space.hub->port)) : Json()}});
  }
  session.table(table, "No spaces yet. Found one with: plenary space found, or join with: plenary join LINK", list);
  return ExitCode::done;
}

ExitCode list_members(Session& session) {
  Table table({"Name", "Role", "Device", ""});
  Json list = Json::array();
  for (const auto& member : need(session.replica().members(session.space()))) {
    std::string remark = member.this_device ? "this tablet" : "";
    if (member.keeper) remark += remark.empty() ? "keeps the roster" : ", keeps the roster";
    if (member.removed) remark += remark.empty() ? "removed" : ", removed";
    table.row({member.name, name_of(session.schema(), member.role), member.device.hex().substr(0, 8), remark});
    list.push_back({{"name", member.name},
                    {"role", name_of(session.schema(), member.role)},
                    {"device", member.device.hex()},
                    {"keeper", member.keeper},
                    {"removed", member.removed},
                    {"this_device", member.this_device}});
  }
  session.table(table, "Nothing is known of this space yet. Run: plenary sync", list);
  return ExitCode::done;
}

void declare_profile(Declared declared) {
  auto* profile = declared.app.add_subcommand("profile", "Your profile on this device");
  profile->require_subcommand(1);
  auto person = std::make_shared<std::string>();
  auto* create = profile->add_subcommand("create", "Make a profile in the folder of --profile");
  create->add_option("name", *person, "Your name, as colleagues will see it")->required();
  create->callback([=, action = &declared.action] {
    *action = [=](Session& session) {
      session.create(*person);
      session.say("Made a profile for " + *person + " in " + session.profile().string() + ".",
                  {{"person", *person}, {"profile", session.profile().string()}});
      return ExitCode::done;
    };
  });
  profile->add_subcommand("show", "Whose profile this is")->callback([action = &declared.action] {
    *action = [](Session& session) {
      session.say(session.replica().person() + " (" + session.profile().string() + ")",
                  {{"person", session.replica().person()}, {"profile", session.profile().string()}});
      return ExitCode::done;
    };
  });
}

void declare_space(Declared declared) {
  auto* space = declared.app.add_subcommand("space", "The spaces you share with others");
  space->require_subcommand(1);
  Action* action = &declared.action;
  struct Founding {
    std::string kind, name, role = "lead_reviewer", hub, key;
  };
  auto founding = std::make_shared<Founding>();
  auto* found = space->add_subcommand("found", "Found a space; you become its keeper");
  found->add_option("kind", founding->kind, "partnership, review_team, review_shared or host_school")->required();
  found->add_option("name", founding->name, "Its name")->required();
  found->add_option("--role", founding->role, "Your own role in it")->capture_default_str();
  found->callback([=] {
    *action = [=](Session& session) { return found_space(session, founding->kind, founding->name, founding->role); };
  });
  space->add_subcommand("list", "All spaces of this profile")->callback([=] { *action = list_spaces; });
  auto* use = space->add_subcommand("use", "Choose the space that commands are about");
  use->add_option("name", founding->name, "Its name, or the first digits of its id")->required();
  use->callback([=] {
    *action = [=](Session& session) {
      session.use_space(founding->name);
      const SpaceId chosen = session.space();
      session.remember_space(chosen);
      std::string name;
      for (const auto& space : session.spaces())
        if (space.space == chosen) name = space.name;
      session.say("Commands are about \"" + name + "\" now.", {{"space", chosen.hex()}, {"name", name}});
      return ExitCode::done;
    };
  });
  auto* hub = space->add_subcommand("hub", "Say where this space's hub is");
  hub->add_option("address", founding->hub, "host:port")->required();
  hub->add_option("key", founding->key, "The hub's key, 64 hexadecimal digits")->required();
  hub->callback([=] {
    *action = [=](Session& session) {
      need(session.replica().set_hub(session.space(), parse_hub(founding->hub, founding->key)));
      session.say("This space meets at " + founding->hub + ".", {{"hub", founding->hub}});
      return ExitCode::done;
    };
  });
}

// A link tells whoever joins where the space meets.
void need_hub(Session& session) {
  const SpaceId space = session.space();
  for (const auto& summary : session.spaces())
    if (summary.space == space && summary.keeper && !summary.hub)
      give_up(ErrorCode::not_found, "Where does \"" + summary.name +
                                        "\" meet? The link has to say it. First: plenary space hub HOST:PORT KEY");
}

void declare_joining(Declared declared) {
  Action* action = &declared.action;
  struct Inviting {
    std::string role, whom, link;
  };
  auto inviting = std::make_shared<Inviting>();
  auto* invite = declared.app.add_subcommand("invite", "Make a link with which one person can join once");
  invite->add_option("role", inviting->role, "The role it gives, e.g. peer_reviewer")->required();
  invite->add_option("whom", inviting->whom, "For whom it is")->required();
  invite->callback([=] {
    *action = [=](Session& session) {
      const Role role = role_named(session.schema(), inviting->role);
      need_hub(session);
      const std::string link = need(session.replica().invite(session.space(), role, inviting->whom));
      session.say(link, {{"link", link}, {"role", inviting->role}, {"for", inviting->whom}});
      return ExitCode::done;
    };
  });
  auto* join = declared.app.add_subcommand("join", "Join a space with a link");
  join->add_option("link", inviting->link, "The link you were given")->required();
  join->callback([=] {
    *action = [=](Session& session) {
      const SpaceId space = need(session.replica().join(inviting->link));
      session.remember_space(space);
      session.say(
          "You have joined. Now run: plenary sync\nYou can read at once; what you write counts as soon as the "
          "keeper's tablet has synced too.",
          {{"space", space.hex()}});
      return ExitCode::done;
    };
  });
  declared.app.add_subcommand("members", "Who is in this space")->callback([=] { *action = list_members; });
}

}  // namespace

void declare_profile_commands(Declared declared) {
  declare_profile(declared);
  declare_space(declared);
  declare_joining(declared);
}

}  // namespace plenary::cli
