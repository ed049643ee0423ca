#include "core/store/merged_tables.h"

#include <algorithm>
#include <set>

#include "core/base/byte_codec.h"
#include "core/store/damaged.h"

namespace plenary::store {
namespace {

using merge::Life;
using sqlite::quoted_identifier;

// What else belongs to a record, so that records with nothing else cost no look-up.
constexpr std::int64_t kHasConflicts = 1, kHasSetAside = 2, kHasRequest = 4;

Bytes encode_places(std::span<const StrandPlace> places) {
  ByteWriter writer;
  for (const StrandPlace& place : places) {
    writer.varint(place.strand);
    writer.varint(place.number);
  }
  return std::move(writer).take();
}

std::vector<StrandPlace> decode_places(ByteSpan bytes) {
  std::vector<StrandPlace> places;
  ByteReader reader(bytes);
  while (reader.ok() && !reader.at_end()) {
    const auto strand = static_cast<std::uint32_t>(reader.bounded(UINT32_MAX));
    places.push_back({strand, static_cast<std::uint32_t>(reader.bounded(UINT32_MAX))});
  }
  if (!reader.ok()) throw_damaged("a record's list of changes cannot be read.");
  return places;
}

bool is_shown(Life life) {
  return life == Life::live || life == Life::contested;
}

bool has_conflict(const merge::MergedRecord& merged) {
  return merged.life == Life::contested ||
         std::ranges::any_of(merged.fields, [](const auto& field) { return field.ask; });
}

bool has_set_aside(const merge::MergedRecord& merged) {
  return std::ranges::any_of(merged.effects,
                             [](const auto& effect) { return effect.verdict != merge::Verdict::effective; });
}

const char* reason_of(const merge::Effect& effect) {
  switch (effect.verdict) {
    case merge::Verdict::role:
      return "role";
    case merge::Verdict::unknown:
      return "unknown";
    case merge::Verdict::malformed:
      return "malformed";
    case merge::Verdict::effective:
    case merge::Verdict::quarantined:
      break;
  }
  switch (effect.quarantine) {
    case roster::Quarantine::removed:
      return "quarantined: removed";
    case roster::Quarantine::lost:
      return "quarantined: lost";
    case roster::Quarantine::fork:
      return "quarantined: fork";
    default:
      return "quarantined: not granted";
  }
}

// Did somebody ask for its erasure, and nobody decided?
bool has_request(const merge::View& view, const RecordToWrite& record) {
  if (record.merged.life == Life::erased) return false;
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    if (record.writes[i].operation->kind != log::OperationKind::hide) continue;
    if (record.merged.effects[i].verdict != merge::Verdict::effective) continue;
    if (!view.is_settled(record.writes[i])) return true;
  }
  return false;
}

// The first creation that counts; copies have several.
const merge::Write* creation(const merge::View& view, const RecordToWrite& record) {
  const merge::Write* first = nullptr;
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    const merge::Write& write = record.writes[i];
    if (write.operation->kind != log::OperationKind::create) continue;
    if (record.merged.effects[i].verdict != merge::Verdict::effective) continue;
    if (first == nullptr || write.time_ms < first->time_ms ||
        (write.time_ms == first->time_ms && view.causality().before_in_order(write.place, first->place))) {
      first = &write;
    }
  }
  return first;
}

}  // namespace

struct MergedTables::TypeTable {
  TypeTable(sqlite::Database& database, const merge::RecordType& record_type, bool is_searched)
      : type(record_type),
        insert(database, sqlite::GeneratedSql("INSERT" + insert_sql(record_type))),
        replace(database, sqlite::GeneratedSql("INSERT OR REPLACE" + insert_sql(record_type))),
        erase(database, sqlite::GeneratedSql("DELETE FROM " + quoted_identifier(record_type.name) + " WHERE row = ?")) {
    if (is_searched) leave_search.emplace(database, sqlite::GeneratedSql(leave_search_sql(record_type)));
  }

  static std::string insert_sql(const merge::RecordType& type) {
    std::string marks = "?, ?, ?, ?, ?";
    for (std::size_t i = 0; i < type.fields.size(); ++i) marks += ", ?";
    return " INTO " + quoted_identifier(type.name) + " VALUES (" + marks + ")";
  }
  static std::string leave_search_sql(const merge::RecordType& type) {
    std::string columns;
    for (const auto* field : searched_fields(type)) columns += ", " + quoted_identifier(column_of(*field));
    const std::string search = quoted_identifier(search_table_of(type));
    return "INSERT INTO " + search + " (" + search + ", rowid" + columns + ") SELECT 'delete', row" + columns +
           " FROM " + quoted_identifier(type.name) + " WHERE row = ?1 AND EXISTS (SELECT 1 FROM " +
           quoted_identifier(search_table_of(type) + "_docsize") + " WHERE id = ?1)";
  }

  const merge::RecordType& type;
  sqlite::Statement insert, replace, erase;
  std::optional<sqlite::Statement> leave_search;
};

MergedTables::MergedTables(sqlite::Database& database, const merge::Schema& schema, const EnumDirectory& enums,
                           Search search)
    : database_(database), schema_(schema), enums_(enums), search_(search) {}

MergedTables::~MergedTables() = default;

MergedTables::TypeTable* MergedTables::table(std::uint32_t type) {
  const auto found = tables_.find(type);
  if (found != tables_.end()) return found->second.get();
  const auto known = schema_.types.find(type);
  if (known == schema_.types.end()) return nullptr;
  const bool is_searched = search_ == Search::with && !searched_fields(known->second).empty();
  return tables_.emplace(type, std::make_unique<TypeTable>(database_, known->second, is_searched)).first->second.get();
}

std::optional<RecordState> MergedTables::load(RecordRow row) {
  auto rows = select_.query(row);
  if (!rows.next()) return std::nullopt;
  return RecordState{decode_places(rows.blob(0)), rows.id<RecordSum>(1), static_cast<Life>(rows.integer(2)),
                     rows.integer(3)};
}

void MergedTables::write(sqlite::Transaction& transaction, const merge::View& view, const RecordToWrite& record,
                         const RecordState* before) {
  const auto& merged = record.merged;
  const std::int64_t flags = (has_conflict(merged) ? kHasConflicts : 0) | (has_set_aside(merged) ? kHasSetAside : 0) |
                             (has_request(view, record) ? kHasRequest : 0);
  if (before != nullptr) {
    if (is_shown(before->life)) {
      if (TypeTable* old = table(record.name.type)) leave_search(transaction, record.row, *old);
      if (!is_shown(merged.life)) erase_shown(transaction, record.row, record.name.type);
    }
    if ((before->flags & kHasConflicts) != 0) delete_conflicts_.run(transaction, record.row);
    if ((before->flags & kHasSetAside) != 0) delete_set_aside_.run(transaction, record.row);
  }
  sqlite::Statement& insert = before == nullptr ? insert_ : replace_;
  insert.run(transaction, record.row, record.name.type, merged.life, flags, encode_places(record.places), record.sum);
  const bool is_there = before != nullptr && is_shown(before->life);
  if (is_shown(merged.life)) write_shown(transaction, view, record, is_there);
  if ((flags & kHasConflicts) != 0) write_conflicts(transaction, record);
  if ((flags & kHasSetAside) != 0) write_set_aside(transaction, view, record);
}

void MergedTables::write_shown(sqlite::Transaction& transaction, const merge::View& view, const RecordToWrite& record,
                               bool is_there) {
  TypeTable* const into = table(record.name.type);
  if (into == nullptr) return;  // a type of a newer version: its operations are set aside
  sqlite::Statement& insert = is_there ? into->replace : into->insert;
  insert.reset();
  insert.bind(1, record.row);
  insert.bind(2, record_text(record.name));
  insert.bind_borrowed(3, life_name(record.merged.life));
  const merge::Write* const created = creation(view, record);
  const PersonId* const person = created == nullptr ? nullptr : view.person(created->place);
  if (person != nullptr) insert.bind(4, person->hex());
  if (created != nullptr) insert.bind(5, created->time_ms);
  // Only fields that hold something: the others stay empty.
  auto field = into->type.fields.begin();
  int position = 6;
  for (const merge::MergedField& merged : record.merged.fields) {
    for (; field != into->type.fields.end() && field->first < merged.number; ++field) ++position;
    if (field == into->type.fields.end()) break;
    if (field->first == merged.number) bind_field(insert, position, field->second, record, merged);
  }
  insert.run_bound(transaction);
  search_may_lag_ |= into->leave_search.has_value();
}

void MergedTables::bind_field(sqlite::Statement& insert, int position, const merge::Field& field,
                              const RecordToWrite& record, const merge::MergedField& merged) {
  if (field.policy == merge::Policy::text) {
    if (merged.text) insert.bind_borrowed(position, std::string_view(merged.text->placed.shown));
    return;
  }
  const auto value = [&](merge::WriteIndex index) -> const std::string* {
    const bool is_here = record.merged.payloads[index] == merge::Payload::here;
    const auto& stored = record.writes[index].operation->value;
    return is_here && stored ? &*stored : nullptr;
  };
  const EnumNames& names = enums_.of(field);
  if (field.policy == merge::Policy::set_union || field.policy == merge::Policy::append) {
    std::string json;
    std::set<std::string_view> said;
    for (const merge::WriteIndex index : merged.shown) {
      const std::string* const bytes = value(index);
      if (bytes == nullptr) continue;
      if (field.policy == merge::Policy::set_union && !said.insert(*bytes).second) continue;
      json += json.empty() ? "[" : ",";
      append_json(field, names, *bytes, json);
    }
    if (!json.empty()) insert.bind(position, json + "]");
    return;
  }
  if (merged.shown.empty()) return;
  const std::string* const bytes = value(merged.shown.front());
  if (bytes == nullptr) return;
  if (field.kind == merge::ValueKind::text) {
    insert.bind_borrowed(position, *bytes);
    return;
  }
  std::visit(
      [&](const auto& column) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(column)>, std::monostate>) {
          insert.bind(position, column);
        }
      },
      column_value(field, names, *bytes));
}

void MergedTables::erase_shown(sqlite::Transaction& transaction, RecordRow row, std::uint32_t type) {
  if (TypeTable* const from = table(type)) from->erase.run(transaction, row);
}

void MergedTables::leave_search(sqlite::Transaction& transaction, RecordRow row, TypeTable& from) {
  if (from.leave_search) from.leave_search->run(transaction, row);
}

void MergedTables::catch_up_search() {
  if (!search_may_lag_) return;
  sqlite::Transaction transaction(database_);
  for (const auto& [number, type] : schema_.types) {
    if (!searched_fields(type).empty()) take_into_search(transaction, type);
  }
  transaction.commit();
  search_may_lag_ = false;
}

void MergedTables::scrub_search(sqlite::Transaction& transaction, std::uint32_t type) {
  const auto known = schema_.types.find(type);
  if (search_ == Search::without || known == schema_.types.end() || searched_fields(known->second).empty()) return;
  const std::string search = quoted_identifier(search_table_of(known->second));
  transaction.execute(sqlite::GeneratedSql("INSERT INTO " + search + " (" + search + ") VALUES ('optimize')"));
}

void MergedTables::take_into_search(sqlite::Transaction& transaction, const merge::RecordType& type) {
  std::string columns;
  for (const merge::Field* field : searched_fields(type)) columns += ", " + quoted_identifier(column_of(*field));
  const std::string search = search_table_of(type);
  // The search table's own list of what it holds says what it lacks.
  transaction.execute(sqlite::GeneratedSql("INSERT INTO " + quoted_identifier(search) + " (rowid" + columns +
                                           ") SELECT row" + columns + " FROM " + quoted_identifier(type.name) +
                                           " WHERE row NOT IN (SELECT id FROM " +
                                           quoted_identifier(search + "_docsize") + ")"));
}

void MergedTables::write_conflicts(sqlite::Transaction& transaction, const RecordToWrite& record) {
  if (record.merged.life == Life::contested) insert_conflict_.run(transaction, record.row, 0, "");
  const auto type = schema_.types.find(record.name.type);
  for (const auto& field : record.merged.fields) {
    if (!field.ask || type == schema_.types.end()) continue;
    insert_conflict_.run(transaction, record.row, field.number, type->second.fields.at(field.number).name);
  }
}

void MergedTables::write_set_aside(sqlite::Transaction& transaction, const merge::View& view,
                                   const RecordToWrite& record) {
  for (std::size_t i = 0; i < record.writes.size(); ++i) {
    const merge::Effect& effect = record.merged.effects[i];
    if (effect.verdict == merge::Verdict::effective) continue;
    const merge::Write& write = record.writes[i];
    insert_set_aside_.run(transaction, record.row, change_text(view.causality().name_of(write.place)), write.index,
                          reason_of(effect));
  }
}

TableCounts MergedTables::counts() {
  sqlite::Statement count(database_,
                          "SELECT (SELECT count(*) FROM plenary_record WHERE life IN (2, 3)),"
                          " (SELECT count(*) FROM plenary_conflict),"
                          " (SELECT count(*) FROM plenary_record WHERE life = 1),"
                          " (SELECT count(DISTINCT change) FROM plenary_set_aside WHERE reason LIKE 'quarantined%')");
  auto rows = count.query();
  rows.next();
  const auto number = [&](int column) { return static_cast<std::size_t>(rows.integer(column)); };
  return {number(0), number(1), number(2), number(3)};
}

}  // namespace plenary::store
