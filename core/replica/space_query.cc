#include "core/replica/space_query.h"

#include <algorithm>

#include "core/base/words.h"
#include "core/replica/value_codec.h"

namespace plenary::replica {
namespace {

using sqlite::quoted_identifier;

bool is_json_list(const merge::Field& field) {
  return field.policy == merge::Policy::set_union || field.policy == merge::Policy::append;
}

struct Conditions {
  std::string sql;
  std::vector<store::ColumnValue> values;
};

Result<Conditions> conditions(Space& space, const merge::RecordType& type, const Query& query) {
  Conditions all;
  for (const auto& [name, value] : query.where) {
    const merge::Field* field = type.field_named(name);
    if (field == nullptr)
      return fail(ErrorCode::invalid_argument,
                  "There is no field \"" + name + "\" in " + with_article(in_words(type.name)) + ".");
    const auto bytes = encode_value(*field, space.store().enums().of(*field), value,
                                    [&](const std::string& id) { return space.find_reference(id); });
    if (!bytes) return tl::make_unexpected(bytes.error());
    const std::string column = quoted_identifier(store::column_of(*field));
    all.sql += all.sql.empty() ? " WHERE " : " AND ";
    all.sql +=
        is_json_list(*field) ? "EXISTS (SELECT 1 FROM json_each(" + column + ") WHERE value = ?)" : column + " = ?";
    all.values.push_back(store::column_value(*field, space.store().enums().of(*field), *bytes));
  }
  return all;
}

void bind_all(sqlite::Statement& statement, const std::vector<store::ColumnValue>& values) {
  statement.reset();
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::visit(
        [&](const auto& value) {
          if constexpr (std::is_same_v<std::decay_t<decltype(value)>, std::monostate>) {
            statement.bind(static_cast<int>(i) + 1, nullptr);
          } else {
            statement.bind(static_cast<int>(i) + 1, value);
          }
        },
        values[i]);
  }
}

// Every word as a quoted string, so that nothing a person types is an operator; the last may be the beginning of one.
std::string match_of(const std::string& words) {
  std::string match;
  std::string word;
  const auto end_word = [&] {
    if (word.empty()) return;
    match += (match.empty() ? "\"" : " \"") + word + "\"";
    word.clear();
  };
  for (const char c : words) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '"') {
      end_word();
    } else {
      word += c;
    }
  }
  end_word();
  return match.empty() ? match : match + "*";
}

}  // namespace

Result<std::vector<RecordView>> list_records(Space& space, const Query& query) {
  auto& store = space.store();
  const auto* type = store.schema().type_named(query.type);
  if (type == nullptr) {
    return fail(ErrorCode::invalid_argument, "There is no kind of record called \"" + query.type + "\".");
  }
  const auto where = conditions(space, *type, query);
  if (!where) return tl::make_unexpected(where.error());
  std::string order = "created_at, row";
  if (!query.order_by.empty()) {
    const merge::Field* field = type->field_named(query.order_by);
    if (field == nullptr) {
      return fail(ErrorCode::invalid_argument,
                  "There is no field \"" + query.order_by + "\" in " + with_article(in_words(type->name)) + ".");
    }
    order = quoted_identifier(store::column_of(*field)) + ", " + order;
  }
  std::vector<store::RecordRow> found;
  {
    sqlite::Statement select(store.database(), sqlite::GeneratedSql("SELECT row FROM " + quoted_identifier(type->name) +
                                                                    where->sql + " ORDER BY " + order));
    bind_all(select, where->values);
    for (auto rows = select.query_bound(); rows.next();) found.push_back(rows.integer(0));
  }
  if (query.include_deleted && query.where.empty()) {
    sqlite::Statement select(store.database(),
                             "SELECT row FROM plenary_record WHERE type = ? AND life IN (4, 5) ORDER BY row");
    for (auto rows = select.query(type->number); rows.next();) found.push_back(rows.integer(0));
  }
  if (query.limit > 0 && found.size() > query.limit) found.resize(query.limit);
  std::vector<RecordView> views;
  views.reserve(found.size());
  RecordReader reader(space);
  for (const store::RecordRow row : found) {
    if (const auto record = store.load(store.rows().name(row))) views.push_back(reader.view(*record));
  }
  return views;
}

Result<std::vector<SearchHit>> search_records(Space& space, const std::string& words, std::size_t limit) {
  auto& store = space.store();
  const std::string match = match_of(words);
  if (match.empty()) return fail(ErrorCode::invalid_argument, "Say which words to look for.");
  store.catch_up_search();
  struct Ranked {
    double rank;
    SearchHit hit;
  };
  std::vector<Ranked> found;
  for (const auto& [number, type] : store.schema().types) {
    const auto fields = store::searched_fields(type);
    if (fields.empty()) continue;
    const std::string search = quoted_identifier(store::search_table_of(type));
    std::string snippets;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      snippets += ", snippet(" + search + ", " + std::to_string(i) + ", '[', ']', '…', 20)";
    }
    sqlite::Statement select(store.database(),
                             sqlite::GeneratedSql("SELECT rowid, rank" + snippets + " FROM " + search + " WHERE " +
                                                  search + " MATCH ? ORDER BY rank LIMIT ?"));
    const std::int64_t most = limit == 0 ? -1 : static_cast<std::int64_t>(limit);
    std::vector<std::pair<store::RecordRow, Ranked>> hits;
    for (auto rows = select.query(match, most); rows.next();) {
      Ranked one{rows.real(1), {{}, type.name, fields.front()->name, std::string(rows.text(2))}};
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string_view snippet = rows.text(static_cast<int>(i) + 2);
        if (snippet.find('[') == std::string_view::npos) continue;
        one.hit.field = fields[i]->name;
        one.hit.snippet = snippet;
        break;
      }
      hits.emplace_back(rows.integer(0), std::move(one));
    }
    for (auto& [row, one] : hits) {
      one.hit.id = {store::record_text(store.rows().name(row))};
      found.push_back(std::move(one));
    }
  }
  std::ranges::stable_sort(found, {}, &Ranked::rank);
  if (limit > 0 && found.size() > limit) found.resize(limit);
  std::vector<SearchHit> result;
  result.reserve(found.size());
  for (Ranked& one : found) result.push_back(std::move(one.hit));
  return result;
}

std::vector<Conflict> all_conflicts(Space& space) {
  auto& store = space.store();
  std::vector<store::RecordRow> found;
  {
    sqlite::Statement select(store.database(), "SELECT DISTINCT row FROM plenary_conflict ORDER BY row");
    for (auto rows = select.query(); rows.next();) found.push_back(rows.integer(0));
  }
  std::vector<std::pair<std::int64_t, Conflict>> conflicts;  // with when its record was begun
  RecordReader reader(space);
  for (const store::RecordRow row : found) {
    const auto record = store.load(store.rows().name(row));
    if (!record) continue;
    const std::int64_t begun_ms = reader.view(*record).created.time_ms;
    for (Conflict& conflict : reader.conflicts(*record)) conflicts.emplace_back(begun_ms, std::move(conflict));
  }
  // Rows are numbered differently on every device; this order is the same on all.
  std::ranges::stable_sort(conflicts, [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second.id) < std::tie(b.first, b.second.id);
  });
  std::vector<Conflict> ordered;
  ordered.reserve(conflicts.size());
  for (auto& [begun_ms, conflict] : conflicts) ordered.push_back(std::move(conflict));
  return ordered;
}

}  // namespace plenary::replica
