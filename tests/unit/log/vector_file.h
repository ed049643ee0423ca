// A vector file: compared with what the code makes of the same inputs, or, with PLENARY_UPDATE_VECTORS set in the
// environment, written anew.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace plenary {

inline std::string vector_path(const std::string& name) {
  return std::string(PLENARY_SOURCE_DIR "/tests/vectors/") + name;
}

inline nlohmann::ordered_json read_vectors(const std::string& name) {
  std::ifstream file(vector_path(name));
  return nlohmann::ordered_json::parse(file, nullptr, false);
}

inline bool updates_vectors() {
  return std::getenv("PLENARY_UPDATE_VECTORS") != nullptr;
}

inline void expect_vectors(const std::string& name, const nlohmann::ordered_json& made) {
  if (updates_vectors()) std::ofstream(vector_path(name)) << made.dump(1) << "\n";
  EXPECT_TRUE(read_vectors(name) == made)
      << name
      << ": the format changed: a new version of it, or PLENARY_UPDATE_VECTORS=1 before "
         "anybody uses it";
}

}  // namespace plenary
