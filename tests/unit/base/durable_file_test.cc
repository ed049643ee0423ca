#include "core/base/durable_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/temporary_folder.h"

namespace plenary {
namespace {

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class DurableFileTest : public ::testing::Test {
 protected:
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
  }

  TemporaryFolder folder_;
};

TEST_F(DurableFileTest, ReplacesTheWholeFileAndLeavesNothingBeside) {
  const auto path = folder_ / "day-end.plenary";
  write_durably(path, as_bytes("a long first version"), 0600);
  write_durably(path, as_bytes("the second"), 0600);

  EXPECT_EQ(content_of(path), "the second");
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(files(), 1u);
}

TEST_F(DurableFileTest, WhatAnEndedProgramLeftBesideIsReplaced) {
  const auto path = folder_ / "day-end.plenary";
  std::ofstream(folder_ / "day-end.plenary.part") << "half of something that is longer than what comes now";

  write_durably(path, as_bytes("whole"), 0600);

  EXPECT_EQ(content_of(path), "whole");
  EXPECT_EQ(files(), 1u);
}

TEST_F(DurableFileTest, WhereItCannotBeWrittenNothingIsLeft) {
  const auto folder = folder_ / "a folder";
  std::filesystem::create_directories(folder / "with something in it");

  EXPECT_THROW(write_durably(folder, as_bytes("words"), 0600), std::filesystem::filesystem_error);
  EXPECT_THROW(write_durably(folder_ / "nowhere" / "file", as_bytes("words"), 0600), std::filesystem::filesystem_error);

  EXPECT_EQ(files(), 1u);
  EXPECT_TRUE(std::filesystem::exists(folder / "with something in it"));
}

}  // namespace
}  // namespace plenary
