#include "engine/plugins/crash_notes.hpp"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <memory>
#include <mutex>
#include <new>
#include <sstream>
#include <string_view>

#include "engine/plugins/set_aside.hpp"

namespace equivolve::engine {
namespace {

constexpr std::array kFatal{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
// "crash 11 trial 0123456789abcdef"
constexpr char kWord[] = "crash";
constexpr std::array<const char*, 3> kSteps{"refine", "probe", "trial"};  // as of Step

// A handler has nothing but what is global: what its thread tries, and what was handled before.
thread_local const Tried* tried_here = nullptr;
thread_local volatile sig_atomic_t is_noting = 0;
std::array<struct sigaction, kFatal.size()> before;
std::mutex living_lock;
int living = 0;  // protected by living_lock

/// Room for the handler of a thread whose own stack is full. Whoever has set one up (a sanitizer)
/// keeps it.
class HandlerStack {
 public:
  HandlerStack() {
    stack_t now{};
    if (sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
    memory_.reset(new (std::nothrow) std::byte[kSize]);
    if (!memory_) return;
    now = {memory_.get(), 0, kSize};
    sigaltstack(&now, nullptr);
  }
  ~HandlerStack() {
    if (!memory_) return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    sigaltstack(&none, nullptr);
  }
  HandlerStack(const HandlerStack&) = delete;
  HandlerStack& operator=(const HandlerStack&) = delete;

 private:
  static constexpr std::size_t kSize = std::size_t{64} << 10;
  std::unique_ptr<std::byte[]> memory_;
};

// From here to on_fatal_signal(): calls that a signal handler may make, alone.

struct Line {
  std::array<char, 64> text{};
  std::size_t size = 0;
  void add(const char* word) {
    while (*word != '\0') text[size++] = *word++;
  }
  void add_hex(std::uint64_t number) {
    for (int shift = 60; shift >= 0; shift -= 4)
      text[size++] = "0123456789abcdef"[(number >> shift) & 15];
  }
};

/// It begins with an end, should the line before it have none.
Line line_of(int signal, Step step, std::uint64_t behaviour) {
  Line line;
  line.add("\n");
  line.add(kWord);
  line.add(" ");
  if (signal >= 10) line.text[line.size++] = static_cast<char>('0' + signal / 10);
  line.text[line.size++] = static_cast<char>('0' + signal % 10);
  line.add(" ");
  line.add(kSteps[static_cast<std::size_t>(step)]);
  line.add(" ");
  line.add_hex(behaviour);
  line.add("\n");
  return line;
}

void write_note(int signal, const Tried& tried) {
  const Line line =
      line_of(signal, tried.step, behaviours_of(tried.candidate, tried.class_digest).of_class);
  const int file =
      open(tried.notes.file().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file >= 0) {
    (void)!::write(file, line.text.data(), line.size);
    close(file);
  }
  (void)!::write(STDERR_FILENO, tried.notes.words().data(), tried.notes.words().size());
}

/// Other threads may crash meanwhile: nothing is put back before the note is written.
extern "C" void on_fatal_signal(int number, siginfo_t* info, void*) {
  const bool is_second = is_noting != 0;  // from in here
  is_noting = 1;
  if (tried_here && !is_second && getpid() == tried_here->notes.process())
    write_note(number, *tried_here);
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &before[i], nullptr);
  // An instruction that faulted does so again, with what it has to say of itself; other signals
  // come again once this returns.
  if (info->si_code <= 0) raise(number);
}

void handle_fatal_signals() {
  struct sigaction action {};
  action.sa_sigaction = on_fatal_signal;
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &action, &before[i]);
}

}  // namespace

CrashNotes::CrashNotes(std::filesystem::path file, std::string words)
    : process_(getpid()), file_(std::move(file)), words_(std::move(words)) {
  const std::lock_guard guard(living_lock);
  if (living++ == 0) handle_fatal_signals();
}

CrashNotes::~CrashNotes() {
  const std::lock_guard guard(living_lock);
  if (--living > 0) return;
  for (std::size_t i = 0; i < kFatal.size(); ++i) sigaction(kFatal[i], &before[i], nullptr);
}

std::vector<CrashNote> CrashNotes::read() const {
  std::vector<CrashNote> notes;
  std::ifstream file(file_);
  std::string line;
  while (std::getline(file, line)) {
    if (file.eof()) continue;  // a line without an end is cut
    std::istringstream words(line);
    std::string word, step;
    CrashNote note;
    words >> word >> note.signal >> step >> std::hex >> note.behaviour;
    const auto known =
        std::ranges::find(kSteps, step, [](const char* one) { return std::string_view(one); });
    if (!words || word != kWord || known == kSteps.end()) continue;
    note.step = static_cast<Step>(known - kSteps.begin());
    notes.push_back(note);
  }
  return notes;
}

Trying::Trying(const Tried* tried) : before_(tried_here) {
  thread_local const HandlerStack stack;
  (void)stack;
  tried_here = tried;
}

Trying::~Trying() {
  tried_here = before_;
}

const Tried* Trying::now() {
  return tried_here;
}

}  // namespace equivolve::engine
