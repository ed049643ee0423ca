// RecordRows: the number under which a record stands in this file's tables.
//
// A record created by change n of a log has a number made from its type, the log's first strand, n and the operation,
// so that nothing has to be looked up and a log's records stand together. Other records (copies with an origin tag,
// records on a second branch of a forked log) have negative numbers, listed in plenary_alias. Numbers mean nothing
// outside this file.
#pragma once

#include "core/store/log_table.h"

namespace plenary::store {

using RecordRow = std::int64_t;

class RecordRows {
 public:
  static void create(sqlite::Transaction& transaction);

  // `log_table` outlives it.
  RecordRows(sqlite::Database& database, const LogTable& log_table);

  // `name` is canonical.
  RecordRow find_or_add(sqlite::Transaction& transaction, const log::RecordName& name);
  std::optional<RecordRow> find(const log::RecordName& name);
  log::RecordName name(RecordRow row);

 private:
  std::optional<RecordRow> direct(const log::RecordName& name) const;

  const LogTable& log_table_;
  sqlite::Statement select_row_;
  sqlite::Statement select_name_;
  sqlite::Statement insert_;
};

Bytes encode_record_name(const log::RecordName& name);
Result<log::RecordName> decode_record_name(ByteSpan bytes);

}  // namespace plenary::store
