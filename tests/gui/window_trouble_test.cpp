// Stores that are bad, gone, or another one than before.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "tests/gui/window_support.hpp"

namespace equivolve::tests {
namespace {

using gui::MainWindow;

TEST_F(Window, SaysWhatIsWrongWithAStoreAndGoesOn) {
  write_file(file, "");
  show();
  window->open(file);
  ASSERT_TRUE(comes_true([&] { return window->message().contains("empty"); }))
      << window->message().toStdString();
  shot("trouble");
  std::filesystem::remove(file);
  make_run(file, 100);
  ASSERT_TRUE(comes_true([&] { return window->candidates().candidates().rows() == 100; }));
  EXPECT_EQ(window->message(), "");
  std::filesystem::remove(file);
  ASSERT_TRUE(comes_true([&] { return window->message().contains("gone"); }));
  EXPECT_EQ(window->candidates().candidates().rows(), 100u);  // what was read stays
}

// A clear line for each, and every page can be shown and every key pressed all the same.
TEST_F(Window, NamesEachKindOfTroubleAndStaysUsable) {
  make_run(file, 50);
  std::ifstream in(file, std::ios::binary);
  const std::string good(std::istreambuf_iterator<char>(in), {});
  std::string newer = good, torn = good;
  newer[63] = 99;  // user_version
  torn.replace(4096, 40'960, 40'960, '\xA5');
  const std::map<std::string, std::pair<std::string, std::string>> bad = {
      {"empty", {"", "empty"}},
      {"cut", {good.substr(0, good.size() / 2), "cut off"}},
      {"newer", {newer, "99"}},
      {"torn", {torn, "damaged"}},
      {"other", {"id,weight\n1,2\n", "not a results file"}}};
  for (const auto& [name, content_and_words] : bad) {
    const std::filesystem::path path = folder.path() / (name + ".db");
    write_file(path, content_and_words.first);
    show();
    window->open(path);
    ASSERT_TRUE(comes_true([&] {
      return window->message().contains(QString::fromStdString(path.string()));
    })) << name
        << window->message().toStdString();
    EXPECT_TRUE(window->message().contains(QString::fromStdString(content_and_words.second)))
        << name << ": " << window->message().toStdString();
    EXPECT_FALSE(window->message().contains('\n'));
    for (const int page : {MainWindow::kOverview, MainWindow::kCandidates, MainWindow::kCandidate,
                           MainWindow::kRuns}) {
      window->show_page(page);
      for (const Qt::Key key : {Qt::Key_D, Qt::Key_E, Qt::Key_P, Qt::Key_T, Qt::Key_Down})
        press(key, Qt::ControlModifier);
    }
  }
  window->open(folder.path() / "nowhere.db");
  ASSERT_TRUE(comes_true([&] { return window->message().contains("no such file"); }));
}

TEST_F(Window, AFileOfFewerCandidatesTakesThePlaceOfALargerOne) {
  make_run(file, 300);
  open(300);
  window->show_page(MainWindow::kCandidates);
  table()->selectRow(250);
  std::filesystem::remove(file);
  ASSERT_TRUE(comes_true([&] { return window->message().contains("gone"); }));
  make_run(file, 100);  // perhaps in a file of the same inode
  ASSERT_TRUE(comes_true([&] {
    return window->candidates().candidates().rows() == 100 && !window->candidates().is_busy();
  }));
  EXPECT_EQ(table()->model()->rowCount(), 100);
  EXPECT_EQ(window->message(), "");
}

}  // namespace
}  // namespace equivolve::tests
