#include "sync-server/configuration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace plenary::hub {
namespace {

using ::testing::HasSubstr;

std::string example() {
  std::ifstream file(PLENARY_SOURCE_DIR "/sync-server/plenaryd.example.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The example with its settings switched on: every line of the form "# name = value".
std::string example_uncommented() {
  std::istringstream lines(example());
  std::string text;
  for (std::string line; std::getline(lines, line);) {
    const auto equals = line.find(" = ");
    const bool setting = line.starts_with("# ") && equals != std::string::npos &&
                         line.find_first_not_of("abcdefghijklmnopqrstuvwxyz_", 2) == equals;
    text += (setting ? line.substr(2) : line) + "\n";
  }
  return text;
}

TEST(ConfigurationTest, TakesEverySettingOfTheExample) {
  const auto read = parse_configuration(example_uncommented(), "example");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->data, "/var/lib/plenaryd");
  EXPECT_EQ(read->public_address, "hub.example.org:7411");
  EXPECT_EQ(read->founding_tokens.size(), 1u);
}

TEST(ConfigurationTest, RefusesWhatBreaksTheParsersOwnAssumptions) {
  for (const char* text :
       {"[a.=]", "[a.", "[=]", "a = {b.=1}", "a.=1", "a = {=}", "[[a.]]", "a.\n", "a = 7é", "a = 7\ufd7f"}) {
    const auto read = parse_configuration(text, "odd.toml");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, ErrorCode::malformed);
    EXPECT_THAT(read.error().message, HasSubstr("odd.toml"));
  }
}

TEST(ConfigurationTest, TheExampleSaysTheDefaults) {
  const auto read = parse_configuration(example_uncommented(), "example").value();
  const Configuration defaults;

  EXPECT_EQ(read.port, defaults.port);
  EXPECT_EQ(read.address, defaults.address);
  EXPECT_EQ(read.founding, defaults.founding);
  EXPECT_EQ(read.limits.connections, defaults.limits.connections);
  EXPECT_EQ(read.limits.connections_per_address, defaults.limits.connections_per_address);
  EXPECT_EQ(read.limits.handshake_timeout, defaults.limits.handshake_timeout);
  EXPECT_EQ(read.limits.idle_timeout, defaults.limits.idle_timeout);
  EXPECT_EQ(read.limits.write_timeout, defaults.limits.write_timeout);
  EXPECT_EQ(read.limits.outbox, defaults.limits.outbox);
  EXPECT_EQ(read.limits.upload_burst, defaults.limits.upload_burst);
  EXPECT_EQ(read.limits.upload_per_second, defaults.limits.upload_per_second);
  EXPECT_EQ(read.limits.bytes_per_device, defaults.limits.bytes_per_device);
  EXPECT_EQ(read.limits.spaces_per_device, defaults.limits.spaces_per_device);
  EXPECT_EQ(read.log_format, defaults.log_format);
  EXPECT_EQ(read.log_level, defaults.log_level);
}

TEST(ConfigurationTest, KeepsWhatTheFileDoesNotName) {
  Configuration defaults;
  defaults.data = "/srv/hub";

  const auto read = parse_configuration("[listen]\nport = 0\n", "hub.toml", defaults);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->data, "/srv/hub");
  EXPECT_EQ(read->port, 0);
}

TEST(ConfigurationTest, NamesTheLineOfAnUnknownSetting) {
  const auto read = parse_configuration("[limits]\n\nconnection = 7\n", "hub.toml");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::malformed);
  EXPECT_THAT(read.error().message, HasSubstr("hub.toml, line 3: \"limits.connection\" is no setting"));
}

TEST(ConfigurationTest, NamesWhatItExpects) {
  const auto port = parse_configuration("[listen]\nport = 70000", "hub.toml");
  ASSERT_FALSE(port);
  EXPECT_THAT(port.error().message, HasSubstr("from 0 to 65535"));

  const auto policy = parse_configuration("[founding]\npolicy = \"everyone\"", "hub.toml");
  ASSERT_FALSE(policy);
  EXPECT_THAT(policy.error().message, HasSubstr("\"open\" \"tokens\""));

  const auto address = parse_configuration("[listen]\naddress = 127", "hub.toml");
  ASSERT_FALSE(address);
  EXPECT_THAT(address.error().message, HasSubstr("text in quotes"));

  const auto token = parse_configuration("[founding]\ntokens = [\"short\"]", "hub.toml");
  ASSERT_FALSE(token);
  EXPECT_THAT(token.error().message, HasSubstr("at least 16 characters"));
}

TEST(ConfigurationTest, TokensWithoutAnyTokenWouldLockEverybodyOut) {
  EXPECT_FALSE(parse_configuration("[founding]\npolicy = \"tokens\"", "hub.toml"));
}

TEST(ConfigurationTest, NamesTheLineOfATypingError) {
  const auto read = parse_configuration("data = \"/srv\"\nport 7411\n", "hub.toml");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("hub.toml, line 2"));
}

TEST(ConfigurationTest, SaysWhichFileIsMissing) {
  const auto read = read_configuration("/nowhere/hub.toml");

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::not_found);
  EXPECT_THAT(read.error().message, HasSubstr("/nowhere/hub.toml"));
}

}  // namespace
}  // namespace plenary::hub
