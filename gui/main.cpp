// equivolve-dashboard [STORE.db]
// equivolve-dashboard --export DIR [--force] --run R STORE.db
#include <sys/resource.h>

#include <cstdio>
#include <cstring>

#include <QApplication>
#include <QCommandLineParser>

#include "gui/export.hpp"
#include "gui/pages/main_window.hpp"

namespace {

// As of the command line: bad input, and a results file that cannot be read.
constexpr int kBadInput = 2, kStoreTrouble = 3;

std::filesystem::path default_store() {
  const QString named = qEnvironmentVariable("EQUIVOLVE_STORE");
  return named.isEmpty() ? std::filesystem::path("equivolve.db")
                         : std::filesystem::path(named.toStdString());
}

bool has_word(int argc, char** argv, const char* begin) {
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], begin, std::strlen(begin)) == 0) return true;
  return false;
}

// Qt ends the process by abort() where there is none.
bool has_display(int argc, char** argv) {
  return has_word(argc, argv, "-platform") || qEnvironmentVariableIsSet("QT_QPA_PLATFORM") ||
         qEnvironmentVariableIsSet("DISPLAY") || qEnvironmentVariableIsSet("WAYLAND_DISPLAY");
}

// Where processors are scarce a run goes before the window that watches it.
void give_way() {
  constexpr int kNice = 10;
  ::setpriority(PRIO_PROCESS, 0, kNice);
}

int complain(const QString& message, int code) {
  std::fprintf(stderr, "equivolve-dashboard: %s\n", qPrintable(message));
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  const bool no_window = has_word(argc, argv, "--export") || has_word(argc, argv, "--help") ||
                         has_word(argc, argv, "-h") || has_word(argc, argv, "--version") ||
                         has_word(argc, argv, "-v");
  if (no_window) qputenv("QT_QPA_PLATFORM", "offscreen");
  if (!has_display(argc, argv))
    return complain(
        "there is no display (DISPLAY and WAYLAND_DISPLAY are not set); --export DIR "
        "writes the charts without one",
        kBadInput);
  if (!no_window) give_way();
  QApplication application(argc, argv);
  QApplication::setOrganizationName("equivolve");
  QApplication::setApplicationName("equivolve-dashboard");
  QApplication::setApplicationVersion(EQUIVOLVE_VERSION);
  QCommandLineParser parser;
  parser.setApplicationDescription(
      "Shows the runs of an Equivolve results file, also while they go on. Licence: GPL-3.0.\n\n"
      "Exit codes: 0 closed, or exported; 2 wrong command line, no display, or files that "
      "would be written over; 3 a results file that cannot be read, a run that is not in it, or "
      "files that cannot be written.");
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("STORE.db",
                               "The results file [default: $EQUIVOLVE_STORE, else ./equivolve.db]",
                               "[STORE.db]");
  const QCommandLineOption to(
      "export", "Write the charts of a run to a folder, each as PNG, SVG, PDF and CSV; no window.",
      "DIR");
  const QCommandLineOption run(
      "run", "Which run to export, or to open at once: number, name or latest.", "R", "latest");
  const QCommandLineOption force("force", "Write over files that are no earlier export.");
  parser.addOptions({to, run, force});
  if (!parser.parse(QApplication::arguments())) return complain(parser.errorText(), kBadInput);
  if (parser.isSet("version")) parser.showVersion();
  if (parser.isSet("help")) parser.showHelp();
  const QStringList files = parser.positionalArguments();
  if (files.size() > 1)
    return complain("one results file is expected, not " + QString::number(files.size()),
                    kBadInput);
  const std::filesystem::path store =
      files.isEmpty() ? default_store() : std::filesystem::path(files[0].toStdString());
  if (parser.isSet(to)) {
    const auto written =
        equivolve::gui::export_charts(store, parser.value(run).toStdString(),
                                      parser.value(to).toStdString(), parser.isSet(force));
    if (written) return 0;
    return complain(QString::fromStdString(written.error().message),
                    written.error().refused ? kBadInput : kStoreTrouble);
  }
  equivolve::gui::MainWindow window;
  window.open(store, parser.isSet(run) ? parser.value(run) : QString());
  window.show();
  return QApplication::exec();
}
