#include "engine/config/document.hpp"

#include <gtest/gtest.h>

namespace equivolve::engine {
namespace {

Document document(const std::string& text) {
  return *Document::parse(text, "f.yaml");
}

std::string place(const Document& document, const std::string& pointer, bool at_key = false) {
  const ConfigProblem problem = document.problem_at_pointer(pointer, at_key, "");
  return std::to_string(problem.line) + ":" + std::to_string(problem.column);
}

TEST(Pointers, LeadToValuesAndKeys) {
  const Document d = document("a:\n  b: [x, {c: 1}]\n  \"d/e~\": 2\nf: g\n");
  EXPECT_EQ(place(d, "/a/b/1/c"), "2:14");
  EXPECT_EQ(place(d, "/a/b/1/c", true), "2:11");
  EXPECT_EQ(place(d, "/a/b/0"), "2:7");
  EXPECT_EQ(place(d, "/a/d~1e~0"), "3:11");
  EXPECT_EQ(place(d, ""), "1:1");
}

TEST(Pointers, ToNothingLeadToWhatIsAround) {
  const Document d = document("a:\n  b: [x, y]\nf: g\n");
  EXPECT_EQ(place(d, "/a/b/7"), "2:3") << "the key whose list is too short";
  EXPECT_EQ(place(d, "/a/z"), "1:1");
  EXPECT_EQ(place(d, "/f/file"), "3:1");
  EXPECT_EQ(place(d, "/nothing"), "1:1");
}

TEST(Pointers, PartsAreUnescapedOnce) {
  EXPECT_EQ(pointer_parts(""), std::vector<std::string>{});
  EXPECT_EQ(pointer_parts("/a/b"), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(pointer_parts("/~01"), (std::vector<std::string>{"~1"}));
  for (const std::string part : {"a/b", "~", "~1", "plain"})
    EXPECT_EQ(pointer_parts("/" + escape_pointer_part(part))[0], part);
}

TEST(Trees, AreOwnValuesWithMarks) {
  const Document d = document("a: &x [1, '2', ~]\nb: *x\nc: |\n  text\n");
  const Node& b = *d.root().find("b");
  ASSERT_EQ(b.items.size(), 3u);
  EXPECT_EQ(b.items[0].text, "1");
  EXPECT_FALSE(b.items[0].quoted);
  EXPECT_TRUE(b.items[1].quoted);
  EXPECT_EQ(b.items[2].kind, Node::Kind::kNull);
  EXPECT_EQ(d.root().find("c")->text, "text\n");
  EXPECT_TRUE(d.root().find("c")->quoted);
}

TEST(Trees, LineEndsOfOtherSystemsAndAByteOrderMarkAreFine) {
  const Document d = document(
      "\xef\xbb\xbf"
      "a: 1\r\nb: x\r\n");
  EXPECT_EQ(d.root().find("a")->text, "1");
  EXPECT_EQ(d.root().find("b")->text, "x");
}

}  // namespace
}  // namespace equivolve::engine
