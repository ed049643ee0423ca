#include "clients/cli/session.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "clients/cli/kept_key.h"
#include "clients/cli/passphrase.h"
#include "core/review/schema.h"

namespace plenary::cli {
namespace {

constexpr const char* kChosenSpaceFile = "chosen-space";

std::filesystem::path default_profile() {
  if (const char* folder = std::getenv("PLENARY_PROFILE")) return folder;
  if (const char* home = std::getenv("HOME")) return std::filesystem::path(home) / ".plenary";
  return ".plenary";
}

std::string chosen_space(const std::filesystem::path& folder) {
  if (const char* space = std::getenv("PLENARY_SPACE")) return space;
  std::ifstream file(folder / kChosenSpaceFile);
  std::string text;
  std::getline(file, text);
  return text;
}

// Bytes that are no UTF-8 are written as U+FFFD: nobody's bytes keep an answer from being written.
std::string written(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

bool matches(const replica::SpaceSummary& space, const std::string& wanted) {
  return space.name == wanted || (wanted.size() >= 4 && space.space.hex().starts_with(wanted));
}

std::string names_of(const std::vector<replica::SpaceSummary>& spaces,
                     const std::vector<replica::DamagedSpace>& damaged) {
  std::vector<std::string> names;
  names.reserve(spaces.size() + damaged.size());
  for (const auto& space : spaces) names.push_back("\"" + space.name + "\"");
  for (const auto& space : damaged) names.push_back(space.digits.substr(0, 8) + " (damaged)");
  return joined(names, ", ");
}

// The digits of a space whose name cannot be read, as far as they were typed; or all of its id.
bool matches(const replica::DamagedSpace& space, const std::string& wanted) {
  return wanted.size() >= 4 && (space.digits.starts_with(wanted) || wanted.starts_with(space.digits));
}

}  // namespace

void give_up(ErrorCode code, std::string message) {
  give_up(Error{code, std::move(message)});
}
void give_up(const Error& error) {
  throw Failed{error, exit_code_of(error.code)};
}

Session::Session(Environment& environment, std::ostream& out, std::ostream& err, Terminal terminal)
    : environment_(environment), out_(out), err_(err), terminal_(terminal), folder_(default_profile()) {}

Session::~Session() = default;

const merge::Schema& Session::schema() const {
  return review::review_schema();
}

replica::Replica& Session::replica() {
  if (!replica_) {
    replica_ = need(replica::Replica::open(folder_, schema(), environment_, unlock()));
    for (const auto& space : replica_->damaged_spaces())
      warn("The space " + space.digits.substr(0, 8) + " is damaged and left out. See: plenary space list",
           {{"warning", "damaged space"}, {"space", space.digits}});
  }
  return *replica_;
}

void Session::create(const std::string& person) {
  need(replica::check_free(folder_));
  auto source = current_passphrase(passphrase_file_);
  source.question = "A passphrase for this profile";
  const auto unlock = replica::Unlock::with(ask_new_passphrase(source));
  replica_ = need(replica::Replica::create(folder_, person, schema(), environment_, unlock));
}

seal::Vault Session::vault() {
  auto vault = replica::read_vault(folder_);
  if (!vault && vault.error().code == ErrorCode::not_found)
    give_up(ErrorCode::not_found, "There is no profile in " + folder_.string() +
                                      ". Make one with: plenary profile create \"Your Name\", or name another "
                                      "folder with --profile.");
  return need(std::move(vault));
}

replica::Unlock Session::unlock() {
  const seal::VaultId id = vault().id();
  if (passphrase_file_.empty()) {
    if (const auto key = kept_key(id)) return replica::Unlock::with(*key);
  }
  return unlock_by_passphrase();
}

replica::Unlock Session::unlock_by_passphrase() {
  vault();
  return replica::Unlock::with(ask_passphrase(current_passphrase(passphrase_file_)));
}

void Session::use_profile(std::filesystem::path folder) {
  if (folder != folder_) replica_.reset();
  folder_ = std::move(folder);
}

std::vector<replica::SpaceSummary> Session::spaces() {
  auto spaces = replica().spaces();
  std::sort(spaces.begin(), spaces.end(), [](const auto& a, const auto& b) {
    return std::pair(a.name, a.space.hex()) < std::pair(b.name, b.space.hex());
  });
  return spaces;
}

SpaceId Session::space() {
  const auto spaces = this->spaces();
  const auto& damaged = replica().damaged_spaces();
  const std::string wanted = space_name_.empty() ? chosen_space(folder_) : space_name_;
  for (const auto& space : damaged)
    if (matches(space, wanted) || (spaces.empty() && damaged.size() == 1)) give_up(space.error);
  if (spaces.empty() && damaged.empty())
    give_up(
        ErrorCode::not_found,
        "This profile is in no space yet. Found one with: plenary space found, or join one with: plenary join LINK");
  if (wanted.empty() && spaces.size() == 1 && damaged.empty()) return spaces.front().space;
  const std::string names = names_of(spaces, damaged);
  if (wanted.empty())
    give_up(ErrorCode::invalid_argument, "Which space? This profile is in " + names +
                                             ". Say --space NAME, or choose one with: plenary space use NAME");
  std::vector<replica::SpaceSummary> found;
  for (const auto& space : spaces)
    if (matches(space, wanted)) found.push_back(space);
  if (found.empty()) give_up(ErrorCode::not_found, "There is no space \"" + wanted + "\" here. There are: " + names);
  if (found.size() > 1)
    give_up(ErrorCode::invalid_argument,
            "Several spaces are called \"" + wanted + "\". Say the first digits of the id: plenary space list");
  return found.front().space;
}

void Session::remember_space(const SpaceId& space) {
  std::ofstream file(folder_ / kChosenSpaceFile, std::ios::trunc);
  file << space.hex() << "\n";
  if (!file.flush()) give_up(ErrorCode::refused, "The choice could not be written to " + folder_.string());
}

replica::RecordId Session::id(const std::string& typed) {
  const SpaceId here = space();
  auto found = replica().find(here, typed);
  if (found || found.error().code != ErrorCode::not_found) return need(std::move(found));
  for (const auto& other : spaces())
    if (other.space != here && replica().find(other.space, typed))
      give_up(ErrorCode::not_found, found.error().message + " It is in \"" + other.name + "\": say --space \"" +
                                        other.name + "\", or choose it with: plenary space use \"" + other.name + "\"");
  give_up(found.error());
}

replica::RecordId Session::reference(const std::string& typed) {
  const SpaceId here = space();
  auto found = replica().find(here, typed);
  if (found) return *found;
  for (const auto& other : spaces()) {
    if (other.space == here) continue;
    if (const auto elsewhere = replica().find(other.space, typed)) return *elsewhere;
  }
  give_up(found.error());
}

void Session::say(const std::string& text, const Json& value, const std::string& drawing) {
  out_ << (json_ ? written(value, 2) : visible(text)) << "\n" << std::flush;
  if (!json_ && !drawing.empty()) out_ << drawing << "\n" << std::flush;
}

void Session::print(const std::string& text) {
  out_ << visible(text) << std::flush;
}

void Session::warn(const std::string& text, const Json& value) {
  err_ << (json_ ? written(value, -1) : "plenary: " + visible(text)) << "\n" << std::flush;
}

void Session::table(const Table& table, const std::string& when_empty, const Json& value) {
  if (json_ || table.empty()) return say(when_empty, value);
  out_ << table.render(terminal_.width) << std::flush;
}

}  // namespace plenary::cli
