// A folder in memory for simulated disks, gone at the end.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace plenary::simulation {

class Scratch {
 public:
  explicit Scratch(const std::string& name) : path_(base() / ("plenary-" + name + "-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  static std::filesystem::path base() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
  }
  std::filesystem::path path_;
};

}  // namespace plenary::simulation
