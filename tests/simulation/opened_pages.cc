#include "tests/simulation/opened_pages.h"

namespace plenary::simulation {
namespace {

constexpr std::size_t kPage = sqlite::kSealedPageSize, kLogHeader = 32, kFrameHeader = 24;

// SQLite's layout: pages one after the other; in the log each after a header of which the first 16 bytes name it.
void add_pages(ByteSpan bytes, bool is_log, seal::PageSeal& cipher, std::string& text) {
  const std::size_t header = is_log ? kFrameHeader : 0;
  std::size_t at = is_log ? kLogHeader : 0;
  std::array<std::byte, kPage> plain;
  for (std::uint64_t number = 1; at + header + kPage <= bytes.size(); ++number, at += header + kPage) {
    sqlite::PagePlace place{is_log ? sqlite::PageHome::log : sqlite::PageHome::database, number, {}};
    if (is_log) std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), place.frame.size(), place.frame.begin());
    const sqlite::PlainPage sealed(bytes.data() + at + header, kPage);
    if (cipher.open(place, sealed, plain)) text += as_text(ByteSpan(plain));
  }
}

}  // namespace

std::string opened_pages(const SimulatedDisk::Image& files, const seal::PageKey& key, Environment& environment) {
  std::string text;
  for (const auto& [name, content] : files) {
    const std::filesystem::path path(name);
    const bool is_log = name.ends_with("-wal");
    seal::PageSeal cipher(key, is_log ? path.stem().string() + ".plenary" : path.filename().string(), environment);
    add_pages(content, is_log, cipher, text);
  }
  return text;
}

}  // namespace plenary::simulation
