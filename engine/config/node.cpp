#include "engine/config/node.hpp"

#include <charconv>

namespace equivolve::engine {
namespace {

const Node* item_named(const Node& list, const std::string& part) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), index);
  const bool whole = error == std::errc() && end == part.data() + part.size();
  return whole && index < list.items.size() ? &list.items[index] : nullptr;
}

std::string unescape(std::string_view part) {
  std::string out;
  for (std::size_t i = 0; i < part.size(); ++i) {
    const bool escaped =
        part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1');
    if (escaped)
      out += part[++i] == '1' ? '/' : '~';
    else
      out += part[i];
  }
  return out;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry.value;
  return nullptr;
}

Node* Node::find(std::string_view key) {
  return const_cast<Node*>(static_cast<const Node&>(*this).find(key));
}

std::vector<std::string> pointer_parts(std::string_view pointer) {
  std::vector<std::string> parts;
  while (!pointer.empty()) {
    if (pointer.front() == '/') pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    parts.push_back(unescape(pointer.substr(0, end)));
    pointer.remove_prefix(end);
  }
  return parts;
}

std::string escape_pointer_part(std::string_view part) {
  std::string out;
  for (char c : part) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

Found find_deepest(const Node& root, const std::vector<std::string>& parts) {
  Found found{&root, root.mark, 0};
  for (const std::string& part : parts) {
    const Node* next = nullptr;
    Mark key_mark;
    for (const Entry& entry : found.node->entries)
      if (entry.key == part) next = &entry.value, key_mark = entry.key_mark;
    if (!next && found.node->kind == Node::Kind::kSequence) {
      next = item_named(*found.node, part);
      if (next) key_mark = next->mark;
    }
    if (!next) break;
    found = {next, key_mark, found.parts + 1};
  }
  return found;
}

}  // namespace equivolve::engine
