// Settling conflicts, with the reason kept beside them.
#include <algorithm>

#include "core/replica/record_reader.h"
#include "core/replica/replica_facade.h"
#include "core/replica/space_edit.h"

namespace plenary::replica {
namespace {

Result<void> settle_life(SpaceEdit& edit, const Resolution& resolution) {
  return resolution.keep_record ? edit.keep(resolution.id) : edit.discard(resolution.id);
}

Result<void> settle_field(SpaceEdit& edit, const Resolution& resolution, const merge::Field& field,
                          const Conflict& conflict) {
  if (resolution.choose && *resolution.choose >= conflict.candidates.size()) {
    return fail(ErrorCode::invalid_argument, "There are " + std::to_string(conflict.candidates.size()) +
                                                 " answers to choose from; number " +
                                                 std::to_string(*resolution.choose + 1) + " is not one of them.");
  }
  if (!resolution.choose && !resolution.value) {
    return fail(ErrorCode::invalid_argument, "Choose one of the answers, or give another value.");
  }
  if (field.policy == merge::Policy::once) {
    return fail(ErrorCode::refused,
                "Both answers for " + resolution.field + " stand: nobody can overwrite what somebody has answered.");
  }
  if (field.policy == merge::Policy::text) {
    if (!resolution.value) return edit.confirm_text(resolution.id, resolution.field);
    auto done = edit.set_text(resolution.id, resolution.field, resolution.value->text());
    if (!done) return done;
    return edit.confirm_text(resolution.id, resolution.field);
  }
  const Value& value = resolution.value ? *resolution.value : conflict.candidates[*resolution.choose].value;
  return edit.set(resolution.id, resolution.field, value);
}

// The record that holds the reason, where the schema has one.
Result<void> note_reason(SpaceEdit& edit, const merge::Schema& schema, const Resolution& resolution,
                         const std::string& id) {
  const auto* decision = schema.type_named("decision");
  if (decision == nullptr || resolution.reason.empty()) return {};
  const auto record = edit.create("decision");
  if (!record) return tl::make_unexpected(record.error());
  for (const auto& [field, text] : {std::pair<std::string, std::string>{"record", id},
                                    {"field", resolution.field},
                                    {"reason", resolution.reason}}) {
    if (text.empty()) continue;
    if (auto done = edit.set(*record, field, text); !done) return done;
  }
  return {};
}

}  // namespace

Result<void> ReplicaFacade::resolve(const SpaceId& id, const Resolution& resolution) {
  const auto in = space(id);
  if (!in) return tl::make_unexpected(in.error());
  const auto loaded = load(**in, resolution.id.text);
  if (!loaded) return tl::make_unexpected(loaded.error());
  const auto open = RecordReader(**in).conflicts(*loaded);
  const auto conflict = std::ranges::find(open, resolution.field, &Conflict::field);
  if (conflict == open.end()) {
    return fail(ErrorCode::not_found, resolution.id.text +
                                          (resolution.field.empty() ? "" : ", " + resolution.field + ",") +
                                          " has no open decision. Somebody may have settled it meanwhile.");
  }
  SpaceEdit edit(**in);
  // The decision comes first, so that its record is named by the change alone.
  if (auto done = note_reason(edit, schema_, resolution, conflict->id.text); !done) return done;
  const auto* type = schema_.type_named(conflict->type);
  const auto* field = type == nullptr ? nullptr : type->field_named(resolution.field);
  Resolution exact = resolution;
  exact.id = conflict->id;
  auto done = field == nullptr ? settle_life(edit, exact) : settle_field(edit, exact, *field, *conflict);
  if (!done) return done;
  const auto committed = edit.commit();
  if (!committed) return tl::make_unexpected(committed.error());
  return {};
}

}  // namespace plenary::replica
