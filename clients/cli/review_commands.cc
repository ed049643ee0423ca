// import, roll-call, coverage, matrix, summary, next: the review as a whole, from every space that this profile is in.
#include <set>

#include "clients/cli/commands.h"
#include "clients/cli/files.h"
#include "clients/cli/value_text.h"
#include "core/review/coverage.h"
#include "core/review/lifecycle.h"
#include "core/review/load.h"
#include "core/review/register_import.h"
#include "core/review/summary.h"
#include "core/review/triangulation.h"

namespace plenary::cli {
namespace {

constexpr std::size_t kPlainWidth = 100;

std::size_t width_of(Session& session) {
  return session.terminal().width > 0 ? session.terminal().width : kPlainWidth;
}

struct Loaded {
  review::ReviewFile file;
  review::RollCall roll;
};

// The whole review as far as this profile may see it; tablets are those of the team's space, else of the chosen one.
Loaded load(Session& session, const std::string& day = {}) {
  std::vector<SpaceId> spaces;
  SpaceId team = session.space();
  for (const auto& space : session.replica().spaces()) {
    spaces.push_back(space.space);
    if (space.kind == "review_team") team = space.space;
  }
  Loaded loaded;
  loaded.file = need(review::load_review(session.replica(), spaces));
  loaded.roll = review::call_roll(loaded.file, need(review::load_tablets(session.replica(), team)), day);
  return loaded;
}

ExitCode roll_call(Session& session, const std::string& day) {
  const auto roll = load(session, day).roll;
  Json rows = Json::array();
  constexpr const char* states[] = {"not heard", "arriving", "received", "waived"};
  for (const auto& row : roll.rows)
    rows.push_back({{"tablet", row.tablet},
                    {"person", row.person},
                    {"state", states[static_cast<int>(row.state)]},
                    {"notes_here", row.notes_here},
                    {"notes_sealed", row.notes_sealed ? Json(*row.notes_sealed) : Json()},
                    {"later_notes", row.later_notes},
                    {"supplement", row.supplement},
                    {"ahead", row.ahead},
                    {"sentence", row.sentence}});
  session.say(joined(review::lines_of(roll), "\n"), {{"expected", roll.expected},
                                                     {"received", roll.received},
                                                     {"waived", roll.waived},
                                                     {"complete", roll.complete()},
                                                     {"tablets", rows}});
  return roll.complete() ? ExitCode::done : ExitCode::not_so;
}

ExitCode coverage(Session& session) {
  const auto loaded = load(session);
  const auto map = review::coverage_of(loaded.file, loaded.roll);
  Json rows = Json::array();
  for (const auto& row : map.rows) {
    Json notes = Json::object();
    for (const auto& [kind, count] : row.notes) notes[std::string(review::name_of(kind))] = count;
    rows.push_back({{"question", row.question ? Json(row.question->text) : Json()},
                    {"label", row.label},
                    {"notes", notes},
                    {"total", row.total},
                    {"reviewers", row.reviewers},
                    {"gap", row.gap}});
  }
  session.say(joined(review::lines_of(map, width_of(session)), "\n"),
              {{"tablets", map.tablets}, {"notes", map.notes}, {"rows", rows}});
  return ExitCode::done;
}

ExitCode matrix(Session& session) {
  const auto loaded = load(session);
  const auto matrix = review::triangulate(loaded.file, loaded.roll);
  Json rows = Json::array();
  for (const auto& row : matrix.rows) {
    Json cells = Json::object();
    for (const auto& [kind, cell] : row.cells)
      cells[std::string(review::name_of(kind))] = {
          {"supports", cell.supports}, {"qualifies", cell.qualifies}, {"contradicts", cell.contradicts}};
    rows.push_back({{"finding", row.finding.text},
                    {"label", row.label},
                    {"kind", row.kind},
                    {"cells", cells},
                    {"meets_rule", row.verdict.meets_rule},
                    {"missing", row.verdict.missing},
                    {"remarks", row.verdict.remarks},
                    {"sentence", row.verdict.sentence}});
  }
  session.say(joined(review::lines_of(matrix, width_of(session)), "\n"),
              {{"tablets", matrix.tablets}, {"findings", rows}});
  return ExitCode::done;
}

ExitCode summary(Session& session, const std::string& audience) {
  const auto loaded = load(session);
  review::SummaryOptions options;
  if (!audience.empty()) options.audience = audience;
  const auto summary = review::summarise(loaded.file, loaded.roll, options);
  Json findings = Json::array();
  for (const auto& finding : summary.findings)
    findings.push_back({{"number", finding.number},
                        {"kind", finding.kind},
                        {"statement", finding.statement},
                        {"rests_on", finding.rests_on},
                        {"host_view", finding.host_view},
                        {"decided", finding.decided},
                        {"dissent", finding.dissent}});
  session.say(review::markdown_of(summary), {{"school", summary.school},
                                             {"state", summary.state},
                                             {"version", summary.version},
                                             {"audience", summary.audience},
                                             {"tablets", summary.tablets},
                                             {"hash", summary.hash},
                                             {"purpose", summary.purpose},
                                             {"findings", findings}});
  return ExitCode::done;
}

// Where the review stands, and what its next step still waits for.
ExitCode next_step(Session& session) {
  const auto loaded = load(session);
  const auto progress = review::progress_of(loaded.file);
  const auto to = review::next_on_main_line(progress.state);
  std::string text = "The review is " + std::string(review::in_words(progress.state)) + ".";
  Json missing = Json::array();
  if (to != review::ReviewState::unknown) {
    const auto today = review::local_date(session.environment().now_ms());
    const auto guard = review::guard(loaded.file, to, {today, loaded.roll, {}});
    text += "\n" + joined(review::lines_of(guard), "\n");
    for (const auto& item : guard.missing)
      missing.push_back({{"what", item.what}, {"why", item.why}, {"waits_for", item.waits_for}});
  }
  session.say(text, {{"state", review::name_of(progress.state)},
                     {"next", to == review::ReviewState::unknown ? Json() : Json(review::name_of(to))},
                     {"missing", missing}});
  return missing.empty() ? ExitCode::done : ExitCode::not_so;
}

// What the register says of a school, written where it differs from what is here.
enum class Written : std::uint8_t { added, updated, nothing };
Written write_school(replica::Edit& edit, const review::RegisterSchool& school, const replica::RecordView* known,
                     const merge::RecordType& type) {
  const replica::RecordId id = known != nullptr ? known->id : need(edit.create("school"));
  Written written = known == nullptr ? Written::added : Written::nothing;
  for (const auto& [name, value] : school.fields()) {
    const auto* field = type.field_named(name);
    const bool settled = known != nullptr && (field->policy == merge::Policy::once || (*known)[name] == value);
    if (settled || value.empty()) continue;
    need(edit.set(id, name, value));
    if (written == Written::nothing) written = Written::updated;
  }
  return written;
}

using Imported = std::map<Written, std::size_t>;

Imported write_schools(Session& session, const review::RegisterImport& import) {
  auto& replica = session.replica();
  const SpaceId space = session.space();
  std::map<std::string, replica::RecordView> known;
  replica::Query schools;
  schools.type = "school";
  for (auto& record : need(replica.list(space, schools))) {
    std::string urn = record["register_id"].text();
    known.emplace(std::move(urn), std::move(record));
  }
  const auto* type = session.schema().type_named("school");
  Imported imported;
  const auto edit = replica.edit(space);
  for (const auto& school : import.schools) {
    const auto found = known.find(school.urn);
    ++imported[write_school(*edit, school, found == known.end() ? nullptr : &found->second, *type)];
  }
  need(edit->commit());
  return imported;
}

ExitCode import_schools(Session& session, const std::string& path, bool keep_good) {
  const auto import = need(review::read_register(read_text(path, "register")));
  const auto lines = review::lines_of(import);
  if (import.schools.empty() && import.bad_rows.empty())
    throw Failed{{ErrorCode::not_found,
                  "This register holds no schools: nothing stands below its row of headings. Nothing was imported."},
                 ExitCode::not_so};
  if (!import.bad_rows.empty() && !keep_good) {
    Json rows = Json::array();
    for (const auto& row : import.bad_rows)
      rows.push_back({{"row", row.row}, {"column", row.column}, {"what", row.what}});
    session.say(joined(lines, "\n") + "\nNothing was imported. Mend the file, or keep the good rows with --keep-good.",
                {{"imported", false}, {"bad_rows", rows}});
    return ExitCode::damaged;
  }
  Imported schools = write_schools(session, import);
  std::set<std::size_t> left_out;
  for (const auto& row : import.bad_rows) left_out.insert(row.row);
  Json flags = Json::array();
  for (const auto& school : import.schools)
    for (const auto& flag : school.flags) flags.push_back({{"urn", school.urn}, {"name", school.name}, {"flag", flag}});
  session.say(joined(lines, "\n") + "\nAdded " + counted(schools[Written::added], "school", "schools") + ", updated " +
                  std::to_string(schools[Written::updated]) + "; " + std::to_string(schools[Written::nothing]) +
                  " already here as they are.",
              {{"imported", true},
               {"added", schools[Written::added]},
               {"updated", schools[Written::updated]},
               {"unchanged", schools[Written::nothing]},
               {"left_out", left_out.size()},
               {"flags", flags}});
  return ExitCode::done;
}

void declare_import(Declared declared) {
  struct Importing {
    std::string file;
    bool keep_good = false;
  };
  auto importing = std::make_shared<Importing>();
  auto* import = declared.app.add_subcommand("import", "Take in data of others");
  import->require_subcommand(1);
  auto* schools = import->add_subcommand("schools", "A schools register (GIAS establishment CSV)");
  schools->add_option("file", importing->file, "The file")->required();
  schools->add_flag("--keep-good", importing->keep_good, "Keep the good rows even if some are bad");
  schools->callback([=, action = &declared.action] {
    *action = [=](Session& session) { return import_schools(session, importing->file, importing->keep_good); };
  });
}

}  // namespace

void declare_review_commands(Declared declared) {
  Action* action = &declared.action;
  declare_import(declared);
  auto text = std::make_shared<std::string>();
  auto* roll = declared.app.add_subcommand("roll-call", "The tablets that are expected, and what is here of each");
  roll->add_option("--day", *text, "Only of this day, e.g. 2026-10-06");
  roll->callback([=] { *action = [=](Session& session) { return roll_call(session, *text); }; });
  declared.app.add_subcommand("coverage", "Where the team has looked: questions by kinds of source")->callback([=] {
    *action = coverage;
  });
  declared.app.add_subcommand("matrix", "What each finding rests on, and the evidence rule's verdict")->callback([=] {
    *action = matrix;
  });
  declared.app.add_subcommand("next", "Where the review stands, and what its next step waits for")->callback([=] {
    *action = next_step;
  });
  auto* page = declared.app.add_subcommand("summary", "The one-page summary, the host's view beside each finding");
  page->add_option("--audience", *text, "For whom it is");
  page->callback([=] { *action = [=](Session& session) { return summary(session, *text); }; });
}

}  // namespace plenary::cli
