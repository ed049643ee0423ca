// sync: meets the hub of each space and ends when both hold the same.
#include <csignal>

#include "clients/cli/commands.h"
#include "clients/cli/value_text.h"
#include "clients/link/connection.h"

namespace plenary::cli {
namespace {

constexpr int kBarWidth = 24;

link::Connection* running = nullptr;
extern "C" void stop_running(int) {
  if (running != nullptr) running->cancel();
}

// A bar on a terminal's standard error, redrawn in place and removed at the end. What is not known is not guessed:
// the totals grow while both sides find out what is to be done.
class ProgressBar {
 public:
  explicit ProgressBar(Session& session) : session_(session) {}
  ~ProgressBar() {
    if (drawn_) session_.progress() << "\r\033[K" << std::flush;
  }

  void draw(const sync::Progress& progress) {
    if (!session_.terminal().progress || session_.json()) return;
    const std::uint64_t done = progress.bytes_sent + progress.bytes_received;
    const std::uint64_t all = std::max<std::uint64_t>(progress.bytes_to_send + progress.bytes_to_receive, 1);
    const int filled = static_cast<int>(std::min<std::uint64_t>(done * kBarWidth / all, kBarWidth));
    std::string bar = "\r\033[K[";
    for (int i = 0; i < kBarWidth; ++i) bar += i < filled ? "█" : "·";
    session_.progress() << bar << "] handed over " << progress.items_sent << " of " << progress.items_to_send
                        << ", received " << progress.items_received << " of " << progress.items_to_receive
                        << std::flush;
    drawn_ = true;
  }

 private:
  Session& session_;
  bool drawn_ = false;
};

struct Meeting {
  replica::HubAddress hub;
  std::vector<SpaceId> spaces;
};

// The hubs of the spaces to be synchronised: the chosen one, or all.
std::vector<Meeting> meetings(Session& session, bool all) {
  std::vector<Meeting> meetings;
  const SpaceId chosen = all ? SpaceId{} : session.space();
  for (const auto& space : session.spaces()) {
    if (!all && space.space != chosen) continue;
    if (!space.hub && all) continue;
    if (!space.hub)
      give_up(ErrorCode::not_found,
              "Where is the hub of \"" + space.name + "\"? Say it with: plenary space hub HOST:PORT KEY");
    const auto same = [&](const Meeting& meeting) { return meeting.hub == *space.hub; };
    auto found = std::find_if(meetings.begin(), meetings.end(), same);
    if (found == meetings.end()) found = meetings.insert(meetings.end(), {*space.hub, {}});
    found->spaces.push_back(space.space);
  }
  if (meetings.empty())
    give_up(ErrorCode::not_found,
            "No space of this profile has a hub yet. Say it with: plenary space hub HOST:PORT KEY");
  return meetings;
}

link::Summary meet(Session& session, const Meeting& meeting, bool stay, const std::string& token) {
  link::Options options;
  options.stay = stay ? link::Stay::for_live_push : link::Stay::until_up_to_date;
  options.token = token;
  options.program = "plenary " PLENARY_VERSION;
  options.spaces = meeting.spaces;
  ProgressBar bar(session);
  options.on_progress = [&](const sync::Progress& progress) { bar.draw(progress); };
  auto& replica = session.replica();
  link::Connection connection(replica.sync(), replica.transport_key(), session.environment(),
                              {meeting.hub.host, meeting.hub.port, meeting.hub.key}, std::move(options));
  running = &connection;
  const auto before = std::signal(SIGINT, stop_running);
  auto result = connection.run();
  std::signal(SIGINT, before);
  running = nullptr;
  return need(std::move(result));
}

std::string told(const link::Summary& summary) {
  std::string text = "Handed over " + counted(summary.progress.items_sent, "parcel", "parcels") + ", received " +
                     std::to_string(summary.progress.items_received) + ".";
  if (summary.progress.items_sent + summary.progress.items_received == 0) text = "Nothing new on either side.";
  return text;
}

ExitCode sync(Session& session, bool all, bool stay, const std::string& token) {
  std::string text;
  Json list = Json::array();
  std::string refusals;
  for (const auto& meeting : meetings(session, all)) {
    const auto summary = meet(session, meeting, stay, token);
    text += (text.empty() ? "" : "\n") + told(summary);
    Json refused = Json::array();
    for (const auto& event : summary.refused) {
      refused.push_back({{"space", event.space.hex()}, {"error", event.error.message}});
      refusals += (refusals.empty() ? "" : "\n") + event.error.message;
    }
    list.push_back({{"hub", meeting.hub.host + ":" + std::to_string(meeting.hub.port)},
                    {"up_to_date", summary.up_to_date},
                    {"items_sent", summary.progress.items_sent},
                    {"items_received", summary.progress.items_received},
                    {"bytes_sent", summary.progress.wire_bytes_out},
                    {"bytes_received", summary.progress.wire_bytes_in},
                    {"refused", refused}});
  }
  session.say(text, list);
  if (!refusals.empty()) give_up(ErrorCode::refused, refusals);
  if (all && !session.replica().damaged_spaces().empty()) give_up(session.replica().damaged_spaces().front().error);
  return ExitCode::done;
}

}  // namespace

void declare_sync_command(Declared declared) {
  struct Syncing {
    bool all = false, stay = false;
    std::string token;
  };
  auto syncing = std::make_shared<Syncing>();
  auto* command = declared.app.add_subcommand("sync", "Meet the hub: hand over what is here, receive what is new");
  command->add_flag("--all", syncing->all, "All spaces of this profile, not only the chosen one");
  command->add_flag("--stay", syncing->stay, "Stay connected and exchange at once whatever is new, until Ctrl-C");
  command->add_option("--token", syncing->token, "For founding spaces on a hub that asks for a token");
  command->callback([=, action = &declared.action] {
    *action = [=](Session& session) { return sync(session, syncing->all, syncing->stay, syncing->token); };
  });
}

}  // namespace plenary::cli
