#include "core/seal/keyring.h"

#include <gtest/gtest.h>

#include "core/seal/invitation.h"
#include "core/seal/label.h"
#include "tests/unit/log/mutation.h"

namespace plenary::seal {
namespace {

using log::SeededEnvironment;

class KeyRingTest : public testing::Test {
 protected:
  SeededEnvironment environment_{51};
  crypto::AgreementKey anwen_ = crypto::AgreementKey::generate(environment_);
  crypto::AgreementKey bethan_ = crypto::AgreementKey::generate(environment_);
  SpaceKey first_ = make_space_key(environment_);
  SpaceKey second_ = make_space_key(environment_);
  SpaceKey third_ = make_space_key(environment_);
};

TEST_F(KeyRingTest, ANewcomerReadsHistoryWithOneBox) {
  const TransportKey founders[] = {anwen_.public_key()};
  const TransportKey all[] = {anwen_.public_key(), bethan_.public_key()};
  const std::vector<roster::WrappedKey> chain{wrap_key(first_, nullptr, founders, environment_),
                                              wrap_key(second_, &first_, founders, environment_),
                                              wrap_key(third_, &second_, all, environment_)};
  KeyRing bethans;

  EXPECT_TRUE(bethans.learn(chain, bethan_));

  EXPECT_EQ(bethans.ids().size(), 3u);
  EXPECT_EQ(*bethans.find(key_id(first_)), first_);
  EXPECT_FALSE(bethans.learn(chain, bethan_)) << "nothing new";
}

TEST_F(KeyRingTest, WhoWasRemovedCannotReadTheNextKey) {
  const TransportKey both[] = {anwen_.public_key(), bethan_.public_key()};
  const TransportKey staying[] = {anwen_.public_key()};
  const std::vector<roster::WrappedKey> chain{wrap_key(first_, nullptr, both, environment_),
                                              wrap_key(second_, &first_, staying, environment_)};
  KeyRing removed;

  removed.learn(chain, bethan_);

  EXPECT_TRUE(removed.find(key_id(first_)));
  EXPECT_FALSE(removed.find(key_id(second_)));
}

TEST_F(KeyRingTest, ABoxIsForOneReaderAndOneKey) {
  const roster::KeyBox box = wrap_for_reader(first_, anwen_.public_key(), environment_);
  EXPECT_EQ(*unwrap(key_id(first_), box, anwen_), first_);

  EXPECT_EQ(unwrap(key_id(first_), box, bethan_).error().code, ErrorCode::refused);
  EXPECT_EQ(unwrap(key_id(second_), box, anwen_).error().code, ErrorCode::refused);
  EXPECT_EQ(unwrap(key_id(first_), {bethan_.public_key(), box.box}, bethan_).error().code, ErrorCode::refused);
  EXPECT_FALSE(unwrap_previous(first_, key_id(second_), wrap_under(third_, second_, environment_)));
}

TEST_F(KeyRingTest, DamagedBoxesAreErrors) {
  const roster::KeyBox box = wrap_for_reader(first_, anwen_.public_key(), environment_);
  const Bytes under = wrap_under(second_, first_, environment_);
  for (int i = 0; i < 300; ++i) {
    const Bytes broken = damaged(box.box, environment_);
    const Bytes broken_under = damaged(under, environment_);
    EXPECT_EQ(unwrap(key_id(first_), {box.reader, broken}, anwen_).has_value(), broken == box.box);
    EXPECT_EQ(unwrap_previous(second_, key_id(first_), broken_under).has_value(), broken_under == under);
  }
}

class InvitationTest : public KeyRingTest {
 protected:
  InvitationLink link() {
    return {log::random_id<SpaceId>(environment_),
            log::random_id<TransportKey>(environment_),
            {{"staff-room.example", 4040}, {"192.0.2.7", 65535}},
            make_invitation_secret(environment_)};
  }
};

TEST_F(InvitationTest, TheSecretOpensTheKeyAndSignsTheClaim) {
  const InvitationSecret secret = make_invitation_secret(environment_);
  const Bytes box = wrap_for_invitation(first_, secret, environment_);

  EXPECT_EQ(*unwrap_invitation(box, secret), first_);
  EXPECT_EQ(invitation_id(secret).bytes, invitation_key(secret).public_key().bytes);

  const InvitationSecret guess = make_invitation_secret(environment_);
  EXPECT_EQ(unwrap_invitation(box, guess).error().code, ErrorCode::refused);
  EXPECT_NE(invitation_id(guess), invitation_id(secret));
}

TEST_F(InvitationTest, ALinkSurvivesBeingPassedOn) {
  const InvitationLink original = link();
  const std::string text = write_link(original);
  ASSERT_TRUE(text.starts_with("plenary:join?"));

  const auto read = read_link("  " + text.substr(0, 40) + "\r\n   " + text.substr(40) + "\n");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->space, original.space);
  EXPECT_EQ(read->hub, original.hub);
  EXPECT_EQ(read->addresses, original.addresses);
  EXPECT_EQ(read->secret, original.secret);
}

TEST_F(InvitationTest, ALinkThatLostALetterSaysSo) {
  const std::string text = write_link(link());
  EXPECT_NE(read_link(text.substr(0, text.size() - 1)).error().message.find("Copy all of it"), std::string::npos);
  EXPECT_NE(read_link("https://example.org").error().message.find("plenary:join?"), std::string::npos);
  for (std::size_t i = 13; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(read_link(changed)) << "letter " << i;
  }
}

class LabelTest : public KeyRingTest {};

TEST_F(LabelTest, NamesAreSealedAndTheirLengthIsRounded) {
  KeyRing keys;
  keys.add(first_.duplicate());
  const Bytes sealed = seal_label(first_, LabelUse::person, "Arweinydd tîm", environment_);

  EXPECT_EQ(*open_label(keys, LabelUse::person, sealed), "Arweinydd tîm");
  EXPECT_EQ(sealed.size(), seal_label(first_, LabelUse::person, "Lead", environment_).size());
  EXPECT_EQ(*open_label(keys, LabelUse::space, seal_label(first_, LabelUse::space, "", environment_)), "");
  const std::string longest(kMaxLabelText, 'x');
  EXPECT_EQ(*open_label(keys, LabelUse::person, seal_label(first_, LabelUse::person, longest, environment_)), longest);
}

TEST_F(LabelTest, OneUseIsNotAnother) {
  KeyRing keys;
  keys.add(first_.duplicate());
  const Bytes person = seal_label(first_, LabelUse::person, "Lead reviewer", environment_);

  EXPECT_EQ(open_label(keys, LabelUse::space, person).error().code, ErrorCode::refused);
  EXPECT_EQ(open_label(KeyRing(), LabelUse::person, person).error().code, ErrorCode::not_found);
  for (int i = 0; i < 500; ++i) {
    const Bytes broken = damaged(person, environment_);
    EXPECT_EQ(open_label(keys, LabelUse::person, broken).has_value(), broken == person);
  }
}

}  // namespace
}  // namespace plenary::seal
