#include "core/base/durable_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace plenary {
namespace {

[[noreturn]] void throw_io(const char* doing, const std::filesystem::path& path) {
  throw std::filesystem::filesystem_error(doing, path, std::error_code(errno, std::generic_category()));
}

class Descriptor {
 public:
  Descriptor(const std::filesystem::path& path, int flags, mode_t mode)
      : path_(path), file_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
    if (file_ < 0) throw_io("cannot open", path_);
  }
  ~Descriptor() { ::close(file_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void write(ByteSpan bytes) const {
    while (!bytes.empty()) {
      const auto written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_io("cannot write", path_);
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
  }
  bool sync() const { return ::fsync(file_) == 0; }

 private:
  std::filesystem::path path_;
  int file_;
};

void write_synced(const std::filesystem::path& path, ByteSpan bytes, mode_t mode) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  file.write(bytes);
  if (!file.sync()) throw_io("cannot write", path);
}

}  // namespace

void write_durably(const std::filesystem::path& path, ByteSpan bytes, mode_t mode) {
  std::filesystem::path beside = path;
  beside += ".part";
  try {
    write_synced(beside, bytes, mode);
    std::filesystem::rename(beside, path);
  } catch (...) {
    ::unlink(beside.c_str());
    throw;
  }
  // Some file systems of sticks cannot sync a folder, and say EINVAL: there is nothing more to be done then.
  const auto folder = path.parent_path();
  const Descriptor names(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY, 0);
  if (!names.sync() && errno != EINVAL) throw_io("cannot write", folder);
}

}  // namespace plenary
