#include <cstdio>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/cli/commands.hpp"
#include "engine/cli/group_view.hpp"
#include "engine/cli/output_file.hpp"
#include "engine/cli/support.hpp"
#include "engine/report/html.hpp"
#include "engine/report/page.hpp"

namespace equivolve::cli {
namespace {

struct Report {
  CommonOptions common;
  std::string subject = "latest";
  std::filesystem::path html;
  bool force = false;
};

/// The page, what to call its subject in messages, and the command that is wanted next. The error
/// is the exit code.
struct Page {
  std::string html, subject, next;
};

tl::expected<Page, int> make_page(const Report& command) {
  Page page;
  tl::expected<std::string, engine::StoreError> html;
  if (auto group = find_group(command.common, command.subject)) {
    page.subject = fmt::format("g{}", group->info.id);
    page.next = next_for(*group);
    html = engine::group_report(*group->reader, group->info, group->store);
  } else {
    auto run = find_run(command.common, command.subject);
    if (!run) return tl::unexpected<int>(run.error());
    page.subject = std::to_string(run->info.id);
    page.next = next_command("show", page.subject, run->store);
    html = engine::run_report(*run->reader, run->info, run->store);
  }
  if (!html) return tl::unexpected<int>(fail(kStoreTrouble, html.error().message));
  page.html = std::move(*html);
  return page;
}

int carry_out(const Report& command) {
  auto page = make_page(command);
  if (!page) return page.error();
  auto out = OutputFile::create(command.html, engine::kPageStart, command.force);
  if (!out) return fail(kBadInput, out.error());
  out->write(page->html);
  if (auto written = out->commit(); !written) return fail(kStoreTrouble, written.error());
  if (command.common.json)
    std::printf("%s\n", nlohmann::ordered_json{{"file", command.html.string()},
                                               {"bytes", page->html.size()}}
                            .dump()
                            .c_str());
  else if (!command.common.quiet)
    std::printf("report on %s in %s\n", page->subject.c_str(), command.html.c_str());
  say_next(command.common, page->next);
  return kFinished;
}

}  // namespace

CommandSpec report_command() {
  auto c = std::make_shared<Report>();
  return {
      .name = "report",
      .part = Part::kResults,
      .summary = "Write a page about a run or a group that can be sent and printed",
      .description =
          "One HTML file without scripts and without anything from a network: the rivals with "
          "intervals, the course of the search, the front of several objectives, the best "
          "candidate, hashing, the configuration, "
          "and "
          "how to run it again. Of a group: its settings against each other. An older report is "
          "written over, another file only with --force.",
      .options = with_common({{.name = "RUN",
                               .value = "",
                               .help = "Number, name or latest; or a group",
                               .into = &c->subject,
                               .completes = Completes::kRunOrGroup},
                              {.name = "--html",
                               .value = "FILE",
                               .help = "The page",
                               .into = &c->html,
                               .completes = Completes::kFile,
                               .required = true},
                              {.name = "--force",
                               .value = "",
                               .help = "Write over a file that is no report",
                               .into = &c->force}},
                             c->common),
      .examples = {{"equivolve report latest --html run.html", ""},
                   {"equivolve report g1 --html group.html", ""}},
      .action = [c] { return carry_out(*c); },
  };
}

}  // namespace equivolve::cli
