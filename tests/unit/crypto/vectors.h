// Reads a published vector file, and turns its hexadecimal texts into values.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/bytes.h"

namespace plenary::crypto {

inline nlohmann::json read_vectors(const std::string& path) {
  std::ifstream file(PLENARY_SOURCE_DIR "/tests/vectors/" + path);
  return nlohmann::json::parse(file);
}

inline Bytes hex_of(const nlohmann::json& object, const std::string& key) {
  return from_hex(object.value(key, std::string())).value();
}

}  // namespace plenary::crypto
