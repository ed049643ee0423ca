// A temporary folder, sealed databases in it, and the ways in which their files come to harm.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "core/crypto/random.h"
#include "core/seal/page_seal.h"
#include "core/sqlite/sealed_vfs.h"
#include "core/sqlite/statement.h"
#include "tests/support/temporary_folder.h"

namespace plenary::seal {

inline constexpr std::size_t kPage = sqlite::kSealedPageSize;
inline constexpr std::size_t kLogHeader = 32, kFrame = 24 + kPage;

class SeededEnvironment final : public Environment {
 public:
  explicit SeededEnvironment(std::uint64_t seed) : chance_(seed) { crypto::initialise(); }
  std::int64_t now_ms() override { return 0; }
  void random(std::span<std::byte> out) override {
    for (std::byte& byte : out) byte = static_cast<std::byte>(chance_());
  }

 private:
  std::mt19937_64 chance_;
};

inline PageKey page_key(int first_byte) {
  Bytes bytes(32, std::byte{1});
  bytes[0] = static_cast<std::byte>(first_byte);
  return *PageKey::from(bytes);
}

inline Bytes bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return to_bytes(text);
}

inline void write_bytes(const std::filesystem::path& path, ByteSpan bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

// SQL without parameters, in a transaction of its own.
inline void execute(sqlite::Database& database, const std::string& sql) {
  sqlite::Transaction transaction(database);
  transaction.execute(sqlite::GeneratedSql(sql));
  transaction.commit();
}

class SealedFolder : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_ / "notes.plenary"; }
  std::filesystem::path log() const { return folder_ / "notes.plenary-wal"; }

  std::unique_ptr<sqlite::Database> open(const std::filesystem::path& path, int cache_kib = 2048) {
    return open_with(vfs_, path, cache_kib);
  }
  static std::unique_ptr<sqlite::Database> open_with(const sqlite::SealedVfs& vfs, const std::filesystem::path& path,
                                                     int cache_kib = 2048) {
    sqlite::OpenOptions options;
    options.seal = &vfs;
    options.cache_kib = cache_kib;
    return sqlite::Database::open(path, options).value();
  }

  // Flips one bit.
  static void damage(const std::filesystem::path& path, std::size_t at) {
    Bytes bytes = bytes_of(path);
    bytes.at(at) ^= std::byte{0x10};
    write_bytes(path, bytes);
  }

  TemporaryFolder folder_;
  SeededEnvironment environment_{71};
  PageSeals seals_{page_key(1), environment_};
  sqlite::SealedVfs vfs_{seals_};
};

}  // namespace plenary::seal
