#include "hashing/set_folding.hpp"

#include <algorithm>
#include <vector>

namespace equivolve::hashing::detail {
namespace {

// A stack machine: `flat_` holds the words of everything open, `items_` the digests of the finished
// items of open sets.
class SetFolder {
 public:
  void put(std::span<const std::uint64_t> words) {
    flat_.insert(flat_.end(), words.begin(), words.end());
  }

  void mark(SetMark::Kind kind) {
    if (kind == SetMark::Kind::kOpen) {
      open_.push_back({items_.size(), flat_.size()});
    } else if (open_.empty()) {
      const bool item = kind == SetMark::Kind::kItem;
      flat_.push_back(header_word(item ? GroupKind::kStrayItem : GroupKind::kStrayClose, 0));
    } else if (kind == SetMark::Kind::kItem) {
      end_item();
    } else {
      close();
    }
  }

  Digest finish() {
    while (!open_.empty()) close();
    return digest_words(flat_);
  }

 private:
  struct OpenSet {
    std::size_t first_item;  // in items_
    std::size_t item_start;  // in flat_: where the item being filled began
  };

  void end_item() {
    const std::size_t start = open_.back().item_start;
    items_.push_back(digest_words(std::span(flat_).subspan(start)));
    flat_.resize(start);
  }

  void close() {
    if (flat_.size() > open_.back().item_start) end_item();
    const auto first = items_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_item);
    std::sort(first, items_.end());
    flat_.push_back(header_word(GroupKind::kSet, static_cast<std::size_t>(items_.end() - first)));
    for (auto item = first; item != items_.end(); ++item) {
      flat_.push_back(item->hi);
      flat_.push_back(item->lo);
    }
    items_.erase(first, items_.end());
    open_.pop_back();
  }

  std::vector<std::uint64_t> flat_;
  std::vector<Digest> items_;
  std::vector<OpenSet> open_;
};

}  // namespace

Digest digest_words(std::span<const std::uint64_t> words) {
  return digest_bytes(std::as_bytes(words));
}

Digest digest_with_sets(std::span<const std::uint64_t> words, std::span<const SetMark> marks) {
  SetFolder folder;
  std::size_t done = 0;
  for (const SetMark& mark : marks) {
    folder.put(words.subspan(done, mark.word - done));
    folder.mark(mark.kind);
    done = mark.word;
  }
  folder.put(words.subspan(done));
  return folder.finish();
}

}  // namespace equivolve::hashing::detail
