// C8 for compilers without libFuzzer: bounded, seeded changes of good and bad files. And for all:
// what the fuzzer once found.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include "hashing/stream.hpp"
#include "tests/fuzz/config_input.hpp"

namespace equivolve::fuzz {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> files_below(const std::string& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(EQUIVOLVE_SOURCE "/" + folder))
    if (entry.is_regular_file() && entry.path().extension() != ".txt")
      paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> texts;
  for (const auto& path : paths) texts.push_back(content(path));
  return texts;
}

std::vector<std::string> seeds() {
  std::vector<std::string> all;
  for (const char* folder : {"examples", "tests/engine/config/errors", "tests/fuzz/seeds/config"})
    for (std::string& text : files_below(folder))
      if (text.size() < 4'000) all.push_back(std::move(text));
  return all;
}

// The words of yaml.dict, unescaped.
std::vector<std::string> words() {
  std::ifstream in(EQUIVOLVE_SOURCE "/tests/fuzz/yaml.dict");
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) {
    if (line.size() < 2 || line.front() != '"') continue;
    std::string word;
    for (std::size_t i = 1; i + 1 < line.size(); ++i) {
      if (line[i] == '\\' && line[i + 1] == 'x') {
        word += static_cast<char>(std::stoi(line.substr(i + 2, 2), nullptr, 16));
        i += 3;
      } else {
        if (line[i] == '\\') ++i;
        word += line[i];
      }
    }
    all.push_back(word);
  }
  return all;
}

class Mutator {
 public:
  Mutator(hashing::Stream& random, const std::vector<std::string>& texts,
          const std::vector<std::string>& words)
      : random_(random), texts_(texts), words_(words) {}

  std::string next() {
    std::string text = pick(texts_);
    for (std::uint64_t changes = 1 + random_.below(4); changes > 0; --changes) change(text);
    return text;
  }

 private:
  const std::string& pick(const std::vector<std::string>& from) {
    return from[random_.below(from.size())];
  }
  std::size_t place(const std::string& text) { return random_.below(text.size() + 1); }

  void change(std::string& text) {
    const std::size_t at = place(text);
    switch (random_.below(7)) {
      case 0:  // a byte
        if (at < text.size()) text[at] = static_cast<char>(random_.below(256));
        return;
      case 1:
        text.insert(at, pick(words_));
        return;
      case 2:  // a piece taken out
        text.erase(at, random_.below(20));
        return;
      case 3: {  // a piece doubled
        const std::string piece = text.substr(at, random_.below(40));
        text.insert(place(text), piece);
        return;
      }
      case 4: {  // a piece of another file
        const std::string& other = pick(texts_);
        text.insert(at, other.substr(place(other), random_.below(60)));
        return;
      }
      case 5:
        text.resize(at);
        return;
      default: {  // a line, or what looks like one, over another
        const std::size_t end = text.find('\n', at);
        text.replace(at, end == std::string::npos ? std::string::npos : end - at,
                     pick(words_) + pick(words_));
      }
    }
  }

  hashing::Stream& random_;
  const std::vector<std::string>& texts_;
  const std::vector<std::string>& words_;
};

TEST(ConfigBytes, AllSeedsKeepThePromises) {
  const auto all = seeds();
  EXPECT_GT(all.size(), 80u);
  for (const std::string& text : all) EXPECT_EQ(broken_promise(text), "") << text;
}

TEST(ConfigBytes, ChangedFilesKeepThePromises) {
  const char* given = std::getenv("EQUIVOLVE_TEST_SEED");
  const std::uint64_t seed = given ? std::strtoull(given, nullptr, 10) : 20;
  RecordProperty("seed", std::to_string(seed));
  hashing::Stream random(seed, hashing::Purpose::kTest, 0);
  const auto texts = seeds();
  const auto dictionary = words();
  ASSERT_GT(dictionary.size(), 60u);
  Mutator mutator(random, texts, dictionary);
  for (int i = 0; i < 10'000; ++i) {
    const std::string text = mutator.next();
    const std::string broken = broken_promise(text);
    ASSERT_EQ(broken, "") << "seed " << seed << ", change " << i << ":\n" << text;
  }
}

}  // namespace
}  // namespace equivolve::fuzz
