// A bad citizen: a genome's length says what it does. Most lengths are good ones; a trial of a good
// one has a score that follows from the genome alone.
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cfenv>
#include <chrono>
#include <clocale>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "evaluators/sdk/evaluator.hpp"
#include "search/genome/equivolve_genome.h"

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
    if (asked("hang_in_probe")) hang(true);
    sink.text(candidate.text());
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
    if (asked("terminate")) std::thread([] { throw std::runtime_error("in a thread"); }).join();
    if (asked("divide")) raise(SIGFPE);
    if (asked("say_and_crash")) {
      std::printf("to stdout\n");
      std::fflush(stdout);
      std::fprintf(stderr, "the last words\n");
      std::abort();
    }
    if (asked("hang")) hang(false);
    if (asked("hang_deaf")) hang(true);
    if (asked("leak")) leak();
    if (asked("devour")) devour();
    if (asked("print")) print_megabytes();
    if (asked("close_standard"))
      for (int descriptor : {0, 1, 2}) close(descriptor);
    if (asked("close_all"))
      for (int descriptor = 0; descriptor < 64; ++descriptor) close(descriptor);
    if (asked("change_process")) change_process();
    if (asked("grandchild")) start_grandchild();
    if (asked("deaf_at_end")) usleep(200'000), std::atexit([] { hang(true); });
    if (asked("garbage")) write_to_engine("this is no message\n");
    if (asked("partial")) write_to_engine("{\"type\":\"result\",\"id\""), _exit(0);
    if (asked("flood")) flood();
    if (asked("other_question"))
      write_to_engine("{\"type\":\"result\",\"id\":\"4711\",\"figures\":[1,2]}\n");
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
    if (asked("slot"))
      result.figures()[0] =
          std::atof(std::getenv("CITIZEN_SLOT") ? std::getenv("CITIZEN_SLOT") : "-1");
    return EQV_OK;
  }

  [[noreturn]] static void hang(bool deaf) {
    if (deaf) {
      sigset_t all;
      sigfillset(&all);
      pthread_sigmask(SIG_BLOCK, &all, nullptr);
      signal(SIGTERM, SIG_IGN);
    }
    while (true) pause();
  }
  void leak() {
    constexpr std::size_t kMiB = std::size_t{1} << 20;
    leaked_.push_back(static_cast<char*>(std::malloc(4 * kMiB)));
    if (leaked_.back()) std::memset(leaked_.back(), 1, 4 * kMiB);
  }
  [[noreturn]] static void devour() {
    constexpr std::size_t kPiece = std::size_t{8} << 20;
    while (true) std::memset(std::malloc(kPiece), 1, kPiece);  // as C code that never looks
  }
  static void print_megabytes() {
    const std::string line(1023, 'p');
    for (int i = 0; i < 3000; ++i) {
      std::printf("%s\n", line.c_str());
      std::fprintf(stderr, "%s\n", line.c_str());
    }
    std::fflush(stdout);
  }
  static void change_process() {
    std::setlocale(LC_ALL, "C.UTF-8");
    std::fesetround(FE_UPWARD);
    signal(SIGTERM, SIG_IGN);
    if (chdir("/") != 0) std::abort();
  }
  static void start_grandchild() {
    if (fork() == 0) {
      execlp("sleep", "sleep", "1000", static_cast<char*>(nullptr));
      _exit(1);
    }
  }
  /// Its way to the engine is kept from it: it has to look for it.
  static void write_to_engine(const std::string& text) {
    for (int descriptor = 3; descriptor < 64; ++descriptor)
      if (write(descriptor, text.data(), text.size()) < 0) continue;
  }
  static void flood() {
    const std::string piece(1 << 16, 'x');
    for (int i = 0; i < 160'000; ++i) write_to_engine(piece);  // 10 GB
  }

  sdk::Host host_;
  std::string config_;
  std::vector<char*> leaked_;
  const double unset_ = std::numeric_limits<double>::infinity();
  std::vector<eqv_figure> figures_{
      {sizeof(eqv_figure), "score", "", EQV_OBJECTIVE, EQV_MAXIMIZE, 0, 1, 1}};
  eqv_level level_{sizeof(eqv_level), "full", 1, 0};
  eqv_instance_info info_{
      sizeof(eqv_instance_info), figures_.data(), figures_.size(), &level_, 1, 0, 0, {}, 0, 0, 0};
};

}  // namespace

EQUIVOLVE_EVALUATOR(Citizen)
