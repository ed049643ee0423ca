#include "core/seal/container.h"

#include <gtest/gtest.h>

#include "core/seal/label.h"
#include "core/seal/segment_seal.h"
#include "core/seal/status_seal.h"
#include "tests/unit/log/mutation.h"

namespace plenary::seal {
namespace {

// A tablet hands its day over in a file, because there is no network at all.
class ContainerTest : public testing::Test {
 protected:
  ContainerTest() {
    keys_.add(key_.duplicate());
    for (int i = 0; i < 400; ++i) author_.note("The pupils of the class explained " + std::to_string(i * i));
    roster::Found found;
    found.keeper = {author_.key.public_key(), log::random_id<TransportKey>(environment_)};
    found.key.key = key_id(key_);
    const auto founding = roster::sign_record({}, {{}, {}, 0, {}, found}, author_.key);
    content_.space = author_.space;
    content_.roster = {founding.signed_record()};
    content_.segments = {
        log::encode_segment(seal_segment(key_, author_.envelope(1, 400), author_.pack(1, 400), environment_, {1}))};
    const auto invitation = crypto::SigningKey::generate(environment_);
    content_.claims = {roster::sign_claim({author_.space,
                                           InvitationId{invitation.public_key().bytes},
                                           {author_.key.public_key(), log::random_id<TransportKey>(environment_)},
                                           log::random_id<PersonId>(environment_),
                                           seal_label(key_, LabelUse::person, "Lead reviewer", environment_)},
                                          invitation, author_.key)};
    content_.statuses = {seal_status(key_, author_.space, author_.key, 3, status(), environment_)};
    file_ = write_day_end(key_, content_, environment_);
  }
  StatusContent status() {
    StatusContent status;
    status.time_ms = -5;
    status.frontier = {{author_.log, 400, author_.state.chain}};
    status.digests = {{log::random_id<Digest>(environment_), log::random_id<Digest>(environment_)}};
    status.hub_head = to_bytes("a hub head");
    status.unsent_changes = 12;
    status.notes_sealed = 37;
    status.program = "test 1";
    return status;
  }
  Result<ContainerContent> read(ByteSpan file) {
    const KeyRing* rings[] = {&stranger_, &keys_};
    return read_container(rings, file);
  }

  log::SeededEnvironment environment_{71};
  log::Author author_{environment_};
  SpaceKey key_ = make_space_key(environment_);
  KeyRing keys_, stranger_;
  DayEnd content_;
  Bytes file_;
};

TEST_F(ContainerTest, ADayEndFileArrivesWhole) {
  ASSERT_GT(file_.size(), 3'000u);

  const auto content = read(file_);

  ASSERT_TRUE(content) << content.error().message;
  EXPECT_EQ(std::get<DayEnd>(*content), content_);
}

TEST_F(ContainerTest, AReceiptAnswersOneFile) {
  const Receipt receipt{author_.space,
                        hash_container(file_),
                        author_.key.public_key(),
                        99,
                        {{author_.log, 400, author_.state.chain}},
                        log::random_id<RosterHash>(environment_)};

  const auto content = read(write_receipt(key_, receipt, author_.key, environment_));

  ASSERT_TRUE(content) << content.error().message;
  EXPECT_EQ(std::get<Receipt>(*content), receipt);
}

TEST_F(ContainerTest, LargeFilesTravelInPieces) {
  Bytes noise(300'000);
  environment_.random(noise);
  content_.segments.push_back(noise);
  const Bytes file = write_day_end(key_, content_, environment_);

  ASSERT_TRUE(read(file));
  EXPECT_EQ(std::get<DayEnd>(*read(file)), content_);

  // Two pieces change places: each is authentic, the file is not.
  Bytes swapped = file;
  const auto piece = [&](std::size_t i) {
    return swapped.begin() + 81 + static_cast<std::ptrdiff_t>(i) * (65'536 + 16);
  };
  std::swap_ranges(piece(1), piece(2), piece(2));
  EXPECT_NE(read(swapped).error().message.find("changed or damaged"), std::string::npos);
}

TEST_F(ContainerTest, CutOffChangedAndForeignAreToldApart) {
  for (const std::size_t size :
       {std::size_t{9}, std::size_t{50}, std::size_t{81}, file_.size() / 2, file_.size() - 1}) {
    const auto cut = read(ByteSpan(file_).first(size));
    EXPECT_EQ(cut.error().code, ErrorCode::malformed);
    EXPECT_NE(cut.error().message.find("cut off"), std::string::npos) << size << ": " << cut.error().message;
  }
  for (const std::size_t place :
       {std::size_t{9}, std::size_t{30}, std::size_t{60}, std::size_t{90}, file_.size() - 1}) {
    Bytes flipped = file_;
    flipped[place] ^= std::byte{4};
    EXPECT_NE(read(flipped).error().message.find("changed or damaged"), std::string::npos) << place;
  }
  const KeyRing* nobody[] = {&stranger_};
  EXPECT_EQ(read_container(nobody, file_).error().code, ErrorCode::not_found);
  EXPECT_NE(read(as_bytes("PK\3\4 a picture")).error().message.find("not a Plenary"), std::string::npos);
  EXPECT_NE(read({}).error().message.find("not a Plenary"), std::string::npos);
  Bytes newer = file_;
  newer[8] = std::byte{2};
  EXPECT_EQ(read(newer).error().code, ErrorCode::unsupported);
}

TEST_F(ContainerTest, TheFileShowsNobodyItsSpace) {
  const Bytes again = write_day_end(key_, content_, environment_);
  EXPECT_FALSE(std::equal(file_.begin() + 9, file_.begin() + 57, again.begin() + 9))
      << "hint and salt are new each time";
  EXPECT_EQ(as_text(file_).find(as_text(author_.space.span())), std::string_view::npos);
  EXPECT_EQ(as_text(file_).find(as_text(key_id(key_).span())), std::string_view::npos);
}

TEST_F(ContainerTest, DamagedFilesAreErrors) {
  for (int i = 0; i < 1'500; ++i) {
    const Bytes broken = damaged(file_, environment_);
    EXPECT_EQ(read(broken).has_value(), broken == file_);
  }
}

TEST_F(ContainerTest, PiecesThatAreLackingOrElsewhereAreNoticed) {
  constexpr std::size_t kHeader = 81, kPiece = 65'536 + 16;
  content_.segments.assign(4, Bytes(60'000));
  const Bytes file = write_day_end(key_, content_, environment_);
  ASSERT_GT(file.size(), kHeader + 3 * kPiece);

  const auto cut = read(ByteSpan(file).first(kHeader + 2 * kPiece));
  Bytes exchanged = file;
  const auto piece = [&](std::size_t number) {
    return std::span(exchanged).subspan(kHeader + number * kPiece, kPiece);
  };
  std::ranges::swap_ranges(piece(0), piece(1));
  const auto elsewhere = read(exchanged);

  ASSERT_TRUE(!cut && !elsewhere);
  EXPECT_EQ(cut.error().message, "The file was cut off. Copy it again, the whole of it.");
  EXPECT_EQ(elsewhere.error().message, "The file was changed or damaged since it was written. Copy it again.");
}

TEST_F(ContainerTest, AStatusIsReadByMembersOnly) {
  const roster::Status sealed = *roster::decode_status(roster::encode_status(content_.statuses[0]));
  ASSERT_TRUE(roster::verify_status(sealed));

  const auto opened = open_status(keys_, sealed);

  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->notes_sealed, 37u);
  EXPECT_EQ(opened->time_ms, -5);
  EXPECT_EQ(opened->frontier, status().frontier);
  EXPECT_EQ(opened->digests.size(), 1u);
  EXPECT_EQ(open_status(stranger_, sealed).error().code, ErrorCode::not_found);
  roster::Status later = sealed;
  later.number = 4;
  EXPECT_EQ(open_status(keys_, later).error().code, ErrorCode::refused) << "an old content under a new number";
}

TEST_F(ContainerTest, AStatusOfMoreLogsThanItNamesIsCut) {
  StatusContent content = status();
  for (std::size_t i = 0; i < kMaxStatusHeads + 500; ++i) {
    content.frontier.push_back({log::random_id<LogId>(environment_), 1, log::random_id<ChainValue>(environment_)});
  }
  std::ranges::sort(content.frontier);

  const auto sealed = seal_status(key_, author_.space, author_.key, 4, content, environment_);
  const auto read = roster::decode_status(roster::encode_status(sealed));

  ASSERT_TRUE(read);
  const auto opened = open_status(keys_, *read);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->frontier, cut_frontier(content.frontier));
  EXPECT_EQ(opened->frontier.size(), kMaxStatusHeads);
}

}  // namespace
}  // namespace plenary::seal
