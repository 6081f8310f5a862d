// A bad citizen: a genome's length says what it does. Most lengths are good ones; a trial of a good
// one has a score that follows from the genome alone.
#include <signal.h>
#include <unistd.h>

#include <cfenv>
#include <clocale>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <new>
#include <span>
#include <string>
#include <vector>

#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/equivolve_genome.h"
#include "tests/engine/plugins/modules/hostile_acts.hpp"

namespace {

namespace sdk = equivolve::sdk;

#ifdef CITIZEN_CRASHES_WHILE_LOADED
const int kNever = (raise(SIGSEGV), 0);
#endif

class Citizen {
 public:
  static const eqv_descriptor& descriptor() {
    static const std::uint32_t representations[] = {EQV_PROGRAM};
    static const eqv_descriptor one{sizeof one,
                                    CITIZEN_ID,
                                    "1",
                                    "misbehaves on request",
                                    EQV_DETERMINISTIC | EQV_OFFERS_PROBE | EQV_OFFERS_APPLY,
                                    representations,
                                    1};
    return one;
  }
  static std::string config_schema() { return "{}"; }

  Citizen(sdk::Host host, std::string_view config) : host_(host), config_(config) {
    if (asked("crash_in_create")) raise(SIGSEGV);
    host_.log(EQV_LOG_INFO, "has read its data");
  }
  const eqv_instance_info& instance_info() const { return info_; }

  eqv_status probe(const sdk::Candidate& candidate, const eqv_probe_request&,
                   sdk::OutputSink& sink) {
    if (asked("crash_in_probe")) raise(SIGSEGV);
    if (asked("hang_in_probe")) hostile::hang(true);
    sink.text(candidate.text());
    if (asked("fickle_probe")) sink.integer(std::clock() * 1000 + ++probes_);
    return EQV_OK;
  }

  eqv_status evaluate(const sdk::Candidate& candidate, const eqv_trial_request& trial,
                      sdk::Result& result) {
    unsigned sum = 0;
    for (const std::byte b : std::as_bytes(std::span(candidate.genome())))
      sum = sum * 31 + std::to_integer<unsigned>(b);
    result.figures()[0] = (sum % 1000) / 1000.0;
    // One in ten behaves as it was asked to.
    if (asked("sometimes") && sum % 10 != 0) return EQV_OK;
    return misbehave(trial, result);
  }

  eqv_status apply(const sdk::Candidate&, const eqv_apply_request&, sdk::ArtefactSink& sink) {
    if (asked("crash_in_apply")) raise(SIGSEGV);
    sink.write("large.bin", "application/octet-stream",
               std::string((std::size_t{20} << 20) + 3, 'x'));
    sink.write("empty.txt", "text/plain", "");
    return EQV_OK;
  }

 private:
  bool asked(const std::string& what) const {
    return config_.find("\"" + what + "\"") != std::string::npos;
  }

  eqv_status misbehave(const eqv_trial_request& trial, sdk::Result& result) {
    if (asked("segfault")) raise(SIGSEGV);
    if (asked("abort")) std::abort();
    if (asked("exit")) std::exit(3);
    if (asked("exit_0")) _exit(0);
    if (asked("kill_itself")) kill(getpid(), SIGKILL);
    if (asked("terminate")) hostile::throw_in_a_thread();
    if (asked("divide")) raise(SIGFPE);
    if (asked("say_and_crash")) {
      std::printf("to stdout\n");
      std::fflush(stdout);
      std::fprintf(stderr, "the last words\n");
      std::abort();
    }
    // All of it is what stdio holds back, and of this trial.
    if (asked("say_and_fail")) {
      std::printf("words of %g\n", result.figures()[0]);
      return EQV_INTERNAL;
    }
    if (asked("print_and_fail")) {
      hostile::print(1'000);
      std::fprintf(stderr, "the end\n");
      return EQV_INTERNAL;
    }
    if (asked("hang")) hostile::hang(false);
    if (asked("hang_deaf")) hostile::hang(true);
    if (asked("leak")) leak(4);
    if (asked("leak_a_little")) leak(1);
    if (asked("bad_alloc")) {
      leak(100);
      throw std::bad_alloc();
    }
    if (asked("work")) hostile::work();
    if (asked("work_a_little")) hostile::work(0.4);
    if (asked("open_files")) result.figures()[0] = hostile::open_files();
    if (asked("devour")) hostile::devour_memory();
    if (asked("overrun")) overrun(result.figures());
    if (asked("fork_bomb")) hostile::fork_bomb(7);
    if (asked("print")) hostile::print(50'000);
    if (asked("close_standard"))
      for (int descriptor : {0, 1, 2}) close(descriptor);
    // The worker looks for what comes meanwhile by then.
    if (asked("close_all")) {
      usleep(200'000);
      for (int descriptor = 0; descriptor < 64; ++descriptor) close(descriptor);
    }
    if (asked("change_process")) change_process();
    if (asked("deaf_at_end")) usleep(200'000), std::atexit([] { hostile::hang(true); });
    if (asked("grandchild")) hostile::start_grandchild();
    if (asked("grandchild_and_crash")) hostile::start_grandchild(), std::abort();
    if (asked("daemon")) hostile::start_daemon();
    if (asked("daemon_and_crash")) hostile::start_daemon(), std::abort();
    if (asked("garbage")) hostile::write_to_engine("this is no message\n");
    if (asked("partial")) hostile::answer_in_part();
    if (asked("flood")) hostile::flood_engine();
    if (asked("other_question")) hostile::answer_another_question();
    if (asked("not_a_number")) result.figures()[0] = std::numeric_limits<double>::quiet_NaN();
    if (asked("minus_zero")) result.figures()[0] = -0.0;
    if (asked("denormal")) result.figures()[0] = 5e-324;
    if (asked("unset")) result.figures()[0] = unset_;
    if (asked("until_cancelled")) {
      while (!host_.is_cancelled(trial)) usleep(1000);
      return EQV_CANCELLED;
    }
    if (asked("steps")) {
      for (std::uint64_t step = 1; step <= 20; ++step) {
        result.figures()[0] = static_cast<double>(step) / 100;
        if (!host_.report(trial, step, 20, result.figures())) break;
      }
    }
    // Three times what fits into a message.
    if (asked("many_items")) {
      std::vector<double> items(std::size_t{5} << 20);
      for (std::size_t i = 0; i < items.size(); ++i) items[i] = static_cast<double>(i) / 3;
      host_.items(trial, 0, items);
    }
    if (asked("slot")) {
      meet();
      result.figures()[0] =
          std::atof(std::getenv("CITIZEN_SLOT") ? std::getenv("CITIZEN_SLOT") : "-1");
    }
    return EQV_OK;
  }

  void leak(std::size_t mib) {
    const std::size_t bytes = mib << 20;
    leaked_.push_back(static_cast<char*>(std::malloc(bytes)));
    if (leaked_.back()) std::memset(leaked_.back(), 1, bytes);
  }
  static void change_process() {
    std::setlocale(LC_ALL, "C.UTF-8");
    std::fesetround(FE_UPWARD);
    signal(SIGTERM, SIG_IGN);
    if (chdir("/") != 0) std::abort();
  }
  /// Waits until as many workers as are awaited have come here.
  static void meet() {
    const char* folder = std::getenv("CITIZEN_MEETING");
    constexpr std::ptrdiff_t kAwaited = 4;
    if (!folder) return;
    std::ofstream(std::string(folder) + "/" + std::to_string(getpid()));
    const auto here = [&] {
      return std::distance(std::filesystem::directory_iterator(folder), {});
    };
    for (int i = 0; i < 3000 && here() < kAwaited; ++i) usleep(10'000);
  }
  static void overrun(std::span<double> figures) {
    for (std::size_t i = 0; i < (std::size_t{1} << 20); ++i) figures.data()[i] = 1e300;
  }

  sdk::Host host_;
  std::string config_;
  std::vector<char*> leaked_;
  std::int64_t probes_ = 0;
  const double unset_ = std::numeric_limits<double>::infinity();
  std::vector<eqv_figure> figures_{
      {sizeof(eqv_figure), "score", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1}};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  eqv_instance_info info_{
      sizeof(eqv_instance_info), figures_.data(), figures_.size(), &level_, 1, 0, 0, {}, 0, 0, 0};
};

}  // namespace

EQUIVOLVE_EVALUATOR(Citizen)
