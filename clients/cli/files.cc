#include "clients/cli/files.h"

#include <filesystem>
#include <fstream>

#include "clients/cli/session.h"

namespace plenary::cli {
namespace {

constexpr std::uintmax_t kMaxFile = 1u << 30;

}  // namespace

// Reads pipes too (`<(…)`, /dev/stdin), whose size is not known before their end.
std::string read_text(const std::string& path, const std::string& what) {
  std::error_code wrong;
  if (std::filesystem::is_directory(path, wrong))
    give_up(ErrorCode::not_found, "\"" + path + "\" is a folder. Name the " + what + " itself");
  std::ifstream file(path, std::ios::binary);
  if (!file)
    give_up(ErrorCode::not_found, "The file " + path + " could not be read. Is it there, and may you read it?");
  std::string content;
  char part[1 << 16];
  while (file.read(part, sizeof part), file.gcount() > 0) {
    content.append(part, static_cast<std::size_t>(file.gcount()));
    if (content.size() > kMaxFile)
      give_up(ErrorCode::limit_exceeded, "The file " + path + " is larger than 1 GiB: it is no " + what);
  }
  if (file.bad()) give_up(ErrorCode::not_found, "The file " + path + " could not be read to its end");
  return content;
}

Bytes read_file(const std::string& path, const std::string& what) {
  return to_bytes(read_text(path, what));
}

void write_file(const std::string& path, const Bytes& bytes) {
  const std::string beside = path + ".part";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  std::error_code wrong;
  if (file) std::filesystem::rename(beside, path, wrong);
  if (file && !wrong) return;
  std::filesystem::remove(beside, wrong);
  give_up(ErrorCode::refused, "The file " + path + " could not be written. Is there room, and may you write there?");
}

}  // namespace plenary::cli
