// profile, space: whose profile this is, and in which spaces.
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/qr.h"
#include "clients/cli/value_text.h"
#include "clients/link/connection.h"
#include "core/base/words.h"

namespace plenary::cli {
namespace {

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

ExitCode found_space(Session& session, const std::string& kind, const std::string& name, const std::string& role,
                     bool qr) {
  const Role own = role_named(session.schema(), role);
  const auto founded = need(session.replica().found_space(kind, name, own));
  session.remember_space(founded.space);
  session.say("Founded \"" + name + "\". You keep its roster. Commands are about this space now.\n" +
                  "Recovery code (print it, put it away; it is shown only now):\n  " + founded.recovery_code,
              {{"space", founded.space.hex()}, {"name", name}, {"recovery_code", founded.recovery_code}},
              qr ? qr_for_terminal(founded.recovery_code, session.terminal().colour) : "");
  return ExitCode::done;
}

ExitCode list_spaces(Session& session) {
  Table table({"Space", "Kind", "Your role", "Records", "Decisions", "Id"});
  Json list = Json::array();
  for (const auto& space : session.spaces()) {
    const std::string role = name_of(session.schema(), space.role) + (space.keeper ? ", keeper" : "");
    const auto status = need(session.replica().status(space.space));
    table.row({space.name, in_words(space.kind), role, std::to_string(status.records), std::to_string(status.conflicts),
               space.space.hex().substr(0, 8)});
    list.push_back({{"space", space.space.hex()},
                    {"name", space.name},
                    {"kind", space.kind},
                    {"role", name_of(session.schema(), space.role)},
                    {"keeper", space.keeper},
                    {"records", status.records},
                    {"conflicts", status.conflicts},
                    {"waiting", status.waiting},
                    {"hub", space.hub ? Json(space.hub->host + ":" + std::to_string(space.hub->port)) : Json()}});
  }
  std::vector<std::string> damage;
  for (const auto& space : session.replica().damaged_spaces()) {
    table.row({"(damaged)", "", "", "", "", space.digits.substr(0, 8)});
    list.push_back({{"space", space.digits}, {"damaged", space.error.message}});
    damage.push_back(space.error.message);
  }
  session.table(table, "No spaces yet. Found one with: plenary space found, or join with: plenary join LINK", list);
  if (!damage.empty()) give_up(ErrorCode::malformed, joined(damage, "\n"));
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
      const auto& replica = session.replica();
      session.say(
          replica.person() + " (" + session.profile().string() + "), device " + short_key(replica.device()),
          {{"person", replica.person()}, {"profile", session.profile().string()}, {"device", replica.device().hex()}});
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
    bool qr = false;
  };
  auto founding = std::make_shared<Founding>();
  auto* found = space->add_subcommand("found", "Found a space; you become its keeper");
  found->add_option("kind", founding->kind, "partnership, review_team, review_shared or host_school")->required();
  found->add_option("name", founding->name, "Its name")->required();
  found->add_option("--role", founding->role, "Your own role in it")->capture_default_str();
  found->add_flag("--qr", founding->qr, "Draw the recovery code as a QR code too");
  found->callback([=] {
    *action = [=](Session& session) {
      return found_space(session, founding->kind, founding->name, founding->role, founding->qr);
    };
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

}  // namespace

void declare_profile_commands(Declared declared) {
  declare_profile(declared);
  declare_space(declared);
}

}  // namespace plenary::cli
