// Drives a fuzzer without libFuzzer: each file of a corpus folder, then seeded mutations of them. The same seed gives
// the same inputs on every machine, so a failure is found again by running the same command.
//
//     fuzz_NAME CORPUS-FOLDER MUTATIONS
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.is_regular_file()) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());  // the order of a folder differs between machines, the mutations must not

  std::vector<Input> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

class Mutator {
 public:
  explicit Mutator(const std::vector<Input>& corpus) : corpus_(corpus) {}

  Input next() {
    Input input = pick();
    for (std::size_t rounds = 1 + below(4); rounds > 0; --rounds) change(input);
    return input;
  }

 private:
  std::size_t below(std::size_t end) { return end == 0 ? 0 : random_() % end; }
  std::uint8_t octet() { return static_cast<std::uint8_t>(random_()); }

  Input pick() {
    if (!corpus_.empty() && below(16) != 0) return corpus_[below(corpus_.size())];
    Input noise(below(200));
    for (auto& o : noise) o = octet();
    return noise;
  }

  void change(Input& input) {
    const auto at = static_cast<std::ptrdiff_t>(below(input.size()));
    switch (below(6)) {
      case 0:
        if (!input.empty()) input[at] ^= static_cast<std::uint8_t>(1 << below(8));
        break;
      case 1:
        if (!input.empty()) input[at] = octet();
        break;
      case 2:
        input.resize(at);
        break;
      case 3:
        input.insert(input.begin() + at, 1 + below(8), octet());
        break;
      case 4: {
        const auto end = at + static_cast<std::ptrdiff_t>(below(input.size() - at));
        input.erase(input.begin() + at, input.begin() + end);
        break;
      }
      default: {  // the rest of another input follows: lengths and counts no longer fit
        const Input other = pick();
        const auto from = static_cast<std::ptrdiff_t>(below(other.size()));
        input.resize(at);
        input.insert(input.end(), other.begin() + from, other.end());
      }
    }
  }

  const std::vector<Input>& corpus_;
  std::mt19937_64 random_{20261122};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s CORPUS-FOLDER MUTATIONS\n", argv[0]);
    return 2;
  }
  const auto corpus = read_corpus(argv[1]);
  if (corpus.empty()) {
    std::fprintf(stderr, "There is no corpus in %s.\n", argv[1]);
    return 2;
  }
  for (const Input& input : corpus) LLVMFuzzerTestOneInput(input.data(), input.size());

  Mutator mutator(corpus);
  const long mutations = std::atol(argv[2]);
  for (long n = 0; n < mutations; ++n) {
    const Input input = mutator.next();
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%zu inputs of the corpus and %ld mutations: no crash\n", corpus.size(), mutations);
  return 0;
}
