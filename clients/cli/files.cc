#include "clients/cli/files.h"

#include <filesystem>
#include <fstream>

#include "clients/cli/session.h"
#include "core/base/durable_file.h"

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
  try {
    write_durably(path, bytes, 0666);
  } catch (const std::filesystem::filesystem_error&) {
    give_up(ErrorCode::refused, "The file " + path + " could not be written. Is there room, and may you write there?");
  }
}

}  // namespace plenary::cli
