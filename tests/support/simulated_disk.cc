#include "tests/support/simulated_disk.h"

#include <algorithm>
#include <fstream>

#include "core/base/check.h"

namespace plenary::simulation {

void register_simulated_vfs();  // simulated_vfs.cc

namespace {

std::map<std::filesystem::path, SimulatedDisk*>& disks() {
  static std::map<std::filesystem::path, SimulatedDisk*> all;
  return all;
}

bool fits(Fault fault, SimulatedDisk::Operation operation, std::size_t growth) {
  if (fault == Fault::short_read) return operation == SimulatedDisk::Operation::read;
  if (fault == Fault::disk_full) return operation == SimulatedDisk::Operation::write && growth > 0;
  return true;
}

}  // namespace

SimulatedDisk::SimulatedDisk(std::filesystem::path folder, std::uint64_t seed)
    : folder_(std::move(folder)), chance_(seed) {
  register_simulated_vfs();
  std::filesystem::create_directories(folder_);
  CHECK(disks().emplace(folder_, this).second);
}

SimulatedDisk::~SimulatedDisk() {
  disks().erase(folder_);
}

SimulatedDisk* SimulatedDisk::of(const std::filesystem::path& path) {
  for (auto folder = path.parent_path();; folder = folder.parent_path()) {
    const auto found = disks().find(folder);
    if (found != disks().end()) return found->second;
    if (folder == folder.parent_path()) return nullptr;
  }
}

std::string SimulatedDisk::name_of(const std::filesystem::path& path) const {
  return path.string().substr(folder_.string().size() + 1);
}

void SimulatedDisk::stand_in(const std::string& name) const {
  std::filesystem::create_directories((folder_ / name).parent_path());
  std::ofstream(folder_ / name, std::ios::app);
}

// ---- faults

void SimulatedDisk::fail_in(std::uint64_t count, Fault fault) {
  CHECK(count > 0);
  fault_ = Planned{operations_ + count, fault};
}

SimulatedDisk::Outcome SimulatedDisk::begin(Operation operation, std::size_t size, std::size_t growth) {
  Outcome outcome;
  if (power_is_cut_) {
    outcome.fault = Fault::power_cut;
    return outcome;
  }
  ++operations_;
  const bool no_room = operation == Operation::write && growth > 0 && room_ && this->size() + growth > *room_;
  if (no_room) outcome.fault = Fault::disk_full;
  if (fault_ && operations_ >= fault_->at && fits(fault_->fault, operation, growth)) {
    outcome.fault = fault_->fault;
    fault_.reset();
  }
  if (!outcome.fault) return outcome;
  power_is_cut_ |= *outcome.fault == Fault::power_cut;
  const bool arrives_in_part = size > 0 && chance_() % 2 == 0;
  if (arrives_in_part) outcome.part = chance_() % size / kSectorSize * kSectorSize;
  return outcome;
}

void SimulatedDisk::power_back() {
  for (const auto& [name, file] : removed_) {
    if (chance_() % 2 == 0 || files_.contains(name)) continue;
    files_.emplace(name, file);
    stand_in(name);
  }
  for (const auto& [name, file] : files_) file->lose_power(chance_);
  for (const std::string& name : made_) {
    const auto made = files_.find(name);
    if (made == files_.end() || chance_() % 2 == 0) continue;
    std::filesystem::remove(folder_ / name);
    files_.erase(made);
  }
  made_.clear();
  removed_.clear();
  open_until_the_disk_ends_.clear();
  power_is_cut_ = false;
  fault_.reset();
}

std::size_t SimulatedDisk::size() const {
  std::size_t total = 0;
  for (const auto& [name, file] : files_) total += file->content().size();
  return total;
}

// ---- copies

SimulatedDisk::Image SimulatedDisk::image() const {
  Image image;
  for (const auto& [name, file] : files_) image.emplace(name, file->content());
  return image;
}

void SimulatedDisk::restore(const Image& image, const std::string& below) {
  const auto is_below = [&](const std::string& name) { return name.starts_with(below); };
  std::erase_if(files_, [&](const auto& entry) {
    if (is_below(entry.first)) std::filesystem::remove(folder_ / entry.first);
    return is_below(entry.first);
  });
  synced();
  for (const auto& [name, content] : image) {
    if (!is_below(name)) continue;
    auto& file = files_[name] = std::make_shared<SimulatedFile>();
    file->set_content(content);
    stand_in(name);
  }
}

bool SimulatedDisk::contains(std::string_view words) const {
  return std::ranges::any_of(files_, [&](const auto& entry) {
    return as_text(ByteSpan(entry.second->content())).find(words) != std::string_view::npos;
  });
}

// ---- for the VFS

SimulatedFile* SimulatedDisk::find(const std::filesystem::path& path) {
  const auto found = files_.find(name_of(path));
  if (found == files_.end()) return nullptr;
  if (std::filesystem::exists(path)) return found->second.get();
  // Its stand-in was renamed or deleted by the program.
  files_.erase(found);
  return nullptr;
}

SimulatedFile& SimulatedDisk::make(const std::filesystem::path& path) {
  const std::string name = name_of(path);
  stand_in(name);
  made_.insert(name);
  return *(files_[name] = std::make_shared<SimulatedFile>());
}

void SimulatedDisk::remove(const std::filesystem::path& path) {
  const std::string name = name_of(path);
  const auto found = files_.find(name);
  if (found == files_.end()) return;
  if (made_.erase(name) == 0) removed_.emplace(name, found->second);
  open_until_the_disk_ends_.push_back(found->second);
  files_.erase(found);
  std::filesystem::remove(path);
}

void SimulatedDisk::synced() {
  made_.clear();
  removed_.clear();
}

}  // namespace plenary::simulation
