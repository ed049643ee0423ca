// Failure: the environment under the database broke (disk full, damaged file, I/O error), or the database could not
// be had although its owner was sure of it. Caught only where whole jobs or sessions end; see style, "Errors".
#pragma once

#include <stdexcept>
#include <string>

struct sqlite3;

namespace plenary::sqlite {

class Failure : public std::runtime_error {
 public:
  enum class Kind : unsigned char {
    disk_full,   // no room, or the file reached the size that was allowed
    corrupt,     // the file is damaged or is no database
    busy,        // another connection holds the lock; only in databases that are shared
    constraint,  // a row breaks a rule of its table; usually our bug, so callers prefer ON CONFLICT
    other        // input/output error, no permission, out of memory
  };

  Failure(Kind kind, int code, const std::string& message) : std::runtime_error(message), kind_(kind), code_(code) {}

  Kind kind() const { return kind_; }
  // SQLite's extended result code, for logs.
  int code() const { return code_; }

 private:
  Kind kind_;
  int code_;
};

namespace internal {
// Throws the failure that SQLite's result code stands for. `doing` completes the sentence "Could not …".
[[noreturn]] void throw_failure(sqlite3* connection, int code, const std::string& doing);
Failure::Kind kind_of(int code);
}  // namespace internal

}  // namespace plenary::sqlite
