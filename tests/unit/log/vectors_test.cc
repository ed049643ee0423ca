// The published vectors of the log's formats: tests/vectors/log/formats.json, described in the README beside it.
#include "core/log/frontier.h"
#include "core/log/value.h"
#include "tests/unit/log/samples.h"
#include "tests/unit/log/vector_file.h"

namespace plenary::log {
namespace {

using Json = nlohmann::ordered_json;

const char* const kFile = "log/formats.json";

std::string hex(ByteSpan bytes) {
  return to_hex(bytes);
}
std::string hex(const std::string& text) {
  return to_hex(as_bytes(text));
}

// A day of six changes in which every part of the grammar occurs.
class VectorDay {
 public:
  VectorDay() {
    for (LogId& log : others_) log = random_id<LogId>(environment_);
    author_.note("Pupils explained their reasoning.");
    author_.note("Books show clear progress since \xc5\xb4ythnos 3.");
    edit_text();
    tag_others_note();
    everything_else();
    author_.note("To be erased.");
  }

  // Last, so that the blinders of the first segment are those of a seed.
  void erase_last() {
    const std::uint32_t number = author_.state.number;
    Change& change = author_.changes.back();
    const EncodedChange encoded = encode_change(change, author_.states[number - 1]);
    std::vector<PayloadName> all;
    for (const Change& each : author_.changes) {
      for (std::uint32_t i = 0; i < payload_records(each).size(); ++i) all.push_back({each.number, i});
    }
    author_.secrets.erase({number, 0}, payload_hashes(author_.space, number, encoded, author_.secrets)->front(), all);
    drop_payload(change, change.operations[0].record);
  }

  Author& author() { return author_; }

 private:
  void edit_text() {
    const RecordName note = author_.changes[0].operations[0].record;
    const WriteName body{{author_.log, 1, 0}, 2};
    Change change;
    change.time_ms = author_.state.time_ms + 60'000;
    Operation insert = write_value(OperationKind::insert, note, 2, "Most pupils");
    insert.right = Anchor{body, 0};
    Operation strike;
    strike.kind = OperationKind::strike;
    strike.record = note;
    strike.field = 2;
    strike.ranges = {{body, 0, 6}};
    change.operations = {insert, strike};
    author_.append(change);
  }

  void tag_others_note() {
    Change change;
    change.time_ms = author_.state.time_ms - 1;
    change.schema = 2;
    change.roster = random_id<RosterHash>(environment_);
    change.seen = {{others_[0], 41, random_id<ChainValue>(environment_)},
                   {others_[0], 43, random_id<ChainValue>(environment_)},
                   {others_[1], 7, random_id<ChainValue>(environment_)}};
    std::sort(change.seen.begin(), change.seen.end());
    const RecordName theirs{70, WriteName{{others_[0], 40, 0}, 0}};
    Operation remove;
    remove.kind = OperationKind::remove;
    remove.record = theirs;
    remove.field = 6;
    remove.targets = {{{others_[0], 41, 0x0123456789abcdef}, 5}, {{others_[1], 7, 0}, 1}};
    change.operations = {
        write_value(OperationKind::add, theirs, 6, "fractions"), remove,
        write_value(OperationKind::set, theirs, 1, encode_reference({40, WriteName{{others_[1], 3, 0}, 0}}))};
    author_.append(change);
  }

  void everything_else() {
    Change change;
    change.time_ms = author_.state.time_ms;
    change.schema = 2;
    change.roster = author_.state.roster;
    change.extension = "newer";
    const RecordName copy{72, random_id<OriginTag>(environment_)};
    const auto plain = [&](OperationKind kind) {
      Operation operation = create_record(copy);
      operation.kind = kind;
      return operation;
    };
    Operation hide = plain(OperationKind::hide);
    hide.changes = {{author_.log, 1, 0}, {others_[1], 7, 0}};
    Operation unknown = plain(static_cast<OperationKind>(42));
    unknown.field = 9;
    unknown.unknown = "?";
    unknown.unknown_has_value = true;
    unknown.value = "newer";
    change.operations = {plain(OperationKind::create),
                         write_value(OperationKind::append, copy, 4, "a comment"),
                         plain(OperationKind::discard),
                         plain(OperationKind::keep),
                         hide,
                         unknown};
    author_.append(change);
  }

  SeededEnvironment environment_{2026};
  std::array<LogId, 2> others_;
  Author author_{environment_};
};

Json describe(Author& author, const Change& change) {
  const ChainState& before = author.states[change.number - 1];
  const EncodedChange encoded = encode_change(change, before);
  const auto hashes = payload_hashes(author.space, change.number, encoded, author.secrets);
  Json payloads = Json::array();
  for (std::uint32_t i = 0; i < encoded.payloads.size(); ++i) {
    const auto& bytes = encoded.payloads[i].bytes;
    const auto blinder = author.secrets.blinder({change.number, i});
    payloads.push_back({{"bytes", bytes ? Json(hex(*bytes)) : Json()},
                        {"blinder", blinder ? Json(blinder->hex()) : Json()},
                        {"hash", (*hashes)[i].hex()}});
  }
  return {{"number", change.number},           {"time_ms", change.time_ms},       {"header", hex(encoded.header)},
          {"skeleton", hex(encoded.skeleton)}, {"payloads", std::move(payloads)}, {"chain", change.chain.hex()}};
}

Json segment_of(Author& author, std::uint32_t first, std::uint32_t last) {
  return {{"first", first},
          {"last", last},
          {"content", hex(author.pack(first, last))},
          {"envelope", hex(encode_envelope(author.envelope(first, last)))}};
}

Json make_vectors() {
  VectorDay day;
  Author& author = day.author();
  const std::uint32_t last = author.state.number;
  Json made;
  made["space"] = author.space.hex();
  made["author_seed"] = hex(author.key.seed().span());
  made["author"] = author.descriptor.author.hex();
  made["nonce"] = hex(ByteSpan(author.descriptor.nonce));
  made["log"] = author.log.hex();
  made["chain_key"] = author.secrets.chain_key.hex();
  made["blinder_seed"] = author.secrets.seeds.at(0).hex();
  for (const Change& change : author.changes) made["changes"].push_back(describe(author, change));
  made["head"] = hex(encode_head(author.envelope(1, last).head()));
  const Frontier frontier = apply_difference(author.changes[3].seen, {{author.log, last, author.state.chain}});
  ByteWriter writer;
  write_frontier(writer, frontier);
  made["frontier"] = {{"bytes", hex(writer.bytes())}, {"hash", hash_frontier(author.space, frontier).hex()}};
  made["segment"] = segment_of(author, 1, last);
  day.erase_last();
  made["after_erasure"] = {{"change", describe(author, author.changes.back())},
                           {"segment", segment_of(author, 2, last)}};
  made["values"] = {
      {"integer -2", hex(encode_integer(-2))},
      {"integer 1790000000000", hex(encode_integer(1'790'000'000'000))},
      {"boolean true", hex(encode_boolean(true))},
      {"enumeration 300", hex(encode_enumeration(300))},
      {"real 0.1", hex(encode_real(0.1))},
      {"reference by write", hex(encode_reference({40, WriteName{{author.log, 300, 0}, 2}}))},
      {"reference by write on a branch", hex(encode_reference({40, WriteName{{author.log, 300, 7}, 2}}))}};
  return made;
}

TEST(LogVectorTest, EveryByteIsAsPublished) {
  expect_vectors(kFile, make_vectors());
}

TEST(LogVectorTest, PublishedSegmentsOpen) {
  const Json vectors = read_vectors(kFile);
  const auto open = [&](const Json& segment, const ChainState& before) {
    const auto envelope = decode_envelope(*from_hex(segment["envelope"].get<std::string>()));
    EXPECT_TRUE(envelope && verify_envelope(*envelope));
    return unpack_changes(*from_hex(segment["content"].get<std::string>()), *envelope, before);
  };

  const auto whole = open(vectors["segment"], {});
  ASSERT_TRUE(whole) << whole.error().message;
  const auto erased = open(vectors["after_erasure"]["segment"], state_after(whole->changes[0]));
  ASSERT_TRUE(erased) << erased.error().message;

  EXPECT_EQ(whole->changes.back().chain, erased->changes.back().chain);
  EXPECT_EQ(erased->changes.back().payload_missing.size(), 1u);
  EXPECT_TRUE(erased->secrets.seeds.empty());
}

}  // namespace
}  // namespace plenary::log
