#include "tests/support/simulated_file.h"

#include <algorithm>
#include <set>

namespace plenary::simulation {

void SimulatedFile::set_content(Bytes content) {
  content_ = std::move(content);
  unsynced_.clear();
}

std::size_t SimulatedFile::read(std::span<std::byte> out, std::size_t offset) const {
  if (offset >= content_.size()) return 0;
  const std::size_t size = std::min(out.size(), content_.size() - offset);
  std::copy_n(content_.begin() + static_cast<std::ptrdiff_t>(offset), size, out.begin());
  return size;
}

void SimulatedFile::write(ByteSpan bytes, std::size_t offset) {
  Replaced change;
  change.offset = offset;
  change.length = bytes.size();
  change.old_size = content_.size();
  if (offset < content_.size()) {
    const auto begin = content_.begin() + static_cast<std::ptrdiff_t>(offset);
    change.before.assign(begin, begin + static_cast<std::ptrdiff_t>(std::min(bytes.size(), content_.size() - offset)));
  }
  if (content_.size() < offset + bytes.size()) content_.resize(offset + bytes.size());
  std::copy(bytes.begin(), bytes.end(), content_.begin() + static_cast<std::ptrdiff_t>(offset));
  unsynced_.push_back(std::move(change));
}

void SimulatedFile::truncate(std::size_t size) {
  if (size >= content_.size()) return;
  Replaced change;
  change.offset = size;
  change.before.assign(content_.begin() + static_cast<std::ptrdiff_t>(size), content_.end());
  change.old_size = content_.size();
  content_.resize(size);
  unsynced_.push_back(std::move(change));
}

void SimulatedFile::take_back_sector(const Replaced& change, std::size_t sector) {
  const std::size_t begin = std::max(sector * kSectorSize, change.offset);
  const std::size_t end = std::min({(sector + 1) * kSectorSize, change.offset + change.length, content_.size()});
  for (std::size_t at = begin; at < end; ++at) {
    const std::size_t index = at - change.offset;
    content_[at] = index < change.before.size() ? change.before[index] : std::byte{0};
  }
}

// Goes back through the changes. A sector of which one version is kept keeps it: what was written to it before is
// older. A truncation that is taken back brings its bytes back only if nothing later was kept.
void SimulatedFile::lose_power(std::mt19937_64& chance) {
  const auto mode = chance() % 4;  // 0: all is lost, 1: all is kept, else any sectors
  std::set<std::size_t> kept;
  bool anything_kept = false;
  for (auto change = unsynced_.rbegin(); change != unsynced_.rend() && mode != 1; ++change) {
    if (change->length == 0) {
      const bool undo = !anything_kept && (mode == 0 || chance() % 2 == 0);
      if (!undo) {
        anything_kept = true;
        continue;
      }
      content_.resize(change->offset);
      content_.insert(content_.end(), change->before.begin(), change->before.end());
      continue;
    }
    const std::size_t last = (change->offset + change->length - 1) / kSectorSize;
    bool extension_kept = false;
    for (std::size_t sector = change->offset / kSectorSize; sector <= last; ++sector) {
      if (!kept.contains(sector) && (mode == 0 || chance() % 2 == 0)) {
        take_back_sector(*change, sector);
      } else {
        kept.insert(sector);
        anything_kept = true;
        extension_kept |= (sector + 1) * kSectorSize > change->old_size;
      }
    }
    // The file's length is written apart from its contents: it may have grown although nothing arrived there.
    const bool grew = change->offset + change->length > change->old_size;
    if (grew && !extension_kept && content_.size() == change->offset + change->length &&
        (mode == 0 || chance() % 2 == 0)) {
      content_.resize(change->old_size);
    }
  }
  unsynced_.clear();
  memory = {};
  shared = 0;
  reserved = exclusive = nullptr;
}

}  // namespace plenary::simulation
