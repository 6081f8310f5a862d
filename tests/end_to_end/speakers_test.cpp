// `equivolve evaluators check`: what a program says, word for word.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/equivolve.hpp"
#include "tests/support/temp_folder.hpp"

namespace equivolve::tests {
namespace {

/// A program that speaks, but for one question. `wrong`: Python that changes `answer` (None: none),
/// which is that to `question`.
class Speakers : public testing::Test {
 protected:
  void SetUp() override {
    if (run_process({"python3", "-c", "pass"}).exit_code != 0) GTEST_SKIP() << "no python3";
  }
  /// `options`: further ones of the command.
  Finished check(const std::string& wrong, const std::vector<std::string>& options = {}) {
    write_file(folder_.path() / "speaker.py", R"py(
import json, sys
ANSWERS = {
    "hello": {"type": "hello_ok", "protocol": 1, "descriptor": {"id": "speaker", "version": "1",
              "deterministic": True, "probe": True, "representations": ["configuration"]}},
    "configure": {"type": "info", "figures": [
        {"name": "loss", "role": "objective", "direction": "minimize"}]},
    "space": {"type": "space_ok", "space": {"parameters": {"x": {"type": "int", "low": 0, "high": 9}}}},
    "bind": {"type": "done"},
    "references": {"type": "references_ok", "references": []},
    "ping": {"type": "pong"},
    "evaluate": {"type": "result", "figures": {"loss": 1.5}},
    "probe": {"type": "probe_ok", "outputs": [{"values": [1, 2]}]},
}
count = 0
for line in sys.stdin:
    question = json.loads(line)
    if question["type"] in ("cancel", "control"):
        continue
    if question["type"] == "goodbye":
        break
    count += 1
    answer = dict(ANSWERS.get(question["type"], {"type": "error", "message": "unknown"}))
    answer["id"] = question["id"]
)py" + wrong + R"py(
    if answer is not None:
        print(json.dumps(answer), flush=True)
)py");
    std::vector<std::string> words{"evaluators", "check"};
    words.insert(words.end(), options.begin(), options.end());
    for (const std::string& word :
         {std::string("--"), std::string("python3"), std::string(folder_.path() / "speaker.py")})
      words.push_back(word);
    return equivolve(words);
  }

  TempFolder folder_;
};

TEST_F(Speakers, ThatSayAllAsTheyShouldAreRight) {
  const Finished done = check("");
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
  EXPECT_EQ(done.out.find("wrong"), std::string::npos) << done.out;
  EXPECT_NE(done.out.find("right     a probe, twice\n"), std::string::npos) << done.out;
}

TEST_F(Speakers, ThatSayOneThingWronglyAreToldWhich) {
  const auto at = [](const std::string& type, const std::string& change) {
    return "    if question['type'] == '" + type + "':\n        " + change + "\n";
  };
  const std::vector<std::pair<std::string, std::string>> cases{
      {at("hello", "answer['protocol'] = 7"), "wrong     a greeting: speaks protocol 7"},
      {at("hello", "answer['descriptor']['id'] = 'A b'"), "wrong     a greeting: calls itself"},
      {at("ping", "answer['type'] = 'done'"), "wrong     a ping: answered with 'done'"},
      {at("ping", "answer['type'] = 5"), "wrong     a ping: wrote what is no message"},
      {at("ping", "answer = None"), "wrong     a ping: said nothing for 2 s"},
      {at("ping", "answer['id'] = '999'"), "wrong     a ping: answered under the id 999"},
      {at("of_a_later_version", "sys.exit(3)"),
       "wrong     what no version knows: exited with code 3"},
      {at("of_a_later_version", "answer = {'type': 'pong', 'id': question['id']}"),
       "wrong     what no version knows: answered with 'pong'; expected 'error'"},
      {"    assert 'of_a_later_version' not in question\n",
       "wrong     a greeting: exited with code 1: "
       "AssertionError"},
      {at("configure", "answer['figures'][0]['role'] = 'metric'"), "wrong     its figures"},
      {at("evaluate", "answer['figures'] = {'los': 1}"),
       "wrong     an evaluation: gave 'los', which is none of its figures"},
      {at("evaluate", "answer['figures'] = {}"),
       "wrong     an evaluation: figure 'loss' was not set"},
      {at("evaluate", "print('hello')"), "wrong     an evaluation: wrote what is no message"},
      {at("evaluate", "answer['figures'] = {'loss': count}"),
       "wrong     the same evaluation again: says it is deterministic, and gave 'loss' as"},
      {at("probe", "answer['outputs'] = [{'what': 1}]"), "wrong     a probe, twice: put out"},
  };
  for (const auto& [wrong, says] : cases) {
    std::vector<std::string> options;
    if (wrong.ends_with("answer = None\n")) options = {"--patience", "2"};
    const Finished done = check(wrong, options);
    EXPECT_EQ(done.exit_code, 4) << wrong << done.out;
    EXPECT_NE(done.out.find(says), std::string::npos) << wrong << done.out;
  }
}

TEST_F(Speakers, ThatRefuseTheConfigurationAreNotWrong) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"    if question['type'] == 'hello':\n"
       "        answer['config_schema'] = {'type': 'object', 'properties': {'data': {\n"
       "            'type': 'object', 'properties': {'table': {'type': 'string'}},\n"
       "            'required': ['table']}}}\n",
       "refused   its figures (configure): "},
      {"    if question['type'] == 'bind':\n"
       "        answer = {'type': 'error', 'id': question['id'], 'message': 'too wide',\n"
       "                  'bad_input': True}\n",
       "refused   to take the space (bind): answered with an error: too wide"},
  };
  for (const auto& [wrong, says] : cases) {
    const Finished done = check(wrong);
    EXPECT_EQ(done.exit_code, 2) << wrong << done.out;
    EXPECT_NE(done.out.find(says), std::string::npos) << wrong << done.out;
    EXPECT_NE(done.err.find("name a configuration with --config"), std::string::npos) << done.err;
  }
}

TEST_F(Speakers, TheEnginesOwnWorkerIsRight) {
  const std::string bin = std::filesystem::path(equivolve_command({}).front()).parent_path();
  const Finished done = equivolve({"evaluators", "check", "--", bin + "/equivolve-worker",
                                   EQUIVOLVE_TEST_MODULES "/good/toy_configuration.so"});
  EXPECT_EQ(done.exit_code, 0) << done.out << done.err;
}

}  // namespace
}  // namespace equivolve::tests
