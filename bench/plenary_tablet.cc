// Plenary as the bench drives it: a replica with the review's own schema, and a connection that stays for live push.
#include <atomic>
#include <map>
#include <stdexcept>
#include <thread>

#include "bench/in_clear.h"
#include "bench/long_roster.h"
#include "bench/tablet.h"
#include "bench/taken.h"
#include "clients/link/connection.h"
#include "core/crypto/random.h"
#include "core/replica/replica.h"
#include "core/replica/unlock.h"
#include "core/review/schema.h"

namespace plenary::bench {
namespace {

using replica::RecordId;

// The day's words for things, and the schema's.
const std::map<std::string, std::string>& sources_in_schema() {
  static const std::map<std::string, std::string> names = {
      {"lesson-visit", "lesson_visit"},       {"learning-walk", "learning_walk"},
      {"pupil-talk", "pupil_conversation"},   {"staff-talk", "staff_conversation"},
      {"parent-talk", "parent_conversation"}, {"books", "work_scrutiny"},
      {"documents", "document_review"},       {"data", "data_review"},
      {"assembly", "governor_meeting"},       {"playground", "other"},
      {"environment", "environment"},         {"leaders-talk", "leader_meeting"}};
  return names;
}

const std::map<std::string, std::string>& stances_in_schema() {
  static const std::map<std::string, std::string> names = {
      {"strength", "strength"}, {"question", "question"}, {"gap", "development"}, {"neutral", "context"}};
  return names;
}

const std::map<std::string, std::string>& kinds_in_schema() {
  static const std::map<std::string, std::string> names = {{"strength", "strength"},
                                                           {"question", "question_for_school"},
                                                           {"gap", "area_to_develop"},
                                                           {"neutral", "strength"}};
  return names;
}

// Where the findings stand before anybody judged them: no judgement's place, since setting what stands already writes
// nothing, and every tablet counts on each judgement being a change.
constexpr int kUnjudged = 100;

int position_of(const std::string& judgement) {
  const auto& all = judgements();
  return static_cast<int>(std::find(all.begin(), all.end(), judgement) - all.begin()) + 1;
}

// The replica's own side of sync, counting what is stored and acknowledged, which tells cheaply how far a tablet is.
class CountingSpaces final : public sync::DeviceSpaces {
 public:
  explicit CountingSpaces(sync::DeviceSpaces& spaces) : spaces_(spaces) {}

  std::size_t changes_received() const { return changes_received_; }
  // On the connection's thread.
  std::size_t changes_handed_over() const {
    std::size_t changes = 0;
    for (const auto& [log, number] : handed_over_) changes += number;
    return changes;
  }

  std::optional<sync::Inventory> inventory(const SpaceId& s) override { return spaces_.inventory(s); }
  std::optional<sync::Position> position(const SpaceId& s) override { return spaces_.position(s); }
  std::optional<Bytes> roster_record(const SpaceId& s, const RosterHash& h) override {
    return spaces_.roster_record(s, h);
  }
  std::optional<Bytes> notice(const SpaceId& s, const sync::NoticeName& n) override { return spaces_.notice(s, n); }
  std::vector<sync::SegmentRef> missing_segments(const SpaceId& s, std::span<const sync::LogWant> w) override {
    return spaces_.missing_segments(s, w);
  }
  std::optional<Bytes> segment(const SpaceId& s, const sync::SegmentRef& r) override { return spaces_.segment(s, r); }
  std::vector<SpaceId> spaces(const TransportKey& hub) override { return spaces_.spaces(hub); }
  std::optional<Bytes> claim(const SpaceId& s) override { return spaces_.claim(s); }
  bool holds(const SpaceId& s, const log::Head& h) override { return spaces_.holds(s, h); }
  sync::StoreSummary store(const SpaceId& s, const std::vector<sync::Item>& items) override {
    auto summary = spaces_.store(s, items);
    for (const Error& error : summary.refused) throw std::runtime_error("refused: " + error.message);
    changes_received_ += summary.changes_new;
    return summary;
  }
  void acknowledged(const SpaceId& s, const TransportKey& hub, std::span<const log::Head> heads) override {
    for (const log::Head& head : heads) handed_over_[head.log] = std::max(handed_over_[head.log], head.number);
    spaces_.acknowledged(s, hub, heads);
  }
  std::optional<sync::HubHead> hub_head(const SpaceId& s, const TransportKey& hub) override {
    return spaces_.hub_head(s, hub);
  }
  void set_hub_head(const SpaceId& s, const TransportKey& hub, const sync::HubHead& head) override {
    spaces_.set_hub_head(s, hub, head);
  }
  void raise_alarm(const SpaceId&, const TransportKey&, const sync::HubAlarm&) override {
    throw std::runtime_error("the hub gave cause for an alarm");
  }
  void roster_is_same(const SpaceId& s, const TransportKey& hub) override { spaces_.roster_is_same(s, hub); }
  void settled(const SpaceId& s, const TransportKey& hub) override { spaces_.settled(s, hub); }
  void peer_shows(const SpaceId& s, const TransportKey& hub, std::span<const log::Head> heads) override {
    spaces_.peer_shows(s, hub, heads);
  }
  std::vector<sync::HubHead> witnessed(const SpaceId& s, const DeviceKey& signer) override {
    return spaces_.witnessed(s, signer);
  }
  std::vector<LogId> logs_to_repack(const SpaceId& s, const TransportKey& hub) override {
    return spaces_.logs_to_repack(s, hub);
  }
  std::vector<sync::SegmentRef> replacements(const SpaceId& s, std::span<const sync::LogLayout> layouts) override {
    return spaces_.replacements(s, layouts);
  }
  void replaced(const SpaceId& s, const LogId& log) override { spaces_.replaced(s, log); }

 private:
  sync::DeviceSpaces& spaces_;
  std::atomic<std::size_t> changes_received_{0};
  std::map<LogId, std::uint32_t> handed_over_;  // up to which number; on this day nobody hands over another's log
};

class PlenaryTablet final : public Tablet {
 public:
  PlenaryTablet(const TabletPlace& place, Variant variant)
      : place_(place),
        variant_(variant),
        replica_(taken(replica::Replica::create(place.folder / "profile", "Tablet " + std::to_string(place.index),
                                                review::review_schema(), environment_,
                                                replica::Unlock::with(seal::PageKey::random(environment_))))),
        counting_(replica_->sync()) {
    if (variant_ == Variant::in_clear) open_in_clear_from_now_on();
  }
  ~PlenaryTablet() override { disconnect(); }

  void seed() override {
    found();
    require_sealing();
    const auto edit = replica_->edit(space_);
    for (std::size_t i = 0; i < activities().size(); ++i) {
      taken(edit->set(taken(edit->create("activity")), "title", activities()[i]));
    }
    for (std::size_t i = 0; i < questions().size(); ++i) {
      taken(edit->set(taken(edit->create("enquiry_question")), "position", static_cast<int>(i + 1)));
    }
    const auto findings = shared_findings(place_.shape);
    for (std::size_t i = 0; i < findings.size(); ++i) {
      const RecordId id = taken(edit->create("finding"));
      taken(edit->set_text(id, "statement", findings[i].title));
      taken(edit->set(id, "kind", kinds_in_schema().at(findings[i].stance)));
      taken(edit->set(id, "position", kUnjudged + static_cast<int>(i)));
    }
    taken(edit->commit());
    own_changes_ = kSeedChanges;
  }

  std::string invite(std::size_t index) override {
    return taken(replica_->invite(space_, review::role_named("peer_reviewer"), "Tablet " + std::to_string(index)));
  }
  void join(const std::string& invitation) override {
    space_ = taken(replica_->join(invitation));
    require_sealing();
  }

  void connect() override {
    link::Options options;
    options.stay = link::Stay::for_live_push;
    options.program = "plenary-bench";
    options.on_event = [this](const sync::Event& event) { note(event); };
    granted_ = handed_over_ = false;
    error_.clear();
    connection_ = std::make_unique<link::Connection>(counting_, replica_->transport_key(), environment_,
                                                     link::HubAddress{"127.0.0.1", place_.port, hub_key()}, options);
    running_ = true;
    thread_ = std::thread([this] { run(); });
  }

  void disconnect() override {
    if (!thread_.joinable()) return;
    connection_->cancel();
    thread_.join();
    connection_.reset();
    if (!error_.empty()) throw std::runtime_error(error_);
  }

  void pump(int timeout_ms) override {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::min(timeout_ms, 2)));
    if (!running_ && !error_.empty()) throw std::runtime_error(error_);
  }

  void record(const Note& note) override {
    const auto edit = replica_->edit(space_);
    const RecordId id = taken(edit->create("evidence"));
    taken(edit->set(id, "activity", shared("activity").at(ordinal(note.activity, activities()))));
    for (const std::string& question : note.questions) {
      taken(edit->add(id, "questions", shared("enquiry_question").at(ordinal(question, questions()))));
    }
    taken(edit->set(id, "source_kind", sources_in_schema().at(note.source)));
    taken(edit->set(id, "stance", stances_in_schema().at(note.stance)));
    for (const std::string& tag : note.tags) taken(edit->add(id, "tags", tag));
    taken(edit->set_text(id, "body", note.body));
    taken(edit->set(id, "year_group", note.year));
    taken(edit->set(id, "observed_at", note.at));
    taken(edit->commit());
    notes_.push_back(id);
    ++own_changes_;
  }

  void edit(const NoteEdit& later) override {
    const auto edit = replica_->edit(space_);
    taken(edit->splice_text(notes_.at(later.note), "body", {later.keep, later.cut, later.add}));
    taken(edit->commit());
    ++own_changes_;
  }

  void judge(const Judgement& judgement) override {
    const auto edit = replica_->edit(space_);
    const RecordId& id = shared("finding").at(judgement.finding);
    taken(edit->set(id, "kind", kinds_in_schema().at(judgement.stance)));
    taken(edit->set(id, "position", position_of(judgement.judgement)));
    taken(edit->commit());
    ++own_changes_;
  }

  bool holds(Extent extent) override {
    if (extent == Extent::findings) return granted_ && counting_.changes_received() + own_changes_ >= kSeedChanges;
    return counting_.changes_received() + own_changes_ >= all_changes();
  }
  bool handed_over() override { return own_changes_ == 0 || handed_over_; }

  std::string digest() override { return taken(replica_->digest(space_)).hex(); }

 private:
  static constexpr std::size_t kSeedChanges = 1;

  void found() {
    const replica::HubAddress hub{"127.0.0.1", place_.port, hub_key()};
    if (variant_ == Variant::long_roster) {
      space_ = inherit_space_with_long_roster(*replica_, hub, place_.folder / "past", environment_);
    } else {
      space_ = taken(replica_->found_space("review_team", "A review", review::role_named("lead_reviewer"))).space;
      taken(replica_->set_hub(space_, hub));
    }
  }

  // Whatever is measured as sealed is sealed, and the other is not.
  void require_sealing() const {
    for (const auto& entry : std::filesystem::directory_iterator(place_.folder / "profile" / "spaces")) {
      if (entry.path().extension() != ".plenary") continue;
      if (is_in_clear(entry.path()) != (variant_ == Variant::in_clear)) {
        throw std::runtime_error(entry.path().string() + " is not sealed as this measurement says");
      }
    }
  }

  TransportKey hub_key() const { return *TransportKey::from(taken(from_hex(place_.hub_key))); }

  std::size_t all_changes() const {
    const ExpectedDay expected = expected_day(place_.shape);
    return kSeedChanges + expected.notes + expected.edited +
           expected.findings * std::min(place_.shape.judges, place_.shape.tablets);
  }

  // On the connection's thread, whose the replica is meanwhile.
  void run() {
    try {
      const auto summary = connection_->run();
      if (!summary) error_ = summary.error().message;
    } catch (const std::exception& error) {
      error_ = error.what();
    }
    running_ = false;
  }

  void note(const sync::Event& event) {
    using Kind = sync::Event::Kind;
    if (event.kind == Kind::received && !granted_) {
      for (const auto& space : replica_->spaces()) granted_ = granted_ || space.role != kNoRole;
    }
    if (event.kind == Kind::up_to_date || event.kind == Kind::handed_over) {
      if (!granted_) granted_ = replica_->spaces().at(0).role != kNoRole;
      // Not asked of the replica's status, which counts the notes for a screen: no tablet of the floor does that.
      handed_over_ = counting_.changes_handed_over() >= own_changes_;
    }
    if (event.kind == Kind::refused) throw std::runtime_error("refused: " + event.error.message);
  }

  static std::size_t ordinal(const std::string& name, const std::vector<std::string>& names) {
    return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
  }

  // The shared records of a type, in the order in which tablet 0 made them.
  const std::vector<RecordId>& shared(const std::string& type) {
    auto& ids = shared_[type];
    if (ids.empty()) {
      replica::Query query;
      query.type = type;
      for (const auto& record : taken(replica_->list(space_, query))) ids.push_back(record.id);
    }
    return ids;
  }

  TabletPlace place_;
  Variant variant_;
  crypto::SystemEnvironment environment_;
  std::unique_ptr<replica::Replica> replica_;
  CountingSpaces counting_;
  SpaceId space_;
  std::vector<RecordId> notes_;
  std::map<std::string, std::vector<RecordId>> shared_;
  std::size_t own_changes_ = 0;

  std::unique_ptr<link::Connection> connection_;
  std::thread thread_;
  std::atomic<bool> running_{false}, granted_{false}, handed_over_{false};
  std::string error_;
};

}  // namespace

std::unique_ptr<Tablet> make_plenary_tablet(const TabletPlace& place, Variant variant) {
  return std::make_unique<PlenaryTablet>(place, variant);
}

}  // namespace plenary::bench
