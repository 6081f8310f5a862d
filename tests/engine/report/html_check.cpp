#include "tests/engine/report/html_check.hpp"

#include <array>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

namespace equivolve::tests {
namespace {

using Entity = std::pair<std::string_view, std::string_view>;
constexpr std::array<Entity, 6> kEntities = {Entity{"&lt;", "<"},    Entity{"&gt;", ">"},
                                             Entity{"&quot;", "\""}, Entity{"&#39;", "'"},
                                             Entity{"&#160;", " "},  Entity{"&amp;", "&"}};

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == ':';
}

class Checker {
 public:
  explicit Checker(const std::string& page) : page_(page) {}

  std::string check() {
    constexpr std::string_view kDoctype = "<!DOCTYPE html>\n";
    if (!page_.starts_with(kDoctype)) return "no doctype";
    at_ = kDoctype.size();
    while (at_ < page_.size() && fault_.empty()) {
      if (page_.compare(at_, 4, "<!--") == 0)
        skip_comment();
      else if (page_[at_] == '<')
        tag();
      else
        text();
    }
    if (fault_.empty() && !open_.empty()) fault_ = "not closed: " + open_.back();
    return fault_;
  }

 private:
  void fail(const std::string& what) {
    if (fault_.empty()) fault_ = what + " before: " + page_.substr(at_, 60);
  }
  void skip_comment() {
    const std::size_t end = page_.find("-->", at_);
    if (end == std::string::npos) return fail("comment without end");
    at_ = end + 3;
  }
  void text() {
    if (page_[at_] == '&') {
      for (const auto& [name, meaning] : kEntities) {
        if (page_.compare(at_, name.size(), name) != 0) continue;
        at_ += name.size();
        return;
      }
      return fail("stray &");
    }
    const auto byte = static_cast<unsigned char>(page_[at_]);
    if (byte < 0x20 && byte != '\n' && byte != '\t') return fail("control character");
    ++at_;
  }
  std::string name() {
    std::string out;
    while (at_ < page_.size() && is_name(page_[at_])) out += page_[at_++];
    return out;
  }
  void tag() {
    ++at_;
    const bool closing = page_[at_] == '/';
    if (closing) ++at_;
    const std::string element = name();
    if (element.empty()) return fail("stray <");
    for (const char* forbidden : {"script", "iframe", "link", "img", "object", "embed"})
      if (element == forbidden) return fail("forbidden element " + element);
    if (closing) return close(element);
    while (fault_.empty() && page_[at_] == ' ') attribute();
    if (page_.compare(at_, 2, "/>") == 0) {
      at_ += 2;
    } else if (page_[at_] == '>') {
      ++at_;
      open_.push_back(element);
    } else {
      fail("bad end of tag " + element);
    }
  }
  void close(const std::string& element) {
    if (open_.empty() || open_.back() != element) return fail("closes " + element);
    open_.pop_back();
    if (page_[at_] != '>') return fail("no >");
    ++at_;
  }
  void attribute() {
    ++at_;
    const std::string found = name();
    if (found.empty()) return fail("attribute without a name");
    if (found.starts_with("on") || found == "src" || found == "href")
      return fail("forbidden attribute " + found);
    if (page_.compare(at_, 2, "=\"") != 0) return fail("attribute without quotes");
    at_ += 2;
    while (fault_.empty() && at_ < page_.size() && page_[at_] != '"') {
      if (page_[at_] == '<') return fail("< in an attribute");
      text();
    }
    ++at_;
  }

  const std::string& page_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  std::string fault_;
};

}  // namespace

std::string html_fault(const std::string& page) {
  return Checker(page).check();
}

std::string visible_text(const std::string& page) {
  std::string text;
  bool inside = false;
  for (std::size_t at = page.find("<body>"); at < page.size(); ++at) {
    const char c = page[at];
    if (c == '<') inside = true;
    if (!inside) text += c;
    if (c == '>' && inside) {
      inside = false;
      text += ' ';
    }
  }
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::string piece(1, text[at] == '\n' ? ' ' : text[at]);
    std::size_t length = 1;
    for (const auto& [name, meaning] : kEntities) {
      if (text.compare(at, name.size(), name) != 0) continue;
      piece = meaning;
      length = name.size();
      break;
    }
    at += length;
    if (piece != " " || (!out.empty() && out.back() != ' ')) out += piece;
  }
  return out;
}

}  // namespace equivolve::tests
