// Opening the spaces of a profile: each for itself, so that damage to one file harms one space.
#include <algorithm>

#include "core/replica/replica_facade.h"
#include "core/sqlite/failure.h"

namespace plenary::replica {
namespace {

// SQLite takes a database without a byte for a new one, and deletes the log beside it.
bool was_emptied(const std::filesystem::path& path) {
  const std::filesystem::path log = path.string() + "-wal";
  return std::filesystem::file_size(path) == 0 && std::filesystem::exists(log) && std::filesystem::file_size(log) > 0;
}

}  // namespace

Result<void> ReplicaFacade::open_spaces() {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(profile_->spaces_folder())) {
    if (entry.path().extension() == ".plenary") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const auto& path : paths) {
    if (auto opened = open_space(path); !opened) return opened;
  }
  return {};
}

// Opening one space is a job of its own: what is wrong with its file ends here. A file that cannot be opened for
// another reason than damage (a newer version's, a disk that fails) ends the opening.
Result<void> ReplicaFacade::open_space(const std::filesystem::path& path) {
  try {
    if (was_emptied(path)) {
      keep_as_damaged(path, "There is not a byte in it, but a log beside it.");
      return {};
    }
    auto space = Space::open(context_, path);
    if (space) {
      const SpaceId id = (*space)->id();
      spaces_.emplace(id, *std::move(space));
    } else if (space.error().code == ErrorCode::not_found) {
      // A program that ended while it made the file: nothing of the space was ever confirmed.
      if (std::filesystem::exists(path)) std::filesystem::rename(path, path.string() + ".incomplete");
    } else if (space.error().code == ErrorCode::malformed) {
      keep_as_damaged(path, space.error().message);
    } else {
      return tl::make_unexpected(space.error());
    }
  } catch (const sqlite::Failure& failure) {
    if (failure.kind() != sqlite::Failure::Kind::corrupt) throw;
    keep_as_damaged(path, failure.what());
  }
  return {};
}

void ReplicaFacade::keep_as_damaged(const std::filesystem::path& path, const std::string& what) {
  const std::string message =
      "The space in " + path.string() + " is damaged. " + what +
      " Your other spaces can be used. Put a backup of the profile's folder back. Without one, move the files of this "
      "space (their names begin alike) elsewhere and have its keeper invite you again: what was handed over comes back "
      "from the hub and from colleagues.";
  damaged_.push_back({path.stem().string(), path, {ErrorCode::malformed, message}});
}

Result<void> ReplicaFacade::check_undamaged(const SpaceId& id) const {
  const auto found = std::ranges::find(damaged_, profile_->space_path(id), &DamagedSpace::file);
  if (found != damaged_.end()) return tl::make_unexpected(found->error);
  return {};
}

Result<Space*> ReplicaFacade::space(const SpaceId& id) {
  if (const auto found = spaces_.find(id); found != spaces_.end()) return found->second.get();
  if (const auto whole = check_undamaged(id); !whole) return tl::make_unexpected(whole.error());
  return fail(ErrorCode::not_found, "This profile does not belong to that space.");
}

}  // namespace plenary::replica
