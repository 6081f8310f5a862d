// equivolve-dashboard [STORE.db]
// equivolve-dashboard --export DIR --run R STORE.db
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

bool wants_export(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::strncmp(argv[i], "--export", 8) == 0) return true;
  return false;
}

int complain(const QString& message, int code) {
  std::fprintf(stderr, "equivolve-dashboard: %s\n", qPrintable(message));
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  if (wants_export(argc, argv)) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication application(argc, argv);
  QApplication::setOrganizationName("equivolve");
  QApplication::setApplicationName("equivolve-dashboard");
  QApplication::setApplicationVersion(EQUIVOLVE_VERSION);
  QCommandLineParser parser;
  parser.setApplicationDescription(
      "Shows the runs of an Equivolve results file, also while they go on. Licence: GPL-3.0.");
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument("STORE.db",
                               "The results file [default: $EQUIVOLVE_STORE, else ./equivolve.db]",
                               "[STORE.db]");
  const QCommandLineOption to(
      "export", "Write the charts of a run to a folder, each as PNG, SVG, PDF and CSV; no window.",
      "DIR");
  const QCommandLineOption run("run", "Which run: number, name or latest.", "R", "latest");
  parser.addOptions({to, run});
  parser.process(application);
  const QStringList files = parser.positionalArguments();
  if (files.size() > 1)
    return complain("one results file is expected, not " + QString::number(files.size()),
                    kBadInput);
  const std::filesystem::path store =
      files.isEmpty() ? default_store() : std::filesystem::path(files[0].toStdString());
  if (parser.isSet(to)) {
    const std::string problem = equivolve::gui::export_charts(
        store, parser.value(run).toStdString(), parser.value(to).toStdString());
    return problem.empty() ? 0 : complain(QString::fromStdString(problem), kStoreTrouble);
  }
  equivolve::gui::MainWindow window;
  window.open(store);
  if (parser.isSet(run)) window.choose_run(parser.value(run).toLongLong());
  window.show();
  return QApplication::exec();
}
