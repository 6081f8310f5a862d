// Includes point only downward: gui > engine > evaluators > search > hashing. Two tables say who
// may include what; every source file of these folders is read and held against them.
// (docs/architecture.md explains the layers.)
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace equivolve {
namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

// ---- the rules
// ------------------------------------------------------------------------------------------------------

/// What files of one area may include by path from the root: folders (ending in '/') or single
/// headers. The first area whose folder a file lies in counts, so the narrower ones stand first.
struct Area {
  std::string folder;
  Names may_include;
  bool own_folder =
      false;  ///< each folder directly below is an area of its own and may include itself
};

const std::vector<Area>& areas() {
  static const std::vector<Area> table{
      {"hashing/", {"hashing/"}},
      {"search/", {"search/", "hashing/stream.hpp"}},
      {"evaluators/sdk/", {"evaluators/sdk/"}},
      // What a configuration may not say is refused as the interface wants it.
      {"evaluators/common/settings/", {"evaluators/common/", "evaluators/sdk/"}},
      {"evaluators/common/", {"evaluators/common/", "search/", "hashing/stream.hpp"}},
      {"evaluators/",
       {"evaluators/sdk/", "evaluators/common/", "search/", "hashing/stream.hpp"},
       /*own_folder=*/true},
      {"engine/store/", {"engine/store/", "hashing/"}},
      {"engine/study/",
       {"engine/study/", "engine/plugins/", "engine/run/", "evaluators/common/", "search/",
        "hashing/"}},
      {"engine/", {"engine/", "evaluators/sdk/", "search/", "hashing/"}},
      {"gui/", {"gui/", "engine/store/reader.hpp", "engine/store/records.hpp", "search/genome/"}},
  };
  return table;
}

/// A library header (or all that begin with a prefix) and the folders that may, or may not, include
/// it.
struct Library {
  std::string header;  ///< exact, or a prefix when it ends in '/' or '*'
  Names only_in;       ///< empty: anywhere but never_in
  Names never_in;
};

const std::vector<Library>& libraries() {
  static const Names pure{"hashing/", "search/"};
  static const std::vector<Library> table{
      {"sqlite3.h", {"engine/store/"}, {}},
      {"yaml-cpp/", {"engine/config/"}, {}},
      {"tbb/", {"engine/run/"}, {}},
      {"oneapi/tbb*", {"engine/run/"}, {}},
      {"onnx/", {"evaluators/common/nn/onnx/"}, {}},
      {"google/protobuf/", {"evaluators/common/nn/onnx/"}, {}},
      {"thread", {}, pure},
      {"mutex", {}, pure},
      {"chrono", {}, pure},
      {"filesystem", {}, pure},
      // The dashboard alone is GPL-3.0.
      {"qcustomplot.h", {"gui/charts/"}, {}},
      {"Q*", {"gui/"}, {}},
  };
  return table;
}

/// What an evaluator's author compiles must need nothing but a compiler.
constexpr std::string_view kStandardHeadersOnly = "evaluators/sdk/";

// ---- checking one file
// ----------------------------------------------------------------------------------------------

struct Finding {
  std::string file;
  int line = 0;
  std::string include;
  std::string rule;
};

std::string describe(const Finding& f) {
  return f.file + ":" + std::to_string(f.line) + ": #include " + f.include + ": " + f.rule;
}

bool in_any(const std::string& path, const Names& folders) {
  return std::any_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    return folder.back() == '/' ? path.starts_with(folder) : path == folder;
  });
}

std::string joined(const Names& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

const Area* area_of(const std::string& file) {
  for (const Area& area : areas()) {
    if (file.starts_with(area.folder)) return &area;
  }
  return nullptr;
}

using Exists = std::function<bool(const std::string&)>;

std::optional<std::string> quoted_rule(const std::string& file, const std::string& target,
                                       const Exists& exists) {
  if (("/" + target + "/").find("/../") != std::string::npos) {
    return "includes are paths from the root, without ..";
  }
  const Area* area = area_of(file);
  if (area == nullptr) return "the file lies in no layer";
  Names allowed = area->may_include;
  if (area->own_folder) {
    const std::size_t end = file.find('/', area->folder.size());
    if (end != std::string::npos) allowed.push_back(file.substr(0, end + 1));
  }
  if (!in_any(target, allowed)) {
    return area->folder + " may include only " + joined(allowed);
  }
  if (!exists(target)) return "no such file below the root";
  return std::nullopt;
}

// C++ headers have neither dot nor slash; of C's those that exist as <x.h> in every C11 and C++17.
bool is_standard(const std::string& header) {
  static const std::set<std::string> c_headers{
      "assert.h", "ctype.h", "errno.h",  "fenv.h",   "float.h",  "inttypes.h", "limits.h",
      "locale.h", "math.h",  "setjmp.h", "signal.h", "stdarg.h", "stdbool.h",  "stddef.h",
      "stdint.h", "stdio.h", "stdlib.h", "string.h", "time.h",   "uchar.h",    "wchar.h"};
  return header.find_first_of("./") == std::string::npos || c_headers.contains(header);
}

bool is_header_of(const std::string& header, const Library& library) {
  const char last = library.header.back();
  if (last == '/') return header.starts_with(library.header);
  if (last == '*') return header.starts_with(library.header.substr(0, library.header.size() - 1));
  return header == library.header;
}

std::optional<std::string> library_rule(const std::string& file, const std::string& header) {
  if (file.starts_with(kStandardHeadersOnly) && !is_standard(header) &&
      !header.starts_with(kStandardHeadersOnly)) {
    return std::string(kStandardHeadersOnly) + " may include only standard headers";
  }
  for (const Library& library : libraries()) {
    if (!is_header_of(header, library)) continue;
    if (!library.only_in.empty() && !in_any(file, library.only_in)) {
      return "only " + joined(library.only_in) + " may include it";
    }
    if (in_any(file, library.never_in)) return joined(library.never_in) + " may not include it";
  }
  return std::nullopt;
}

std::vector<Finding> check(const std::string& file, std::istream& text, const Exists& exists) {
  static const std::regex directive(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Finding> findings;
  std::string line;
  for (int number = 1; std::getline(text, line); ++number) {
    std::smatch match;
    if (!std::regex_search(line, match, directive)) continue;
    const bool quoted = match[1] == "\"";
    const std::string target = match[2];
    // A library's header in quotes is still that library's.
    std::optional<std::string> rule = library_rule(file, target);
    if (quoted && !rule) rule = quoted_rule(file, target, exists);
    // In angle brackets one of ours is still one of ours.
    if (!quoted && !rule && area_of(target) != nullptr) rule = quoted_rule(file, target, exists);
    if (rule) {
      findings.push_back({file, number, quoted ? '"' + target + '"' : '<' + target + '>', *rule});
    }
  }
  return findings;
}

std::vector<Finding> check_text(const std::string& file, const std::string& text) {
  std::istringstream stream(text);
  return check(file, stream, [](const std::string&) { return true; });
}

// ---- the tree
// -------------------------------------------------------------------------------------------------------

bool is_source(const fs::path& path) {
  static const std::set<std::string> extensions{".hpp", ".h", ".cpp", ".c"};
  return extensions.contains(path.extension().string());
}

TEST(Layers, EveryIncludePointsDownward) {
  const fs::path root = EQUIVOLVE_SOURCE_DIR;
  const auto exists = [&](const std::string& path) { return fs::is_regular_file(root / path); };
  for (const std::string layer : {"hashing", "search", "evaluators", "engine", "gui"}) {
    if (layer == "gui" && !fs::exists(root / layer)) continue;  // a checkout may lack it
    int files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root / layer)) {
      if (!entry.is_regular_file() || !is_source(entry.path())) continue;
      ++files;
      std::ifstream text(entry.path());
      for (const Finding& f :
           check(entry.path().lexically_relative(root).generic_string(), text, exists)) {
        ADD_FAILURE() << describe(f);
      }
    }
    EXPECT_TRUE(files > 0 || layer == "gui") << "no sources in " << root / layer;
  }
}

// ---- the rules themselves, on made-up files
// -------------------------------------------------------------------------

struct Example {
  std::string file;
  std::string include;
  bool allowed;
};

void PrintTo(const Example& e, std::ostream* out) {
  *out << e.file << " " << e.include;
}

class LayerRules : public testing::TestWithParam<Example> {};

TEST_P(LayerRules, AreKept) {
  const Example& e = GetParam();
  const auto findings = check_text(e.file, "// a comment\n#include " + e.include + "\n");
  if (e.allowed) {
    for (const Finding& f : findings) ADD_FAILURE() << describe(f);
    return;
  }
  ASSERT_EQ(findings.size(), 1U);
  const std::string message = describe(findings[0]);
  EXPECT_TRUE(message.starts_with(e.file + ":2: #include " + e.include + ": ")) << message;
  EXPECT_FALSE(findings[0].rule.empty());
}

const Example kExamples[] = {
    {"hashing/x.cpp", "\"hashing/y.hpp\"", true},
    {"hashing/x.cpp", "<xxhash.h>", true},
    {"hashing/x.cpp", "\"search/y.hpp\"", false},
    {"hashing/x.cpp", "\"engine/run/y.hpp\"", false},
    {"hashing/x.cpp", "<thread>", false},
    {"hashing/x.cpp", "<chrono>", false},
    {"search/genome/x.cpp", "\"search/space/y.hpp\"", true},
    {"search/genome/x.cpp", "\"hashing/stream.hpp\"", true},
    {"search/genome/x.cpp", "\"hashing/digest.hpp\"", false},
    {"search/genome/x.cpp", "\"evaluators/common/y.hpp\"", false},
    {"search/genome/x.hpp", "<mutex>", false},
    {"search/genome/x.hpp", "<filesystem>", false},
    {"search/genome/x.hpp", "<vector>", true},
    {"evaluators/sdk/x.h", "<stdint.h>", true},
    {"evaluators/sdk/x.hpp", "<string_view>", true},
    {"evaluators/sdk/x.hpp", "\"evaluators/sdk/y.h\"", true},
    {"evaluators/sdk/x.hpp", "<fmt/core.h>", false},
    {"evaluators/sdk/x.hpp", "<unistd.h>", false},
    {"evaluators/sdk/x.hpp", "\"search/genome/y.hpp\"", false},
    {"evaluators/common/a/x.cpp", "\"evaluators/common/b/y.hpp\"", true},
    {"evaluators/common/a/x.cpp", "\"hashing/stream.hpp\"", true},
    {"evaluators/common/a/x.cpp", "\"hashing/digest.hpp\"", false},
    {"evaluators/common/a/x.cpp", "\"evaluators/sdk/y.hpp\"", false},
    {"evaluators/common/a/x.cpp", "\"evaluators/one/y.hpp\"", false},
    {"evaluators/one/x.cpp", "\"evaluators/one/y.hpp\"", true},
    {"evaluators/one/deep/x.cpp", "\"evaluators/one/y.hpp\"", true},
    {"evaluators/one/x.cpp", "\"evaluators/sdk/y.hpp\"", true},
    {"evaluators/one/x.cpp", "\"search/genome/y.hpp\"", true},
    {"evaluators/one/x.cpp", "\"evaluators/one_more/y.hpp\"", false},
    {"evaluators/one/x.cpp", "\"engine/run/y.hpp\"", false},
    {"evaluators/one/x.cpp", "\"hashing/sink.hpp\"", false},
    {"evaluators/one/x.cpp", "<tbb/parallel_for.h>", false},
    {"engine/store/x.cpp", "<sqlite3.h>", true},
    {"engine/store/x.cpp", "\"hashing/digest.hpp\"", true},
    {"engine/store/x.cpp", "\"engine/run/y.hpp\"", false},
    {"engine/store/x.cpp", "\"search/genome/y.hpp\"", false},
    {"engine/run/x.cpp", "\"engine/store/y.hpp\"", true},
    {"engine/run/x.cpp", "\"hashing/sink.hpp\"", true},
    {"engine/run/x.cpp", "\"evaluators/sdk/y.h\"", true},
    {"engine/run/x.cpp", "<oneapi/tbb.h>", true},
    {"engine/run/x.cpp", "<thread>", true},
    {"engine/run/x.cpp", "\"evaluators/common/a/y.hpp\"", false},
    {"engine/study/x.cpp", "\"evaluators/common/a/y.hpp\"", true},
    {"engine/study/x.cpp", "\"evaluators/one/y.hpp\"", false},
    {"engine/study/x.cpp", "\"engine/cli/y.hpp\"", false},
    {"engine/run/x.cpp", "\"evaluators/one/y.hpp\"", false},
    {"engine/run/x.cpp", "\"gui/y.hpp\"", false},
    {"engine/run/x.cpp", "<sqlite3.h>", false},
    {"engine/run/x.cpp", "<yaml-cpp/yaml.h>", false},
    {"engine/config/x.cpp", "<yaml-cpp/yaml.h>", true},
    {"engine/config/x.cpp", "<tbb/task_arena.h>", false},
    {"engine/cli/x.cpp", "<oneapi/tbb.h>", false},
    {"engine/run/x.cpp", "\"engine/../gui/y.hpp\"", false},
    {"engine/run/x.cpp", "\"y.hpp\"", false},
    {"engine/run/x.cpp", "<gui/y.hpp>", false},
    {"engine/run/x.cpp", "\"sqlite3.h\"", false},
    {"gui/x.cpp", "\"gui/models/y.hpp\"", true},
    {"gui/x.cpp", "\"engine/store/reader.hpp\"", true},
    {"gui/x.cpp", "\"search/genome/y.hpp\"", true},
    {"gui/x.cpp", "\"engine/store/writer.hpp\"", false},
    {"gui/x.cpp", "\"search/space/y.hpp\"", false},
    {"gui/x.cpp", "<sqlite3.h>", false},
    {"gui/models/x.hpp", "<QObject>", true},
    {"gui/charts/x.hpp", "<qcustomplot.h>", true},
    {"gui/models/x.hpp", "<qcustomplot.h>", false},
    {"engine/cli/x.cpp", "<QObject>", false},
    {"engine/cli/x.cpp", "<qcustomplot.h>", false},
    {"search/genome/x.cpp", "\"gui/models/y.hpp\"", false},
};
INSTANTIATE_TEST_SUITE_P(Examples, LayerRules, testing::ValuesIn(kExamples));

TEST(LayerChecker, AQuotedIncludeMustBeAFile) {
  std::istringstream text("#include \"hashing/nowhere.hpp\"\n");
  const auto findings = check("hashing/x.cpp", text, [](const std::string&) { return false; });
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(describe(findings[0]),
            "hashing/x.cpp:1: #include \"hashing/nowhere.hpp\": no such file below the root");
}

TEST(LayerChecker, SpacedDirectivesAreReadAndCommentsAreNot) {
  EXPECT_EQ(check_text("hashing/x.cpp", "  #  include   \"engine/y.hpp\"  // why\n").size(), 1U);
  EXPECT_TRUE(check_text("hashing/x.cpp", "// #include \"engine/y.hpp\"\n").empty());
}

TEST(LayerChecker, EveryFindingIsReported) {
  EXPECT_EQ(check_text("hashing/x.cpp", "#include <mutex>\n#include <vector>\n#include <thread>\n")
                .size(),
            2U);
}

}  // namespace
}  // namespace equivolve
