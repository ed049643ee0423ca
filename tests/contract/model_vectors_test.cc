// The engine against every history of the reference model, at every moment.
#include <gtest/gtest.h>

#include "tests/contract/model_vectors.h"

namespace plenary::contract {
namespace {

constexpr std::array kFiles{"stories-epochs", "stories-erasure", "stories-fields", "stories-life",
                            "stories-logs",   "stories-roster",  "stories-schema", "stories-text",
                            "explored-1",     "explored-2",      "explored-3"};

class ModelVectorsTest : public testing::TestWithParam<const char*> {};

TEST_P(ModelVectorsTest, ShowsWhatTheModelShows) {
  const nlohmann::json file =
      read_histories(std::string(PLENARY_SOURCE_DIR "/tests/vectors/model/") + GetParam() + ".json");

  for (const nlohmann::json& in : file) {
    const ModelHistory history(in);
    for (std::size_t moment = 0; moment < history.moments(); ++moment) {
      EXPECT_EQ(history.difference(moment), "") << history.name(moment);
    }
  }
}

TEST(ModelVectorFilesTest, AreAllThere) {
  std::size_t histories = 0, moments = 0;
  for (const char* name : kFiles) {
    const nlohmann::json file =
        read_histories(std::string(PLENARY_SOURCE_DIR "/tests/vectors/model/") + name + ".json");
    histories += file.size();
    for (const nlohmann::json& in : file) moments += in.at("moments").size();
  }

  EXPECT_EQ(histories, 331u);
  EXPECT_EQ(moments, 709u);
}

INSTANTIATE_TEST_SUITE_P(Files, ModelVectorsTest, testing::ValuesIn(kFiles));

}  // namespace
}  // namespace plenary::contract
