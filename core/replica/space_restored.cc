// A keeper's tablet that was put back from a backup, or is a copy of another: its roster may lack its own decisions.
// What it decides next would stand beside them, and only one of the two would count. Source: architecture.md D6, D11.
#include "core/base/file_mark.h"
#include "core/replica/space.h"

namespace plenary::replica {
namespace {

// The mark that the file of marks had when this device last decided, or was last shown the roster. None: it never was
// keeper, or an earlier version of the program decided.
constexpr std::string_view kRosterMark = "roster mark";

}  // namespace

// Asked of the file system once: while the space is open here, nobody can put another file in its place.
bool Space::is_roster_restored() {
  if (!roster_restored_) {
    const auto kept = store().setting(kRosterMark);
    roster_restored_ = kept && read_file_mark(context_.profile.roster_mark_path(id())) != *kept;
  }
  return *roster_restored_;
}

Result<void> Space::may_decide() {
  if (decides_anyway_ || !is_roster_restored()) return {};
  return fail(ErrorCode::not_delivered,
              "This tablet was put back from a copy, so its list of members may be old. Run plenary sync first; if "
              "nobody can be reached and it must be now, add --anyway.");
}

// With every decision: a copy of the space's file that was made before has another mark from then on.
void Space::mark_roster(Writing& writing) {
  writing.set(kRosterMark, renew_file_mark(context_.profile.roster_mark_path(id()), context_.environment));
  roster_restored_ = false;
}

void Space::note_roster_shown() {
  if (!is_keeper() || (store_->setting(kRosterMark) && !is_roster_restored())) return;
  Writing writing(*store_);
  mark_roster(writing);
  writing.commit();
}

}  // namespace plenary::replica
