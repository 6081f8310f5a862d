// Pieces of HTML in which nothing that was read can become markup.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace equivolve::engine {

/// Text for an element or a quoted attribute: markup characters as entities, control characters and
/// bytes that are no UTF-8 as U+FFFD.
std::string escaped(std::string_view text);

/// The page around a body. `title` is text, `body` is HTML. No scripts, nothing from elsewhere; one
/// style sheet for light, dark and paper.
std::string html_page(const std::string& title, const std::string& body);

/// The first bytes of every page of ours, by which one is known again.
extern const std::string_view kPageStart;

/// <section> with a heading.
std::string section(const std::string& heading, const std::string& body);

/// A table; cells are HTML, the first column holds names, the others figures.
std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows);

/// A list of names and values, both text.
std::string facts(const std::vector<std::pair<std::string, std::string>>& rows);

/// Text as it is, in a box; `summary` not empty: behind a line to open it by.
std::string text_box(const std::string& text, const std::string& summary = "");

/// "0.9561", as many digits as tell figures apart; "-" when not finite. With `scale`, the digits
/// that a figure of that size has: the ends of an interval are written alike.
std::string figure_text(double value);
std::string figure_text(double value, double scale);

/// " [low, high]" below a figure, in small letters.
std::string interval_html(double low, double high);

}  // namespace equivolve::engine
