// Slots of workers, and who goes where no more may live. The programs are the shell's.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/plugins/workers/worker_pool.hpp"
#include "tests/engine/plugins/workers/workers_support.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::engine::test {
namespace {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

class SlotsAndRoom : public testing::Test {
 protected:
  /// Of workers that are started by this program, in the test's folder.
  WorkerSettings settings_of(const std::string& program) const {
    std::ofstream(folder_.path() / "program.sh") << program;
    WorkerSettings settings = quick_settings();
    settings.child.command = {"sh", "program.sh"};
    settings.child.folder = folder_.path();
    settings.child.environment.emplace_back("SLOT", "{slot}");
    return settings;
  }
  Words words_of(const std::string& name) const {
    std::ifstream in(folder_.path() / name);
    return {std::istream_iterator<std::string>(in), {}};
  }
  bool exists(const std::string& name) const {
    return std::filesystem::exists(folder_.path() / name);
  }

  tests::TempFolder folder_;
};

TEST_F(SlotsAndRoom, TheSlotOfARefusedWorkerIsFreeAgain) {
  WorkerStarter starter(settings_of(R"sh(
echo "$SLOT" >> slots
read -r line
printf '{"id":"1","type":"hello_ok","protocol":99,"descriptor":{"id":"shell","version":"1","representations":["program"]}}\n'
)sh"));
  for (int i = 0; i < 3; ++i) {
    const auto refused = starter.start();
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("speaks protocol 99"), std::string::npos);
  }
  EXPECT_EQ(words_of("slots"), (Words{"0", "0", "0"}));
}

// The first one has started so many others, each in a session of its own, that its end takes time.
TEST_F(SlotsAndRoom, ARefusedWorkerKeepsItsSlotUntilNothingOfItIsLeft) {
  std::ofstream(folder_.path() / "nest.sh") << R"sh(
if [ "$1" -gt 0 ]; then setsid sh nest.sh $(($1 - 1)) & wait; exit; fi
echo $$ > innermost.new
mv innermost.new innermost
exec sleep 1000
)sh";
  WorkerStarter starter(settings_of(R"sh(
read -r line
if mkdir nested 2>/dev/null; then
  sh nest.sh 150 &
  until [ -e innermost ]; do sleep 0.01; done
elif [ "$SLOT" = 0 ] && kill -0 "$(cat innermost)" 2>/dev/null; then
  echo "$SLOT" >> shared
fi
printf '{"id":"1","type":"hello_ok","protocol":99,"descriptor":{"id":"shell","version":"1","representations":["program"]}}\n'
)sh"));
  std::atomic<bool> has_ended{false};
  std::jthread first([&] {
    EXPECT_FALSE(starter.start());
    has_ended = true;
  });
  while (!exists("innermost") && !has_ended) std::this_thread::sleep_for(1ms);
  while (!has_ended) EXPECT_FALSE(starter.start());
  ASSERT_TRUE(exists("innermost"));
  EXPECT_EQ(words_of("shared"), Words{});
}

/// Two workers at most, which know how to greet and to go.
class Room : public SlotsAndRoom {
 protected:
  Room()
      : pool_(std::make_shared<WorkerStarter>(settings()),
              [](WorkerProcess&, const auto&) { return tl::expected<void, EvaluatorError>(); }) {}

  WorkerSettings settings() const {
    WorkerSettings settings = settings_of(R"sh(
while read -r line; do
  case "$line" in
    *'"type":"hello"'*) printf '{"id":"1","type":"hello_ok","protocol":1,"descriptor":{"id":"shell","version":"1","representations":["program"]}}\n' ;;
    *'"type":"goodbye"'*) exit 0 ;;
  esac
done
)sh");
    settings.most_workers = 2;
    return settings;
  }
  WorkerPool::Leased lease(bool fresh = false) {
    auto worker = pool_.lease(stop_, fresh);
    EXPECT_TRUE(worker) << worker.error().message;
    return worker ? *worker : nullptr;
  }

  WorkerPool pool_;
  std::atomic<bool> stop_{false};
  /// So that who waits in vain does not wait for ever.
  std::jthread stopper_{[this](const std::stop_token& over) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    while (!over.stop_requested() && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(10ms);
    stop_ = true;
  }};
};

TEST_F(Room, IsMadeByAWorkerThatIsIdle) {
  const auto before = children();
  WorkerPool::Leased busy = lease(), idle = lease();
  ASSERT_TRUE(busy && idle);
  pool_.give_back(std::move(idle));
  WorkerPool::Leased fresh = lease(true);
  ASSERT_TRUE(fresh);
  EXPECT_NE(fresh, busy);
  EXPECT_TRUE(fresh->process->is_alive() && busy->process->is_alive());
  EXPECT_EQ(children().size(), before.size() + 2) << "the idle one has ended";
  pool_.give_back(std::move(fresh));
  pool_.give_back(std::move(busy));
}

// Of two that were asked one is to go when it has answered; the other one answers first.
TEST_F(Room, IsMadeByTheFirstThatIsIdle) {
  WorkerPool::Leased one = lease(), two = lease();
  ASSERT_TRUE(one && two);
  WorkerPool::Leased fresh;
  std::jthread wisher([&] { fresh = lease(true); });
  std::this_thread::sleep_for(100ms);
  pool_.give_back(std::move(two));
  wisher.join();
  ASSERT_TRUE(fresh) << "it waited for the one that is busy";
  EXPECT_NE(fresh, one);
  EXPECT_TRUE(one->process->is_alive());
  pool_.give_back(std::move(fresh));
  pool_.give_back(std::move(one));
}

TEST_F(Room, IsThereAgainWhenAWorkerIsLost) {
  WorkerPool::Leased one = lease(), two = lease();
  ASSERT_TRUE(one && two);
  pool_.drop(std::move(two));
  WorkerPool::Leased fresh = lease(true);
  ASSERT_TRUE(fresh);
  EXPECT_NE(fresh, one);
  pool_.give_back(std::move(fresh));
  pool_.give_back(std::move(one));
}

}  // namespace
}  // namespace equivolve::engine::test
