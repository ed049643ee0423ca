// What happened in a simulated run, line by line, and one number that tells whether two runs were the same.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

namespace plenary::simulation {

class Trace {
 public:
  // Keeps the last `kept` lines for the report of a failure; every line enters the hash.
  explicit Trace(std::size_t kept) : kept_(kept) {}

  void add(std::string line) {
    for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash_ = (hash_ ^ '\n') * 0x100000001b3;
    if (kept_ == 0) return;
    lines_.push_back(std::move(line));
    if (lines_.size() > kept_) lines_.pop_front();
  }
  std::uint64_t hash() const { return hash_; }
  std::string text() const {
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    return text;
  }

 private:
  std::size_t kept_;
  std::uint64_t hash_ = 0xcbf29ce484222325;  // FNV-1a
  std::deque<std::string> lines_;
};

}  // namespace plenary::simulation
