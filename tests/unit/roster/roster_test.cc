// The roster: who may do what, told as short histories of records.
#include "core/roster/roster.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <cstring>

namespace plenary::roster {
namespace {

template <class Id>
Id id(std::uint8_t first) {
  Id id;
  id.bytes[0] = static_cast<std::byte>(first);
  return id;
}

DeviceIdentity device(std::uint8_t name) {
  return {id<DeviceKey>(name), id<TransportKey>(name)};
}

constexpr std::uint8_t kAnn = 1, kBen = 2, kCas = 3, kSafe = 9;
constexpr Role kLead = 1, kReviewer = 2, kHost = 3;

class RosterTest : public testing::Test {
 protected:
  RosterTest() {
    Found found;
    found.keeper = device(kAnn);
    found.role = kLead;
    found.recovery = id<DeviceKey>(kSafe);
    add(10, 0, 0, kAnn, found);
  }

  Admission add(std::uint8_t hash, std::uint8_t previous, std::uint32_t epoch, std::uint8_t signer, Body body) {
    return roster_.add({id<RosterHash>(hash), id<RosterHash>(previous), epoch, id<DeviceKey>(signer), std::move(body)});
  }
  static Grant grant(std::uint8_t name, Role role) {
    Grant grant;
    grant.device = device(name);
    grant.person = id<PersonId>(name);
    grant.role = role;
    return grant;
  }
  static Grant grant_by(std::uint8_t name, std::uint8_t invitation) {
    Grant by = grant(name, kNoRole);
    by.invitation = id<InvitationId>(invitation);
    return by;
  }
  static Remove removal(std::uint8_t name) { return {id<DeviceKey>(name), {}, std::nullopt}; }
  Role role(std::uint8_t name) const { return roster_.standing().role_of(id<DeviceKey>(name)); }
  RosterHash hash(std::uint8_t name) const { return id<RosterHash>(name); }

  Roster roster_;
};

TEST_F(RosterTest, TheKeeperHasTheRoleOfTheFounding) {
  EXPECT_EQ(role(kAnn), kLead);
  EXPECT_EQ(roster_.standing().keeper, device(kAnn));
}

TEST_F(RosterTest, ASecondFoundingFoundsAnotherSpace) {
  Found other;
  other.keeper = device(kBen);

  EXPECT_EQ(add(11, 0, 0, kBen, other), Admission::invalid);
  EXPECT_EQ(roster_.size(), 1u);
}

TEST_F(RosterTest, OnlyTheKeeperSigns) {
  EXPECT_EQ(add(11, 10, 0, kBen, grant(kBen, kLead)), Admission::invalid);
  EXPECT_EQ(add(12, 10, 1, kAnn, grant(kBen, kLead)), Admission::invalid) << "an epoch that nobody opened";
  EXPECT_EQ(role(kBen), kNoRole);
}

TEST_F(RosterTest, RecordsWaitForTheOneTheyFollow) {
  std::vector<const Record*> admitted;
  EXPECT_EQ(add(13, 12, 0, kAnn, removal(kBen)), Admission::waiting);
  EXPECT_EQ(add(12, 11, 0, kAnn, grant(kBen, kReviewer)), Admission::waiting);

  roster_.add({hash(11), hash(10), 0, id<DeviceKey>(kAnn), Rotate{}}, &admitted);

  ASSERT_EQ(admitted.size(), 3u);
  EXPECT_EQ(admitted[0]->hash, hash(11));
  EXPECT_EQ(admitted[2]->hash, hash(13));
  EXPECT_EQ(roster_.tip(), hash(13));
}

TEST_F(RosterTest, ARecordThatIsKnownDoesNothing) {
  const auto before = roster_.revision();

  EXPECT_EQ(add(10, 0, 0, kAnn, Found{}), Admission::known);
  EXPECT_EQ(roster_.revision(), before);
}

TEST_F(RosterTest, ARemovedKeyIsNeverGrantedAgain) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, removal(kBen));
  add(13, 12, 0, kAnn, grant(kBen, kLead));
  add(14, 13, 0, kAnn, ChangeRole{id<DeviceKey>(kBen), kLead, {}});

  EXPECT_EQ(role(kBen), kNoRole);
  EXPECT_TRUE(roster_.standing().member(id<DeviceKey>(kBen))->removed);
}

TEST_F(RosterTest, OneInvitationServesOneKey) {
  add(11, 10, 0, kAnn, Invite{id<InvitationId>(50), kHost, {}, {}});
  add(12, 11, 0, kAnn, grant_by(kBen, 50));
  add(13, 12, 0, kAnn, grant_by(kCas, 50));

  EXPECT_EQ(role(kBen), kHost);
  EXPECT_EQ(role(kCas), kNoRole);
  EXPECT_TRUE(roster_.standing().invitations.empty());
}

TEST_F(RosterTest, ARemovalClosesOpenInvitations) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, Invite{id<InvitationId>(50), kHost, {}, {}});
  add(13, 12, 0, kAnn, removal(kBen));
  add(14, 13, 0, kAnn, grant_by(kCas, 50));

  EXPECT_EQ(role(kCas), kNoRole);
}

TEST_F(RosterTest, AVoidedInvitationIsClosed) {
  add(11, 10, 0, kAnn, Invite{id<InvitationId>(50), kHost, {}, {}});
  add(12, 11, 0, kAnn, VoidInvitation{id<InvitationId>(50)});
  add(13, 12, 0, kAnn, grant_by(kCas, 50));

  EXPECT_EQ(role(kCas), kNoRole);
}

TEST_F(RosterTest, WhatANewerVersionSaysIsKeptWithoutEffect) {
  EXPECT_EQ(add(11, 10, 0, kAnn, UnknownBody{200}), Admission::admitted);
  EXPECT_EQ(add(12, 11, 0, kAnn, grant(kBen, kReviewer)), Admission::admitted);
  EXPECT_EQ(role(kBen), kReviewer);
}

TEST_F(RosterTest, OfTwoRecordsInOnePlaceTheLowerHashStandsAndItIsAnAlarm) {
  add(12, 10, 0, kAnn, grant(kBen, kHost));
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));

  EXPECT_EQ(role(kBen), kReviewer);
  ASSERT_EQ(roster_.alarms().size(), 1u);
  EXPECT_EQ(roster_.alarms().front(), (std::vector{hash(11), hash(12)}));
}

TEST_F(RosterTest, AHandOverVoidsWhatTheFormerKeeperSignsLater) {
  EXPECT_EQ(add(11, 10, 0, kAnn, HandOver{device(kBen), std::nullopt}), Admission::invalid) << "it opens epoch 1";
  add(12, 10, 1, kAnn, HandOver{device(kBen), std::nullopt});
  add(13, 10, 0, kAnn, grant(kCas, kLead));
  add(14, 12, 1, kBen, grant(kCas, kReviewer));

  EXPECT_EQ(roster_.tip(), hash(14));
  EXPECT_EQ(role(kCas), kReviewer);
  EXPECT_TRUE(roster_.is_void(hash(13)));
  ASSERT_NE(roster_.standing_at(hash(13)), nullptr) << "a void position can still be cited";
  EXPECT_EQ(roster_.standing_at(hash(13))->role_of(id<DeviceKey>(kCas)), kLead);
}

TEST_F(RosterTest, RecoveryBeatsHandOver) {
  add(12, 10, 1, kAnn, HandOver{device(kBen), std::nullopt});
  add(13, 10, 1, kSafe, Recover{device(kCas), id<DeviceKey>(8), std::nullopt});

  EXPECT_EQ(roster_.tip(), hash(13));
  EXPECT_EQ(roster_.standing().keeper, device(kCas));
  EXPECT_EQ(roster_.standing().recovery, id<DeviceKey>(8));
}

TEST_F(RosterTest, OfTwoRecoveriesTheOneThatKnewMoreStands) {
  add(20, 10, 1, kAnn, HandOver{device(kBen), std::nullopt});
  add(21, 10, 1, kSafe, Recover{device(kAnn), id<DeviceKey>(7), std::nullopt});
  add(22, 20, 2, kSafe, Recover{device(kCas), id<DeviceKey>(8), std::nullopt});

  EXPECT_EQ(roster_.tip(), hash(22));
}

TEST_F(RosterTest, AVoidErasureIsUnsettledUntilDeclined) {
  add(11, 10, 0, kAnn, Erase{{1, OriginTag{}}, {}});
  add(12, 10, 1, kSafe, Recover{device(kCas), id<DeviceKey>(8), std::nullopt});
  EXPECT_EQ(roster_.unsettled(), std::vector{hash(11)});

  add(13, 12, 1, kCas, Decline{hash(11)});

  EXPECT_TRUE(roster_.unsettled().empty());
  EXPECT_EQ(roster_.void_erasures().size(), 1u);
}

TEST_F(RosterTest, KeysFollowRotations) {
  const auto wrapped = [](std::uint8_t name) { return WrappedKey{id<KeyId>(name), {}, {}}; };
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, Rotate{wrapped(61)});
  Remove with_rotation = removal(kBen);
  with_rotation.rotation = wrapped(62);
  add(13, 12, 0, kAnn, with_rotation);

  EXPECT_EQ(roster_.standing().keys, (std::vector{KeyId{}, id<KeyId>(61), id<KeyId>(62)}));
}

// ---- rights of changes

class RightsTest : public RosterTest {
 protected:
  RightsTest() {
    causality_.learn_author(log_, id<DeviceKey>(kBen));
    causality_.learn_roster(hash(10));
    for (std::uint8_t number = 1; number <= 4; ++number) write(number, number, number - 1);
  }

  void write(std::uint32_t number, std::uint8_t chain, std::uint8_t previous) {
    log::Change change;
    change.log = log_;
    change.number = number;
    change.chain = id<ChainValue>(chain);
    change.previous = id<ChainValue>(previous);
    change.roster = hash(10);
    causality_.add(change);
  }
  Cuts cut(std::uint32_t number, std::uint8_t chain) const { return {{log_, {number, id<ChainValue>(chain)}}}; }
  // Of the change with this chain value, at the tip.
  Right right(std::uint32_t number, std::uint8_t chain) const {
    const auto place = causality_.find(log_, number, id<ChainValue>(chain));
    const LogRights rights = rights_of_log(causality_, place->lane, roster_.standing());
    return right_of(causality_, *place, rights, log::Horizon::everything());
  }

  const LogId log_ = id<LogId>(70);
  log::Causality causality_;
};

TEST_F(RightsTest, AFirstGrantRatifiesWhatWasWrittenBefore) {
  EXPECT_EQ(right(1, 1), (Right{kNoRole, Quarantine::not_granted}));

  add(11, 10, 0, kAnn, grant(kBen, kReviewer));

  EXPECT_EQ(right(1, 1), (Right{kReviewer, Quarantine::none}));
}

TEST_F(RightsTest, ARemovalCutsBeyondTheNamedChange) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, Remove{id<DeviceKey>(kBen), cut(2, 2), std::nullopt});

  EXPECT_EQ(right(2, 2), (Right{kReviewer, Quarantine::none}));
  EXPECT_EQ(right(3, 3), (Right{kNoRole, Quarantine::removed}));
}

TEST_F(RightsTest, ALogThatACutDoesNotNameIsCutAtZero) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, removal(kBen));

  EXPECT_EQ(right(1, 1), (Right{kNoRole, Quarantine::removed}));
}

TEST_F(RightsTest, AChangeOfRoleCountsBeyondItsCut) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, ChangeRole{id<DeviceKey>(kBen), kHost, cut(2, 2)});

  EXPECT_EQ(right(2, 2).role, kReviewer);
  EXPECT_EQ(right(3, 3).role, kHost);
}

TEST_F(RightsTest, AStretchIsReadmittedWithItsOwnRole) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, removal(kBen));
  add(13, 12, 0, kAnn, Readmit{log_, 2, 3, id<ChainValue>(3), kHost});

  EXPECT_EQ(right(1, 1).quarantine, Quarantine::removed);
  EXPECT_EQ(right(2, 2), (Right{kHost, Quarantine::none}));
  EXPECT_EQ(right(3, 3), (Right{kHost, Quarantine::none}));
  EXPECT_EQ(right(4, 4).quarantine, Quarantine::removed);
}

TEST_F(RightsTest, AForkStopsBothBranchesUntilOneIsNamed) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  write(3, 33, 2);
  EXPECT_EQ(right(2, 2).role, kReviewer);
  EXPECT_EQ(right(3, 3).quarantine, Quarantine::fork);
  EXPECT_EQ(right(3, 33).quarantine, Quarantine::fork);

  add(12, 11, 0, kAnn, Branch{log_, 3, id<ChainValue>(33)});

  EXPECT_EQ(right(3, 33).role, kReviewer);
  EXPECT_EQ(right(3, 3).quarantine, Quarantine::fork);
}

TEST_F(RightsTest, ACutGoesByNumberUntilItsChangeIsHere) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 0, kAnn, Remove{id<DeviceKey>(kBen), cut(3, 33), std::nullopt});
  EXPECT_EQ(right(2, 2).quarantine, Quarantine::none);
  EXPECT_EQ(right(3, 3).quarantine, Quarantine::removed) << "an equal number is another branch";

  write(3, 33, 2);

  EXPECT_EQ(right(3, 33).quarantine, Quarantine::none) << "the cut names the branch, too";
  EXPECT_EQ(right(3, 3).quarantine, Quarantine::removed);
}

// Kept for each record, the standings of 3,000 grants would take 900 MB.
TEST_F(RosterTest, TheStandingsOfALongRosterDoNotAddUp) {
  const auto number = [](std::uint32_t n) {
    RosterHash hash;
    std::memcpy(hash.bytes.data() + 1, &n, sizeof n);
    return hash;
  };
  const auto before = ::mallinfo2().uordblks;
  RosterHash previous = hash(10);
  for (std::uint32_t i = 1; i <= 3'000; ++i) {
    Grant body = grant(kBen, kReviewer);
    std::memcpy(body.device.signing.bytes.data() + 1, &i, sizeof i);
    ASSERT_EQ(roster_.add({number(i), previous, 0, id<DeviceKey>(kAnn), body}), Admission::admitted);
    ASSERT_EQ(roster_.standing().people.size(), i + 1);
    ASSERT_EQ(roster_.standing_at(previous)->people.size(), i);
    previous = number(i);
  }

  EXPECT_EQ(roster_.tip(), previous);
  EXPECT_EQ(roster_.standing_at(number(1'500))->people.size(), 1'501u);
  EXPECT_LT(::mallinfo2().uordblks, before + (100u << 20));
}

TEST_F(RosterTest, RecordsThatFollowNothingKnownAreKeptOnlyForAWhile) {
  for (std::uint32_t i = 0; i < kMaxWaiting + 500; ++i) {
    Record record{{}, {}, 0, id<DeviceKey>(kAnn), VoidInvitation{}};
    std::memcpy(record.hash.bytes.data() + 1, &i, sizeof i);
    record.previous = id<RosterHash>(99);
    EXPECT_EQ(roster_.add(record), Admission::waiting);
  }

  ASSERT_EQ(add(99, 10, 0, kAnn, grant(kBen, kReviewer)), Admission::admitted);

  EXPECT_EQ(roster_.size(), 2 + kMaxWaiting);
}

TEST_F(RosterTest, TellsWhoMaySignNextWithoutMakingAStanding) {
  add(11, 10, 0, kAnn, grant(kBen, kReviewer));
  add(12, 11, 1, kAnn, HandOver{device(kBen), std::nullopt});

  EXPECT_EQ(roster_.signers_after(hash(11))->keeper, id<DeviceKey>(kAnn));
  EXPECT_EQ(roster_.signers_after(hash(12))->keeper, id<DeviceKey>(kBen));
  EXPECT_EQ(roster_.signers_after(hash(12))->recovery, id<DeviceKey>(kSafe));
  EXPECT_FALSE(roster_.signers_after(hash(77)));
}

}  // namespace
}  // namespace plenary::roster
