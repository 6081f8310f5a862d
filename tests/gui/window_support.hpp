// The window on a store, as its tests use it: by clicks and keys.
#pragma once

#include <QApplication>
#include <QImage>
#include <QSettings>
#include <QTableView>
#include <QTest>

#include <filesystem>
#include <memory>
#include <string>

#include "gui/pages/main_window.hpp"
#include "tests/gui/gui_support.hpp"

namespace equivolve::tests {

class Window : public StoreTest {
 protected:
  std::unique_ptr<gui::MainWindow> window;

  void SetUp() override { QSettings().clear(); }

  void show() {
    window = std::make_unique<gui::MainWindow>();
    window->show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(window.get()));
  }
  void open(std::size_t candidates) {
    show();
    window->open(file);
    ASSERT_TRUE(comes_true([&] {
      return window->candidates().candidates().rows() == candidates &&
             !window->candidates().is_busy();
    })) << window->message().toStdString();
  }
  void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
    QWidget* focus = QApplication::focusWidget();
    QTest::keyClick(focus != nullptr ? focus : window.get(), key, modifiers);
  }
  void settle() {
    ASSERT_TRUE(comes_true(
        [&] { return !window->candidates().is_busy() && !window->overview_page().is_busy(); }));
    QTest::qWait(20);  // queued replots
  }
  /// The window as it is, kept for people.
  QImage shot(const std::string& name) {
    QTest::qWait(50);
    const QImage picture = window->grab().toImage();
    const std::filesystem::path pictures = std::string(EQUIVOLVE_BINARY_DIR) + "/screenshots";
    std::filesystem::create_directories(pictures);
    EXPECT_TRUE(picture.save(QString::fromStdString((pictures / (name + ".png")).string())));
    return picture;
  }
  void wait_for_details(int ticket) {
    ASSERT_TRUE(comes_true([&] {
      return window->candidate_page().details() != nullptr &&
             static_cast<int>(window->candidate_page().details()->ticket) == ticket;
    }));
  }
  /// Dialogs, menus.
  void close_others() {
    for (QWidget* widget : QApplication::topLevelWidgets())
      if (widget != window.get() && widget->isVisible()) widget->close();
    window->activateWindow();
    EXPECT_TRUE(!window->isVisible() || QTest::qWaitForWindowActive(window.get()));
  }
  gui::Chart* chart(const char* id) { return window->overview_page().findChild<gui::Chart*>(id); }
  QTableView* table() { return window->candidates_page().view(); }
};

}  // namespace equivolve::tests
