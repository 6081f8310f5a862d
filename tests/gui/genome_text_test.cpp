// Genomes as people read them: what is dead, what changed, what a piece of a line is.
#include "gui/models/genome_text.hpp"

#include "gui/models/candidate_details.hpp"
#include "search/genome/program.hpp"
#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {
namespace {

using gui::ChangedLine;
using gui::TextLine;

std::vector<TextLine> lines_of(const std::string& text) {
  const auto program = search::parse_program(text, {4, 3, 0, 4});
  EXPECT_TRUE(program) << program.error().message;
  return gui::genome_text("program", "{}", search::to_genome(*program).flat);
}

TEST(GenomeText, DimsWhatCannotMatter) {
  // s3 is never read; s2 is, by the prediction.
  const auto lines =
      lines_of("setup:\n  s2 = 0.5\n  s3 = 0.25\npredict:\n  s1 = s2 + s2\nlearn:\n");
  const std::vector<TextLine> expected = {
      {"setup:", true, true},   {"  s2 = 0.5", true, false},     {"  s3 = 0.25", false, false},
      {"predict:", true, true}, {"  s1 = s2 + s2", true, false}, {"learn:", true, true}};
  EXPECT_EQ(lines, expected);
}

TEST(GenomeText, NamesInputsParametersAndSymbols) {
  const auto bytes = [](const auto& value) {
    const auto* first = reinterpret_cast<const std::byte*>(value.data());
    return std::vector<std::byte>(first, first + sizeof value[0] * value.size());
  };
  const std::vector<eqv_parameter_value> values = {
      {EQV_FLOAT, 1, 0.25}, {EQV_CHOICE, 1, 1}, {EQV_INTEGER, 0, 0}};
  const std::string space =
      R"({"space":{"parameters":{"a":{},"kind":{"values":["x","y"]},"z":{}}}})";
  const std::vector<TextLine> parameters = {
      {"a: 0.25", true, false}, {"kind: y", true, false}, {"z: inactive", false, false}};
  EXPECT_EQ(gui::genome_text("configuration", space, bytes(values)), parameters);
  const std::vector<std::uint8_t> sequence = {3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
  EXPECT_EQ(
      gui::genome_text("sequence", R"({"space":{"alphabet":"ACG"}})", bytes(sequence)).at(0).text,
      "GAC");
  const std::vector<eqv_expression_token> formula = {{0, 1, 0, 0}};
  EXPECT_EQ(gui::genome_text("expression", R"({"space":{"inputs":["age","bmi"]}})", bytes(formula))
                .at(0)
                .text,
            "bmi");
}

TEST(GenomeText, BytesThatAreNoGenomeAreSaidToBe) {
  const std::vector<std::byte> garbage(7, std::byte{0xFF});
  for (const char* representation :
       {"program", "expression", "graph", "sequence", "configuration", "poem"}) {
    const auto lines = gui::genome_text(representation, "not json", garbage);
    ASSERT_EQ(lines.size(), 1u) << representation;
    EXPECT_TRUE(lines[0].text.starts_with("the genome cannot be read: ")) << lines[0].text;
  }
}

TEST(GenomeText, PiecesPutTogetherAreTheLine) {
  const std::string line = "  s1 = dot(v0, v12) * 2.5e-3 + sqrt(bmi)";
  std::string joined, operands, numbers;
  for (const gui::Span& span : gui::spans_of(line)) {
    joined += span.text;
    if (span.mark == gui::Mark::kOperand) operands += std::string(span.text) + " ";
    if (span.mark == gui::Mark::kNumber) numbers += std::string(span.text) + " ";
  }
  EXPECT_EQ(joined, line);
  EXPECT_EQ(operands, "s1 v0 v12 ");
  EXPECT_EQ(numbers, "2.5e-3 ");
}

TEST(GenomeText, TheDifferenceHasBothTextsInIt) {
  const auto before = lines_of("setup:\n  s2 = 0.5\npredict:\n  s1 = s2 + s2\nlearn:\n");
  const auto after =
      lines_of("setup:\n  s2 = 0.5\npredict:\n  s1 = s2 * s2\n  s3 = s1 + s1\nlearn:\n");
  std::vector<TextLine> left, right;
  int same = 0;
  for (const ChangedLine& line : gui::difference(before, after)) {
    if (line.side != ChangedLine::Side::kAdded) left.push_back(line.line);
    if (line.side != ChangedLine::Side::kRemoved) right.push_back(line.line);
    same += line.side == ChangedLine::Side::kBoth ? 1 : 0;
  }
  EXPECT_EQ(left, before);
  EXPECT_EQ(right, after);
  EXPECT_EQ(same, 4);
}

class Details : public StoreTest {};

TEST_F(Details, AreThoseOfTheStore) {
  make_run(file, 3000);
  auto session = gui::StoreSession::open(file);
  ASSERT_TRUE((*session)->follow(1));
  while (*(*session)->read_piece()) {
  }
  // The largest class, its last member: a duplicate.
  const auto row = query(file,
                         "SELECT class, count(*), max(ticket) FROM candidates WHERE run = 1 GROUP "
                         "BY class ORDER BY 2 DESC, 1 LIMIT 1");
  const QStringList parts = QString::fromStdString(row.at(0)).split('|');
  const auto details = (*session)->details(parts[2].toULongLong());
  ASSERT_TRUE(details) << details.error();
  EXPECT_EQ(details->cls, parts[0].toULongLong());
  EXPECT_EQ(details->member_count, parts[1].toULongLong());
  EXPECT_EQ(details->members.size(),
            std::min<std::size_t>(gui::kMostMembers, details->member_count - 1));
  EXPECT_TRUE(details->behaviour.starts_with("duplicate")) << details->behaviour;
  EXPECT_EQ(details->digest,
            query(file, "SELECT lower(hex(digest)) FROM classes WHERE id = (1 << 40) + " +
                            parts[0].toStdString())
                .at(0));
  EXPECT_EQ(std::to_string(details->trial_count),
            query(file, "SELECT count(*) FROM trials WHERE kind < 3 AND class = " +
                            parts[0].toStdString())
                .at(0));
  EXPECT_GE(details->text.size(), 3u);
  const std::string parent =
      query(file,
            "SELECT coalesce(parent, '') FROM candidates WHERE ticket = " + parts[2].toStdString())
          .at(0);
  EXPECT_EQ(details->parent ? std::to_string(*details->parent) : "", parent);
  EXPECT_EQ(details->parent_text.empty(), parent.empty());
}

TEST_F(Details, ATicketThatIsNotThere) {
  make_run(file, 100);
  auto session = gui::StoreSession::open(file);
  ASSERT_TRUE((*session)->follow(1));
  ASSERT_TRUE((*session)->read_piece());
  EXPECT_EQ((*session)->details(100).error(), "run 1 has no ticket 100");
}

}  // namespace
}  // namespace equivolve::tests
