// The records of a review as typed views: plain values made from what the replica shows (load.h makes them).
//
// A view holds what is shown now. `asks` names the fields in which a person still has to decide; `life` says whether
// the record itself is contested (deleted here, edited there). Deleted and erased records have no view.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/replica/value.h"
#include "core/review/kinds.h"

namespace plenary::review {

using replica::RecordId;

struct Recorded {
  RecordId id;
  replica::Life life = replica::Life::live;
  replica::Authorship created;
  std::set<std::string> asks;

  bool undecided() const { return !asks.empty() || life == replica::Life::contested; }
};

struct School : Recorded {
  std::string register_name, register_id;
  std::string name;  // the register's, else what people typed
  std::string name_cy, la_code, la_name, phase, status, postcode, town, trust_name, federation_name;
  std::string dsl_contact;  // of the safeguarding lead, in one line; empty: not cached
};

// The rule that a finding has to meet; the defaults are domain.md's.
struct EvidenceRule {
  std::size_t notes = 3, source_kinds = 2, reviewers = 2;
  bool pupils_need_pupil_source = true;
  friend bool operator==(const EvidenceRule&, const EvidenceRule&) = default;
};

struct Review : Recorded {
  RecordId host;
  std::string host_name, academic_year, focus, intended_outcomes, language, summary_mode, what_others_can_learn;
  std::vector<std::string> focus_areas, days_on;
  RecordId framework;
  std::optional<EvidenceRule> evidence_rule;
};

struct EnquiryQuestion : Recorded {
  RecordId review;
  std::string question, question_cy, origin;
  std::int64_t position = 0;
  bool pupils_experience = false;
};

struct TeamMember : Recorded {
  RecordId review, person, school;
  std::string name, school_name, distance_reason, band, trained_until_on;
  std::string member;  // pseudonym of the person in the space, in hex: joins notes and tablets to the member
  TeamPart part = TeamPart::unknown;
  Distance distance = Distance::unknown;
  Answer accepted = Answer::unknown;
  bool protocol_acknowledged = false;

  bool takes_part() const { return part != TeamPart::stepped_down && accepted != Answer::declined; }
};

struct Activity : Recorded {
  RecordId review, host_partner;
  std::string title, slot, place, status_reason;
  SourceKind kind = SourceKind::unknown;
  ActivityStatus status = ActivityStatus::unknown;
  std::vector<RecordId> reviewers, questions;
  bool unplanned = false;
};

struct Evidence : Recorded {
  RecordId activity;
  std::string body, year_group, voice, sensitivity, state_reason;
  SourceKind source_kind = SourceKind::unknown;
  Stance stance = Stance::unknown;
  EvidenceState state = EvidenceState::unknown;
  std::vector<RecordId> questions;
  std::vector<std::string> tags;
  std::int64_t observed_at = 0;
  bool unexpected = false;

  // Whether a finding can rest on it.
  bool stands() const { return state != EvidenceState::set_aside && state != EvidenceState::withdrawn; }
};

struct Finding : Recorded {
  FindingKind kind = FindingKind::unknown;
  std::string statement, statement_cy, state, contradiction_explained;
  std::vector<RecordId> questions, supports, qualifies, contradicts, contributors;
  std::int64_t position = 0;
  bool pupils_experience = false;
};

struct HostResponse : Recorded {
  RecordId finding, replaces;
  HostView view = HostView::unknown;
  std::string note;
};

struct DayPackage : Recorded {
  std::string tablet, day_on, member;
  RecordId team_member;
  PackageState state = PackageState::unknown;
  std::optional<std::size_t> notes_sealed;
  RecordId supplement_to;  // the sealed day to which these are later notes; empty: a day of its own
};

struct ReviewStep : Recorded {
  RecordId review;
  ReviewState to = ReviewState::unknown;
  std::string reason;
};

// Confirms `record` as it was: `writes` are the names of the writes confirmed; any later edit cancels it.
struct Confirmation : Recorded {
  RecordId record;
  std::string what;
  std::vector<std::string> writes;
};

struct Waiver : Recorded {
  RecordId record;
  std::string what, reason, subject;
};

// The records about which the rules only ask a few things, by field name.
struct OtherRecord : Recorded {
  std::map<std::string, replica::Value> fields;

  std::string text(std::string_view field) const;
  RecordId reference(std::string_view field) const;
  bool flag(std::string_view field) const;
};

// Everything of one review that the reader may see, from however many spaces.
struct ReviewFile {
  std::optional<Review> review;
  std::vector<School> schools;
  std::vector<EnquiryQuestion> questions;  // by position
  std::vector<TeamMember> members;
  std::vector<Activity> activities;  // by slot
  std::vector<Evidence> notes;
  std::vector<Finding> findings;  // by position
  std::vector<HostResponse> responses;
  std::vector<DayPackage> packages;
  std::vector<ReviewStep> steps;
  std::vector<Confirmation> confirmations;
  std::vector<Waiver> waivers;
  std::map<std::string, std::vector<OtherRecord>> others;  // type -> records
  std::set<std::string> space_kinds;                       // of the spaces that were read

  const std::vector<OtherRecord>& of(const std::string& type) const;
  EvidenceRule rule() const;
  const Evidence* note(const RecordId& id) const;
  const School* host() const;
  // The team member whose pseudonym is `member`, else the one called `name`; null when neither is known.
  const TeamMember* member_of(const replica::Authorship& author) const;
};

}  // namespace plenary::review
