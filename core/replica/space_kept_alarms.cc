// Alarms that are kept: once for each kind and subject, as settings. What else is odd is read off log and roster
// (space_alarms.cc).
#include <algorithm>

#include "core/base/byte_codec.h"
#include "core/replica/hub_witness.h"
#include "core/replica/space.h"
#include "core/sync/space_log.h"

namespace plenary::replica {
namespace {

constexpr std::string_view kPrefix = "alarm ", kSeenPrefix = "alarm seen ";

struct Words {
  const char* what;
  const char* next;
};

// %s is the detail that was kept with the alarm.
const std::map<std::string, Words>& words() {
  static const std::map<std::string, Words> kWords = {
      {"other_copy",
       {"Notes came back that were written with this profile elsewhere: on a copy of it, or here before it was "
        "restored "
        "from a backup.",
        "Nothing is lost: they are here now. If a second tablet uses this profile, give it a profile of its own."}},
      {"digest",
       {"The tablet of %s holds the same notes and shows something else.",
        "Run plenary check on both tablets. The one that reports differences mends itself with plenary check --mend."}},
      {"hub_forked",
       {"The hub has signed two different accounts of this space.",
        "Nothing on this tablet is affected, and the proof is passed on to everybody. Exchange by day-end file or over "
        "another hub, and ask whoever runs the hub."}},
      {"hub_forgot",
       {"The hub shows less than it had signed before.",
        "What it lacks is sent again. Ask whoever runs the hub whether it was restored from a backup."}},
      {"hub_withheld",
       {"The hub shows other contents than those it signs.",
        "Compare with a colleague: plenary digest. Ask whoever runs the hub."}},
      {"hub_unlinked",
       {"The hub could not show how what it signs now follows from what it signed before.",
        "Ask whoever runs the hub whether its database was damaged or replaced."}},
      {"hub_other_signer",
       {"The hub signs with another key than before.",
        "A hub has both its keys from one secret, so this is not the hub that it was. Exchange by day-end file or over "
        "another hub, and ask whoever runs it."}},
      {"hub_restored",
       {"The hub was put back from a backup.", "What it lacked is sent again by itself. There is nothing to do."}},
  };
  return kWords;
}

std::string filled(std::string text, const std::string& detail) {
  const auto at = text.find("%s");
  return at == std::string::npos ? text : text.replace(at, 2, detail);
}

// Needs nobody's attention.
bool is_for_information(const std::string& kind) {
  return kind == "hub_restored";
}

//   alarm <kind> <subject> = zigzag time, blob detail
struct Kept {
  std::string kind, subject, detail;
  std::int64_t time_ms = 0;
};

std::vector<Kept> read_kept(sqlite::Database& database) {
  std::vector<Kept> all;
  sqlite::Statement select(database,
                           "SELECT name, value FROM plenary_setting WHERE name >= 'alarm ' AND name < 'alarm!' AND "
                           "name NOT LIKE 'alarm seen %' ORDER BY name");
  for (auto rows = select.query(); rows.next();) {
    const std::string name(rows.text(0).substr(kPrefix.size()));
    const auto space = name.find(' ');
    ByteReader reader(rows.blob(1));
    Kept kept{name.substr(0, space), space == std::string::npos ? "" : name.substr(space + 1), "", reader.zigzag()};
    kept.detail = as_text(reader.blob(4096));
    all.push_back(std::move(kept));
  }
  return all;
}

}  // namespace

void Space::raise_alarm(Writing& writing, const std::string& kind, ByteSpan subject, const std::string& detail) {
  const std::string name = std::string(kPrefix) + kind + " " + to_hex(subject);
  if (store_->setting(name)) return;
  ByteWriter alarm;
  alarm.zigzag(context_.environment.now_ms());
  alarm.blob(as_bytes(detail));
  writing.set(name, alarm.bytes());
}

std::string Space::writer_name(const DeviceKey& device) {
  const auto* member = store_->roster().empty() ? nullptr : store_->roster().standing().member(device);
  return member == nullptr ? "somebody who is not a member" : name_of(member->person);
}

std::vector<AlarmView> Space::kept_alarms(bool open) {
  std::vector<AlarmView> alarms;
  for (const Kept& kept : read_kept(store().database())) {
    const auto known = words().find(kept.kind);
    if (known == words().end()) continue;
    const bool is_seen = store_->setting(std::string(kSeenPrefix) + kept.kind + " " + kept.subject).has_value();
    if (open == (is_seen || is_for_information(kept.kind))) continue;
    alarms.push_back({kept.kind, filled(known->second.what, kept.detail), known->second.next, kept.time_ms});
  }
  return alarms;
}

void Space::settle_alarms(Writing& writing, const std::string& kind) {
  const Bytes now = number_bytes(static_cast<std::uint64_t>(context_.environment.now_ms()));
  for (const Kept& kept : read_kept(store_->database())) {
    if (kept.kind == kind) writing.set(std::string(kSeenPrefix) + kept.kind + " " + kept.subject, now);
  }
}

void Space::acknowledge_alarms() {
  Writing writing(store());
  const Bytes now = number_bytes(static_cast<std::uint64_t>(context_.environment.now_ms()));
  for (const Kept& kept : read_kept(store_->database())) {
    writing.set(std::string(kSeenPrefix) + kept.kind + " " + kept.subject, now);
  }
  writing.commit();
}

// Two heads of one number that the author signed on different branches.
static std::optional<log::ForkProof> find_proof(store::LogTable& table, const std::vector<std::uint32_t>& strands) {
  std::map<std::uint32_t, log::SignedHead> heads;
  for (const std::uint32_t strand : strands) {
    for (const log::SignedHead& head : table.heads(strand, 0)) {
      const auto [rival, is_first] = heads.try_emplace(head.head.number, head);
      if (is_first) continue;
      if (auto proof = log::disagreement(table.strand(strand).descriptor, rival->second, head)) return proof;
    }
  }
  return std::nullopt;
}

// Every fork that was opened here and has two signed heads of one number is proven, whoever brought the branches.
void Space::prove_fork(Writing& writing, const LogId& log) {
  const auto strands = store_->log_table().strands_of(log);
  const auto proof = strands.size() > 1 ? find_proof(store_->log_table(), strands) : std::nullopt;
  if (!proof) return;
  const Bytes bytes = log::encode_fork(*proof);
  const auto name = sync::verify_notice(id(), sync::ItemKind::fork, bytes);
  if (!name) return;
  keep_notice(writing, {static_cast<int>(name->kind), to_bytes(name->subject.span()), name->number, bytes});
}

void Space::note_arrival(Writing& writing, const LogId& log, std::uint32_t number) {
  prove_fork(writing, log);
  const bool is_ours = store_->log_table().strand(number).descriptor.author == context_.profile.signing().public_key();
  if (is_ours) raise_alarm(writing, "other_copy", log.span());
}

void Space::look_for_alarms() {
  std::optional<Writing> writing;
  std::vector<store::StatePosition> positions;
  const auto heads = kept_heads(*this);
  for (const Notice& notice : notices()) {
    if (notice.kind != static_cast<int>(sync::ItemKind::status)) continue;
    const auto status = roster::decode_status(notice.bytes);
    const auto content = status ? seal::open_status(keys_, *status) : fail(ErrorCode::malformed, "");
    if (!content) continue;
    // Here and not where the status arrived: its key, or the hub's newest head, may have come later.
    if (const auto alarm = compare_heads(id(), heads, *content)) {
      if (!writing) writing.emplace(*store_);
      keep_hub_alarm(*this, *writing, *alarm);
    }
    if (positions.empty()) positions = recent_positions();
    for (const auto& theirs : content->digests) {
      const auto ours = std::ranges::find(positions, theirs.position, &store::StatePosition::position);
      if (ours == positions.end() || ours->digest == theirs.digest) continue;
      if (!writing) writing.emplace(*store_);
      Bytes subject = to_bytes(status->device.span().first(8));
      const ByteSpan position = theirs.position.span().first(8);
      subject.insert(subject.end(), position.begin(), position.end());
      raise_alarm(*writing, "digest", subject, writer_name(status->device));
      break;
    }
  }
  if (writing) writing->commit();
}

}  // namespace plenary::replica
