// yaml-cpp hands over events, from which the tree is built under the limits as they come. Its own
// node graph is not used: there aliases share nodes, a cycle is possible, and nothing is known of
// its size before it stands.
#include "engine/config/yaml_tree.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>

#include "engine/config/utf8.hpp"
#include "engine/plugins/plugin_names.hpp"

namespace equivolve::engine {
namespace {

Mark mark_of(const YAML::Mark& mark) {
  if (mark.is_null()) return {};
  return {static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1),
          -1};
}

struct Refusal {
  YamlProblem problem;
};

[[noreturn]] void refuse(const Mark& mark, std::string message) {
  throw Refusal{{mark, std::move(message)}};
}

[[noreturn]] void refuse_depth(const Mark& mark) {
  refuse(mark,
         fmt::format("nested deeper than {0} levels; expected at most {0}", YamlLimits::kDepth));
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  Node take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.mark = mark_of(mark);
    add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      refuse(mark_of(mark), "the anchor contains itself; expected an alias of something finished");
    if (expects_key()) refuse(mark_of(mark), "a key is an alias; expected it written out");
    // Counted before it is copied.
    count(found->second, depth(), mark_of(mark));
    place(Node(found->second));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark_of(mark), tag, anchor, Node::Kind::kSequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark_of(mark), tag, anchor, Node::Kind::kMap);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    Node node;
    YAML::anchor_t anchor;
    bool has_key = false;  // of a map: `key` waits for its value
    std::string key;
    Mark key_mark;
    std::map<std::string, Mark> keys;
  };

  std::size_t depth() const { return open_.size(); }
  bool expects_key() const {
    return !open_.empty() && open_.back().node.is_map() && !open_.back().has_key;
  }
  void open(const Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind);
  void close();
  void add(Node node, YAML::anchor_t anchor);
  void place(Node node);
  void take_key(const Node& node);
  void count_one(const Mark& mark, std::size_t text);
  void count(const Node& node, std::size_t level, const Mark& mark);

  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  Node root_;
  std::size_t nodes_ = 0, text_ = 0;
};

void refuse_tag(const Mark& mark, const std::string& tag) {
  // "?" and "!" are what plain and quoted scalars come with; both are no tags anyone wrote.
  if (tag.empty() || tag == "?" || tag == "!") return;
  refuse(mark,
         fmt::format(
             "a tag ({}) is not supported; expected the value alone, in quotes where it is a text",
             one_line(tag, 60)));
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  Node node;
  node.mark = mark_of(mark);
  refuse_tag(node.mark, tag);
  if (value.size() > YamlLimits::kScalar)
    refuse(node.mark, fmt::format("a text of {} bytes; expected at most {}", value.size(),
                                  YamlLimits::kScalar));
  node.quoted = tag == "!";
  const bool null = !node.quoted && (value.empty() || value == "~" || value == "null");
  if (expects_key() && null) refuse(node.mark, "a key is empty; expected a name");
  node.kind = null ? Node::Kind::kNull : Node::Kind::kScalar;
  if (!null) node.text = value;
  add(std::move(node), anchor);
}

void TreeBuilder::open(const Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       Node::Kind kind) {
  refuse_tag(mark, tag);
  if (expects_key()) refuse(mark, "a key is a list or a map; expected a name");
  if (depth() >= YamlLimits::kDepth) refuse_depth(mark);
  count_one(mark, 0);
  Open next;
  next.node.kind = kind;
  next.node.mark = mark;
  next.anchor = anchor;
  open_.push_back(std::move(next));
}

void TreeBuilder::close() {
  Open done = std::move(open_.back());
  open_.pop_back();
  if (done.anchor != 0) {
    // The copy kept for aliases counts too: nested anchors would else multiply what is held.
    count(done.node, depth(), done.node.mark);
    anchors_[done.anchor] = done.node;
  }
  place(std::move(done.node));
}

void TreeBuilder::add(Node node, YAML::anchor_t anchor) {
  count_one(node.mark, node.text.size());
  if (expects_key()) return take_key(node);
  if (anchor != 0) {
    count_one(node.mark, node.text.size());
    anchors_[anchor] = node;
  }
  place(std::move(node));
}

void TreeBuilder::place(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  Open& parent = open_.back();
  if (!parent.node.is_map()) {
    parent.node.items.push_back(std::move(node));
    return;
  }
  // A value left out comes with the place of what follows it.
  if (node.kind == Node::Kind::kNull && node.mark.line != parent.key_mark.line)
    node.mark = parent.key_mark;
  parent.node.entries.push_back({std::move(parent.key), parent.key_mark, std::move(node)});
  parent.has_key = false;
}

void TreeBuilder::take_key(const Node& node) {
  Open& map = open_.back();
  if (node.kind == Node::Kind::kNull) refuse(node.mark, "a key is empty; expected a name");
  if (node.text == "<<" && !node.quoted)
    refuse(node.mark, "a merge key (<<) is not supported; expected the keys written out");
  const auto [first, fresh] = map.keys.emplace(node.text, node.mark);
  if (!fresh)
    refuse(node.mark, fmt::format("key '{}' is there twice, first in line {}; expected it once",
                                  one_line(node.text, 60), first->second.line));
  map.key = node.text;
  map.key_mark = node.mark;
  map.has_key = true;
}

void TreeBuilder::count_one(const Mark& mark, std::size_t text) {
  nodes_ += 1;
  text_ += text;
  if (nodes_ > YamlLimits::kNodes)
    refuse(mark, fmt::format("more than {0} values, counted along aliases; expected at most {0}",
                             YamlLimits::kNodes));
  if (text_ > YamlLimits::kScalars)
    refuse(mark,
           fmt::format("more than {0} bytes of text, counted along aliases; expected at most {0}",
                       YamlLimits::kScalars));
}

// The recursion is bounded by the depth of what was built.
void TreeBuilder::count(const Node& node, std::size_t level, const Mark& mark) {
  const bool nested = node.is_map() || node.kind == Node::Kind::kSequence;
  if (nested && level >= YamlLimits::kDepth) refuse_depth(mark);
  count_one(mark, node.text.size());
  for (const Node& item : node.items) count(item, level + 1, mark);
  for (const Entry& entry : node.entries) {
    count_one(mark, entry.key.size());
    count(entry.value, level + 1, mark);
  }
}

// What comes after the first document, if anything.
class NothingMore final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    refuse(
        mark_of(mark),
        "more follows after the document's end; expected one document (is an indentation wrong?)");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

std::optional<YamlProblem> refuse_bytes(const std::string& text) {
  if (text.size() > YamlLimits::kText)
    return YamlProblem{
        {}, fmt::format("{} bytes; expected at most {}", text.size(), YamlLimits::kText)};
  const Utf8Check check = check_utf8(text);
  if (check.valid) return std::nullopt;
  return YamlProblem{{check.line, check.column, -1},
                     fmt::format("{}; expected UTF-8 text",
                                 check.is_nul ? "a NUL byte" : "a byte that is no UTF-8")};
}

// What to write instead, by what the library says (its messages are few and fixed).
std::string expectation_for(const std::string& message) {
  static const std::map<std::string, std::string> kInstead{
      {"the referenced anchor is not defined",
       "an alias (*name) after its anchor (&name), or quotes around a text with a *"},
      {"end of map flow not found", "a closing '}'"},
      {"end of sequence flow not found", "a closing ']'"},
      {"illegal flow end", "no ']' or '}' without its opening one"},
      {"illegal map value",
       "quotes around a text that holds ': ', and keys of one map in one column"},
      {"end of map not found", "the keys of one map in one column"},
      {"unknown token", "quotes around a text that begins with a special character"}};
  if (message.starts_with("unknown escape character"))
    return "an escape such as \\n, \\t, \\\" or \\\\, or single quotes";
  const auto found = kInstead.find(message);
  return found == kInstead.end() ? "keys as 'key: value', nested ones indented by spaces"
                                 : found->second;
}

std::string hint_for(const std::string& text, const Mark& mark, const std::string& message) {
  // The commonest mistake, which the library reports as something else.
  std::istringstream lines(text);
  std::string line;
  for (std::uint32_t number = 1; std::getline(lines, line) && number <= mark.line; ++number)
    if (number == mark.line &&
        line.substr(0, line.find_first_not_of(" \t")).find('\t') != std::string::npos)
      return "; a tab cannot indent, expected spaces";
  return "; expected " + expectation_for(message);
}

}  // namespace

tl::expected<Node, YamlProblem> parse_yaml(const std::string& text) {
  if (auto problem = refuse_bytes(text)) return tl::unexpected(std::move(*problem));
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    TreeBuilder builder;
    if (!parser.HandleNextDocument(builder)) return Node{};
    NothingMore nothing_more;
    parser.HandleNextDocument(nothing_more);
    return builder.take();
  } catch (const Refusal& refusal) {
    return tl::unexpected(refusal.problem);
  } catch (const YAML::DeepRecursion& e) {
    return tl::unexpected(YamlProblem{
        mark_of(e.mark),
        fmt::format("nested deeper than {0} levels; expected at most {0}", YamlLimits::kDepth)});
  } catch (const YAML::Exception& e) {
    const Mark mark = mark_of(e.mark);
    return tl::unexpected(YamlProblem{
        mark, "this is no YAML: " + replace_bad_bytes(e.msg) + hint_for(text, mark, e.msg)});
  }
}

}  // namespace equivolve::engine
