// invite, join, invitations, void-invitation, admit: how people come in.
#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/people.h"
#include "clients/cli/qr.h"
#include "clients/cli/value_text.h"

namespace plenary::cli {
namespace {

constexpr std::size_t kLeastDigits = 4;

// A link tells whoever joins where the space meets.
void need_hub(Session& session) {
  const SpaceId space = session.space();
  for (const auto& summary : session.spaces())
    if (summary.space == space && summary.keeper && !summary.hub)
      give_up(ErrorCode::not_found, "Where does \"" + summary.name +
                                        "\" meet? The link has to say it. First: plenary space hub HOST:PORT KEY");
}

struct Inviting {
  std::string role, whom, again, png;
  bool qr = false;
};

std::string link_for(Session& session, const Inviting& inviting) {
  const Role role = role_named(session.schema(), inviting.role);
  if (inviting.again.empty() == inviting.whom.empty()) {
    give_up(ErrorCode::invalid_argument,
            "Say for whom the link is; or, for another tablet of somebody who is or was here: --again WHO");
  }
  need_hub(session);
  if (inviting.again.empty()) return need(session.replica().invite(session.space(), role, inviting.whom));
  const auto member = member_named(session, inviting.again, Among::everybody);
  return need(session.replica().invite_again(session.space(), role, member.person));
}

ExitCode invite(Session& session, const Inviting& inviting) {
  const std::string link = link_for(session, inviting);
  std::string text = link;
  Json value = {
      {"link", link}, {"role", inviting.role}, {"for", inviting.again.empty() ? inviting.whom : inviting.again}};
  if (!inviting.png.empty()) {
    write_file(inviting.png, qr_as_png(link));
    text +=
        "\nThe same as a picture to scan: " + inviting.png + ". Whoever sees it can use it once: delete it afterwards.";
    value["png"] = inviting.png;
  }
  session.say(text, value, inviting.qr ? qr_for_terminal(link, session.terminal().colour) : "");
  return ExitCode::done;
}

ExitCode join(Session& session, const std::string& link) {
  const SpaceId space = need(session.replica().join(link));
  session.remember_space(space);
  session.say(
      "You have joined. Now run: plenary sync\nYou can read at once; what you write counts as soon as the "
      "keeper's tablet has synced too.",
      {{"space", space.hex()}});
  return ExitCode::done;
}

ExitCode list_invitations(Session& session, bool links) {
  Table table({"For", "Role", "Invitation", "Used by"});
  Json list = Json::array();
  for (const auto& invitation : need(session.replica().invitations(session.space()))) {
    std::vector<std::string> users;
    Json claims = Json::array();
    for (const auto& claim : invitation.claims) {
      users.push_back(claim.name + " (" + short_key(claim.device) + ")" + (claim.odd.empty() ? "" : ": " + claim.odd));
      claims.push_back({{"name", claim.name}, {"device", claim.device.hex()}, {"odd", claim.odd}});
    }
    std::string last = users.empty() ? "nobody yet" : joined(users, "\n");
    if (links) last += "\n" + invitation.link.value_or("(the link is on the tablet that made it)");
    table.row({invitation.for_whom, name_of(session.schema(), invitation.role),
               invitation.invitation.hex().substr(0, 8), last});
    Json value = {{"invitation", invitation.invitation.hex()},
                  {"for", invitation.for_whom},
                  {"role", name_of(session.schema(), invitation.role)},
                  {"claims", claims}};
    if (links) value["link"] = invitation.link ? Json(*invitation.link) : Json();
    list.push_back(std::move(value));
  }
  session.table(table, "No invitation is open.", list);
  return ExitCode::done;
}

// The one open invitation that the beginning of its id, or of whom it is for, means.
replica::InvitationView invitation_named(Session& session, const std::string& typed) {
  std::vector<replica::InvitationView> found;
  for (auto& invitation : need(session.replica().invitations(session.space()))) {
    const bool key = typed.size() >= kLeastDigits && invitation.invitation.hex().starts_with(typed);
    if (key || invitation.for_whom.starts_with(typed)) found.push_back(std::move(invitation));
  }
  if (found.empty()) give_up(ErrorCode::not_found, "No open invitation is \"" + typed + "\". See: plenary invitations");
  if (found.size() > 1)
    give_up(ErrorCode::invalid_argument,
            "Several open invitations could be \"" + typed + "\". Say the digits that plenary invitations shows");
  return found.front();
}

ExitCode void_invitation(Session& session, const std::string& typed) {
  const auto invitation = invitation_named(session, typed);
  need(session.replica().void_invitation(session.space(), invitation.invitation));
  session.say("The invitation for \"" + invitation.for_whom + "\" is void. Hubs refuse it as soon as you have synced.",
              {{"invitation", invitation.invitation.hex()}, {"for", invitation.for_whom}});
  return ExitCode::done;
}

ExitCode admit(Session& session, const std::string& typed) {
  std::vector<replica::ClaimView> found;
  for (const auto& invitation : need(session.replica().invitations(session.space()))) {
    for (const auto& claim : invitation.claims) {
      const bool key = typed.size() >= kLeastDigits && claim.device.hex().starts_with(typed);
      if (key || claim.name == typed) found.push_back(claim);
    }
  }
  if (found.empty())
    give_up(ErrorCode::not_found, "Nobody who waits to be let in is \"" + typed + "\". See: plenary invitations");
  if (found.size() > 1)
    give_up(ErrorCode::invalid_argument, "Two tablets say \"" + typed +
                                             "\". Compare the digits of the key with the person's own tablet, then say "
                                             "these. See: plenary invitations");
  need(session.replica().admit(session.space(), found.front().device));
  session.say("Let in " + found.front().name + " with tablet " + short_key(found.front().device) +
                  ". The invitation is used up: nobody else comes in with it. Now: plenary sync",
              {{"name", found.front().name}, {"device", found.front().device.hex()}});
  return ExitCode::done;
}

}  // namespace

void declare_invitation_commands(Declared declared) {
  Action* action = &declared.action;
  auto inviting = std::make_shared<Inviting>();
  auto* invite_command = declared.app.add_subcommand("invite", "Make a link with which one person can join once");
  invite_command->add_option("role", inviting->role, "The role it gives, e.g. peer_reviewer")->required();
  invite_command->add_option("whom", inviting->whom, "For whom it is");
  invite_command->add_option("--again", inviting->again, "Another tablet of somebody who is or was here");
  invite_command->add_flag("--qr", inviting->qr, "Draw the link as a QR code");
  invite_command->add_option("--png", inviting->png, "Write the QR code as a picture");
  invite_command->callback([=] { *action = [=](Session& session) { return invite(session, *inviting); }; });
  auto typed = std::make_shared<std::string>();
  auto* join_command = declared.app.add_subcommand("join", "Join a space with a link");
  join_command->add_option("link", *typed, "The link you were given")->required();
  join_command->callback([=] { *action = [=](Session& session) { return join(session, *typed); }; });
  auto links = std::make_shared<bool>(false);
  auto* list = declared.app.add_subcommand("invitations", "Open invitations, and who used them");
  list->add_flag("--links", *links, "Show the links again");
  list->callback([=] { *action = [=](Session& session) { return list_invitations(session, *links); }; });
  auto* void_command = declared.app.add_subcommand("void-invitation", "Make an open invitation worthless");
  void_command->add_option("invitation", *typed, "For whom it was, or its digits in plenary invitations")->required();
  void_command->callback([=] { *action = [=](Session& session) { return void_invitation(session, *typed); }; });
  auto* admit_command = declared.app.add_subcommand("admit", "Let in somebody whose joining looked odd");
  admit_command->add_option("who", *typed, "The name, or the digits of the device's key")->required();
  admit_command->callback([=] { *action = [=](Session& session) { return admit(session, *typed); }; });
}

}  // namespace plenary::cli
