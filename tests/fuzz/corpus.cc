// Writes the corpus of the fuzzers: honest examples of everything that is parsed, from which mutations go out.
//
//     fuzz_corpus FOLDER
//
// The same bytes in every run. Inputs that a fuzzer once failed on are kept beside them by hand, as found-….
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "core/base/byte_codec.h"
#include "core/base/check.h"
#include "core/log/value.h"
#include "core/review/schema.h"
#include "core/seal/container_content.h"
#include "core/seal/invitation.h"
#include "core/seal/label.h"
#include "core/seal/recovery.h"
#include "core/seal/segment_seal.h"
#include "core/seal/status_seal.h"
#include "core/seal/vault.h"
#include "core/sync/channel.h"
#include "tests/unit/log/samples.h"

namespace plenary {
namespace {

class Corpus {
 public:
  explicit Corpus(std::filesystem::path folder) : folder_(std::move(folder)) {
    author_.note("The pupils explained their method to one another.");
    for (int i = 0; i < 6; ++i) author_.append(log::any_change(author_, environment_));
    found();
  }

  void write() {
    changes();
    contents();
    roster_records();
    notices();
    containers();
    links();
    messages();
    values();
    reviews();
    of_a_profile();
  }

 private:
  void file(const std::string& fuzzer, const std::string& name, ByteSpan bytes) {
    std::filesystem::create_directories(folder_ / fuzzer);
    std::ofstream out(folder_ / fuzzer / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    CHECK(out.good());
  }

  void found() {
    roster::Found found;
    found.kind = 2;
    found.keeper = keeper_;
    found.role = 1;
    found.label = seal::seal_label(key_, seal::LabelUse::person, "Lead reviewer", environment_);
    found.key = seal::wrap_key(key_, nullptr, std::vector{keeper_.transport}, environment_);
    founding_ = sign({{}, {}, 0, {}, found});
  }
  roster::SignedRecord sign(roster::Record record) {
    record.previous = previous_;
    const auto verified = roster::sign_record(author_.space, record, author_.key);
    previous_ = verified.record().hash;
    return verified.signed_record();
  }

  // How fuzz_change reads: two lengths, header, skeleton, payload.
  void changes() {
    log::ChainState before;
    for (const log::Change& change : author_.changes) {
      const log::EncodedChange encoded = log::encode_change(change, before);
      before = log::state_after(change);
      if (encoded.header.size() > 255 || encoded.skeleton.size() > 255) continue;
      Bytes input{static_cast<std::byte>(encoded.header.size()), static_cast<std::byte>(encoded.skeleton.size())};
      const auto add = [&](ByteSpan part) { input.insert(input.end(), part.begin(), part.end()); };
      add(encoded.header);
      add(encoded.skeleton);
      if (!encoded.payloads.empty() && encoded.payloads[0].bytes) add(*encoded.payloads[0].bytes);
      file("change", "change-" + std::to_string(change.number), input);
    }
  }

  // How fuzz_content reads: what is added to `first` to make `last`, then the contents.
  void contents() {
    for (std::uint32_t last = 3; last <= 7; ++last) {
      Bytes input{static_cast<std::byte>(last - 3)};
      const Bytes packed = author_.pack(3, last);
      input.insert(input.end(), packed.begin(), packed.end());
      file("content", "changes-3-to-" + std::to_string(last), input);
    }
  }

  void roster_records() {
    using namespace roster;
    const Cuts cuts{{author_.log, {3, author_.states[3].chain}}};
    const WrappedKey key = seal::wrap_key(newer_, &key_, std::vector{keeper_.transport}, environment_);
    const DeviceIdentity device{log::random_id<DeviceKey>(environment_), log::random_id<TransportKey>(environment_)};
    const log::Head head{author_.log, 2, author_.states[2].chain};
    const std::pair<const char*, Body> bodies[] = {
        {"grant", Grant{device, log::random_id<PersonId>(environment_), 2, {}, {}, key.boxes}},
        {"invite", Invite{seal::invitation_id(secret_), 3, to_bytes("a box"), to_bytes("a label")}},
        {"void-invitation", VoidInvitation{seal::invitation_id(secret_)}},
        {"change-role", ChangeRole{device.signing, 4, cuts}},
        {"remove", Remove{device.signing, cuts, key}},
        {"readmit", Readmit{author_.log, 4, 6, author_.states[6].chain, 2}},
        {"branch", Branch{author_.log, 5, author_.states[5].chain}},
        {"lost", Lost{author_.log, 0, {}}},
        {"erase", Erase{author_.changes[0].operations[0].record, {head}}},
        {"decline", Decline{std::pair{head, 1u}}},
        {"rotate", Rotate{key}},
        {"expire", Expire{1'800'000'000'000}},
        {"hand-over", HandOver{device, key}},
        {"recover", Recover{device, device.signing, key}},
    };
    file("roster", "found", founding_.bytes);
    for (const auto& [name, body] : bodies) {
      const SignedRecord record = sign({{}, {}, 1, {}, body});
      file("roster", name, record.bytes);
      file("clear_parts", std::string("record-") + name, encode_signed_record(record));
    }
  }

  void notices() {
    segment_ =
        log::encode_segment(seal::seal_segment(key_, author_.envelope(1, 7), author_.pack(1, 7), environment_, {1}));
    const auto head = author_.envelope(1, 7).head();
    log::SignedHead other = log::sign_head(author_.space, {author_.log, 7, author_.states[6].chain}, author_.key);
    fork_ = log::encode_fork(*log::disagreement(author_.descriptor, head, other));
    claim_ = roster::sign_claim({author_.space, seal::invitation_id(secret_), keeper_,
                                 log::random_id<PersonId>(environment_), to_bytes("a label")},
                                seal::invitation_key(secret_), author_.key);
    seal::StatusContent content;
    content.frontier = frontier();
    content.notes_sealed = 37;
    status_ = seal::seal_status(key_, author_.space, author_.key, 3, content, environment_);
    file("clear_parts", "segment", segment_);
    file("clear_parts", "envelope", log::encode_envelope(author_.envelope(1, 7)));
    file("clear_parts", "head", log::encode_head(head));
    file("clear_parts", "fork", fork_);
    file("clear_parts", "claim", roster::encode_claim(claim_));
    file("clear_parts", "status", roster::encode_status(status_));
    content.digests = {{Digest{{std::byte{1}}}, Digest{{std::byte{2}}}}};
    content.program = "plenary 1";
    file("status", "all", seal::encode_status_content(content));
    file("status", "little", seal::encode_status_content({}));
  }

  void containers() {
    seal::DayEnd day{author_.space, {founding_}, {segment_}, {fork_}, {claim_}, {status_}};
    const seal::Receipt receipt{author_.space, {}, author_.key.public_key(), 99, frontier(), previous_};
    file("container", "day-end", seal::encode_content(day));
    file("container", "receipt", seal::encode_content(receipt, author_.key));
    file("clear_parts", "day-end-file", seal::write_day_end(key_, day, environment_));
  }

  void links() {
    const std::vector<seal::HubAddress> addresses{{"hub.example", 7411}, {"::1", 65535}};
    const seal::InvitationLink link{author_.space, keeper_.transport, addresses, secret_.duplicate()};
    file("clear_parts", "link", as_bytes(seal::write_link(link)));
  }

  void messages() {
    using namespace sync;
    const auto hub = crypto::SigningKey::generate(environment_);
    const HubHead first = make_hub_head(author_.space, {}, 1, {}, {}, hub);
    const HubHead second = make_hub_head(author_.space, first, 1, Digest{{std::byte{1}}}, {}, hub);
    const HubHead rival = make_hub_head(author_.space, first, 1, Digest{{std::byte{2}}}, {}, hub);
    const Problem problem{{ErrorCode::refused, "This hub keeps 10 MB for each device."}, true, 30'000};
    const Open open{author_.space, {}, roster::encode_claim(claim_), true, 1, 4};
    const Opened opened{0,
                        WireAccess::member,
                        {},
                        std::vector<RosterHash>{previous_},
                        frontier(),
                        std::vector<NoticeName>{{ItemKind::status, {}, 4}},
                        HeadUpdate{second, {content_of(author_.space, first)}},
                        true};
    const log::Head head{author_.log, 3, author_.states[3].chain};
    const std::pair<const char*, Message> examples[] = {
        {"hello", Hello{"plenary 1", 1 << 20, "token", {open}}},
        {"welcome", Welcome{"plenaryd 1", 1 << 20, hub.public_key(), {opened}}},
        {"opens", Opens{{open, open}}},
        {"opened", opened},
        {"want", Want{0, {previous_}, {{ItemKind::claim, {}, 0}}, {{author_.log, {head}}}}},
        {"plan", Plan{0, 12, 4'000}},
        {"items",
         Items{0, {{ItemKind::segment, segment_, author_.states[1].chain, true}}, true, HeadUpdate{second, {}}}},
        {"committed", Committed{0, 3, {{2, problem, {head}}}, HeadUpdate{second, {}}}},
        {"credit", Credit{65'536}},
        {"ping", Ping{}},
        {"bye", Bye{problem}},
    };
    for (const auto& [name, message] : examples) file("sync", name, encode_message(message));
    file("sync", "hub-head", encode_hub_head(second));
    file("sync", "hub-fork", encode_hub_fork(*hub_disagreement(author_.space, second, rival)));
    const auto device = crypto::AgreementKey::generate(environment_);
    Bytes out;
    Channel channel = Channel::to_hub(device, device.public_key(), environment_);
    CHECK(channel.start(out));
    file("sync", "first-frame", out);
  }

  std::map<merge::ValueKind, std::string> example_values() const {
    const log::RecordName record{1, log::WriteName{{author_.log, 3, 0}, 0}};
    return {
        {merge::ValueKind::integer, log::encode_integer(-1'791'000'000'000)},
        {merge::ValueKind::text, "The pupils explained their method."},
        {merge::ValueKind::boolean, log::encode_boolean(true)},
        {merge::ValueKind::enumeration, log::encode_enumeration(3)},
        {merge::ValueKind::reference, log::encode_reference(record)},
        {merge::ValueKind::bytes, std::string("\x01\xff", 2)},
        {merge::ValueKind::message, std::string("\x08\x02\x12\x01x", 5)},
        {merge::ValueKind::real, log::encode_real(-0.5)},
    };
  }

  // How fuzz_value reads: the number of a field (two bytes), then a value. One of each kind, for its first field.
  void values() {
    const auto examples = example_values();
    int number = 0;
    std::set<merge::ValueKind> seen;
    for (const auto& [type_number, type] : review::review_schema().types) {
      for (const auto& [field_number, field] : type.fields) {
        if (seen.insert(field.kind).second) {
          std::string input = examples.at(field.kind);
          input.insert(0, {static_cast<char>(number % 256), static_cast<char>(number / 256)});
          file("value", "kind-" + std::to_string(static_cast<int>(field.kind)), as_bytes(input));
        }
        ++number;
      }
    }
  }

  // How fuzz_review reads: of each of the types a record with all its fields.
  Bytes review_of(const std::set<std::string>& types) const {
    ByteWriter writer;
    std::uint8_t index = 0, records = 0;
    for (const auto& [number, type] : review::review_schema().types) {
      const std::uint8_t type_index = index++;
      if (!types.empty() && !types.contains(type.name)) continue;
      for (const std::uint8_t octet : {type_index, std::uint8_t{0}, records++}) writer.u8(octet);
      writer.u8(static_cast<std::uint8_t>(std::min<std::size_t>(type.fields.size(), 31)));
      std::uint8_t field_index = 0;
      for (const auto& [field_number, field] : type.fields) {
        if (field_index == 31) break;
        writer.u8(field_index++);
        const std::string value = example_values().at(field.kind);
        writer.u8(static_cast<std::uint8_t>(value.size()));
        writer.raw(as_bytes(value));
      }
    }
    return std::move(writer).take();
  }
  void reviews() {
    file("review", "all-types", review_of({}));
    file("review", "a-review",
         review_of({"review", "school", "enquiry_question", "team_member", "activity", "evidence", "finding",
                    "host_response", "day_package", "review_step"}));
    file("words", "a-note", as_bytes("Megan (b. 3.4.2015, UPN A123456789012) was outstanding; ask 01792 400123."));
    file("words", "in-welsh", as_bytes("Roedd y wers yn rhagorol, a Siân yn dda iawn."));
  }

  void of_a_profile() {
    const seal::Passphrase passphrase("correct horse battery staple", {1, 8});
    auto made = seal::Vault::make(passphrase, environment_);
    CHECK(made);
    const auto without_check = [&] {
      Bytes bytes = made->vault.encode();
      bytes.resize(bytes.size() - 16);
      return bytes;
    };
    file("vault", "passphrase", without_check());
    const std::string code = made->vault.set_recovery_code(made->key, environment_);
    file("vault", "recovery-code", without_check());
    file("typed", "recovery-code", as_bytes(code));
    file("typed", "recovery-key", as_bytes(seal::print_code(seal::RecoverySecret::random(environment_))));
    file("typed", "date", as_bytes("2024-02-29"));
    file("typed", "register-date", as_bytes("31-08-1992"));
    file("typed", "academic-year", as_bytes("2025/26"));
  }

  log::Frontier frontier() const { return {{author_.log, 7, author_.states[7].chain}}; }

  std::filesystem::path folder_;
  log::SeededEnvironment environment_{20261122};
  log::Author author_{environment_};
  seal::SpaceKey key_ = seal::make_space_key(environment_), newer_ = seal::make_space_key(environment_);
  seal::InvitationSecret secret_ = seal::make_invitation_secret(environment_);
  roster::DeviceIdentity keeper_{author_.key.public_key(), crypto::AgreementKey::generate(environment_).public_key()};
  RosterHash previous_;
  roster::SignedRecord founding_;
  Bytes segment_, fork_;
  roster::SignedClaim claim_;
  roster::Status status_;
};

}  // namespace
}  // namespace plenary

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
    return 2;
  }
  plenary::Corpus(argv[1]).write();
}
