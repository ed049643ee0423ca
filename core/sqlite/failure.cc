#include "core/sqlite/failure.h"

#include <sqlite3.h>

namespace plenary::sqlite::internal {

Failure::Kind kind_of(int code) {
  // Where SealedVfs or CheckedVfs found something altered: in a page, in a log.
  if (code == SQLITE_IOERR_DATA || code == SQLITE_IOERR_CORRUPTFS) return Failure::Kind::corrupt;
  switch (code & 0xff) {
    case SQLITE_FULL:
      return Failure::Kind::disk_full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Failure::Kind::corrupt;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Failure::Kind::busy;
    case SQLITE_CONSTRAINT:
      return Failure::Kind::constraint;
    default:
      return Failure::Kind::other;
  }
}

namespace {

// What SealedVfs or CheckedVfs found, as a sentence; empty: it is not that.
std::string damage_of(int code, const std::string& file) {
  if (code == SQLITE_IOERR_DATA) {
    return "A page of " + file + " was altered, or comes from another file. Nothing of it is shown.";
  }
  if (code == SQLITE_IOERR_CORRUPTFS) {
    return file +
           "-wal was altered. A program that was ended before its time left it behind, and what does not hold in it "
           "had been confirmed. Nothing of it is shown, and nothing was changed.";
  }
  return {};
}

}  // namespace

void throw_failure(sqlite3* connection, int code, const std::string& doing) {
  const int extended = connection != nullptr ? sqlite3_extended_errcode(connection) : code;
  const char* file = connection != nullptr ? sqlite3_db_filename(connection, "main") : nullptr;
  const std::string damage = damage_of(extended, file != nullptr ? file : "the file");
  if (!damage.empty()) throw Failure(Failure::Kind::corrupt, extended, damage);
  std::string message = "Could not " + doing;
  if (file != nullptr && *file != '\0') message += std::string(" in ") + file;
  message += ": ";
  message += sqlite3_errstr(code);
  // Constraint messages name tables and columns, never values.
  const std::string detail =
      connection != nullptr && sqlite3_errcode(connection) == code ? sqlite3_errmsg(connection) : "";
  if (!detail.empty() && detail != sqlite3_errstr(code)) message += " (" + detail + ")";
  message += kind_of(code) == Failure::Kind::disk_full ? ". Make room on the disk and try again." : ".";
  throw Failure(kind_of(code), extended, message);
}

}  // namespace plenary::sqlite::internal
