#include "core/base/file_mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "core/base/byte_codec.h"

namespace plenary {
namespace {

using Token = std::array<std::byte, 16>;

[[noreturn]] void throw_system(const char* doing, const std::filesystem::path& path) {
  throw std::filesystem::filesystem_error(doing, path, std::error_code(errno, std::system_category()));
}

class File {
 public:
  File(const std::filesystem::path& path, int flags) : handle_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (handle_ >= 0) ::close(handle_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int handle() const { return handle_; }

 private:
  int handle_;
};

// Not every file system knows when a file was made; there the time of its last renaming serves.
std::optional<Bytes> mark_of(int file) {
  struct statx about {};
  if (::statx(file, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME | STATX_CTIME, &about) != 0) return std::nullopt;
  Token token{};
  if (::pread(file, token.data(), token.size(), 0) < 0) return std::nullopt;
  const bool has_birth = (about.stx_mask & STATX_BTIME) != 0;
  const auto& time = has_birth ? about.stx_btime : about.stx_ctime;
  ByteWriter mark;
  mark.varint(about.stx_ino);
  mark.zigzag(time.tv_sec);
  mark.varint(time.tv_nsec);
  mark.raw(token);
  return std::move(mark).take();
}

}  // namespace

std::optional<Bytes> read_file_mark(const std::filesystem::path& path) {
  const File file(path, O_RDONLY);
  if (file.handle() < 0 && errno == ENOENT) return std::nullopt;
  auto mark = file.handle() < 0 ? std::nullopt : mark_of(file.handle());
  if (!mark) throw_system("cannot read the mark", path);
  return mark;
}

Bytes renew_file_mark(const std::filesystem::path& path, Environment& environment) {
  const std::filesystem::path unfinished = path.string() + ".new";
  Token token;
  environment.random(token);
  {
    const File file(unfinished, O_CREAT | O_TRUNC | O_RDWR);
    if (file.handle() < 0) throw_system("cannot make the mark", unfinished);
    if (::write(file.handle(), token.data(), token.size()) != static_cast<ssize_t>(token.size())) {
      throw_system("cannot write the mark", unfinished);
    }
  }
  std::filesystem::rename(unfinished, path);
  auto mark = read_file_mark(path);
  if (!mark) throw_system("cannot read the mark", path);
  return *std::move(mark);
}

}  // namespace plenary
