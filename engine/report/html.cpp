#include "engine/report/html.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "engine/config/utf8.hpp"

namespace equivolve::engine {
namespace {

// Colours after Okabe and Ito, which colour-blind readers tell apart; lighter ones on a dark page.
constexpr const char* kStyle = R"css(
:root{--text:#1c1c1e;--soft:#5f6368;--page:#fff;--box:#f5f5f4;--edge:#d6d3d1;--c0:#0072b2;--c1:#d55e00;--c2:#009e73;--c3:#aa4499;--c4:#8a6d00;--c5:#44789e;--c6:#7a4a1e;--c7:#555}
@media (prefers-color-scheme:dark){:root{--text:#e7e5e4;--soft:#a8a29e;--page:#1a1a1c;--box:#262629;--edge:#44403c;--c0:#56b4e9;--c1:#f0914a;--c2:#3ecf9f;--c3:#dd8fd0;--c4:#f0e442;--c5:#9cc5e3;--c6:#d6a575;--c7:#bbb}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:64rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--page)}
h1{font-size:1.6rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .6rem;border-bottom:1px solid var(--edge);padding-bottom:.2rem}
p{margin:.4rem 0}.soft{color:var(--soft)}.verdict{font-weight:600}
.wide{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;width:100%}
th,td{padding:.3rem .7rem;border-bottom:1px solid var(--edge);text-align:right;white-space:nowrap;vertical-align:top}
th:first-child,td:first-child{text-align:left;white-space:normal;overflow-wrap:anywhere}
th{font-weight:600;color:var(--soft)}td small{display:block;color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1.2rem;margin:0}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
pre{background:var(--box);border:1px solid var(--edge);border-radius:6px;padding:.8rem;overflow:auto;font:13px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere;margin:.4rem 0}
details summary{cursor:pointer;color:var(--soft)}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));gap:1rem}
svg{width:100%;height:auto;font:12px system-ui,sans-serif;fill:var(--text)}
svg .title{font-weight:600;font-size:13px}svg .tick,svg .label{fill:var(--soft)}
svg .grid{stroke:var(--edge);stroke-width:.7}svg .axis{stroke:var(--soft);stroke-width:.8}
svg .level{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:5 4}svg .line{fill:none;stroke-width:1.8;stroke-linejoin:round}svg .band{stroke:none;opacity:.18}
.s0{stroke:var(--c0);fill:var(--c0)}.s1{stroke:var(--c1);fill:var(--c1)}.s2{stroke:var(--c2);fill:var(--c2)}.s3{stroke:var(--c3);fill:var(--c3)}.s4{stroke:var(--c4);fill:var(--c4)}.s5{stroke:var(--c5);fill:var(--c5)}.s6{stroke:var(--c6);fill:var(--c6)}.s7{stroke:var(--c7);fill:var(--c7)}
.key{display:inline-block;width:1.1em;height:.28em;margin-right:.5em;vertical-align:middle;border-radius:2px}
.key.s0{background:var(--c0)}.key.s1{background:var(--c1)}.key.s2{background:var(--c2)}.key.s3{background:var(--c3)}.key.s4{background:var(--c4)}.key.s5{background:var(--c5)}.key.s6{background:var(--c6)}.key.s7{background:var(--c7)}
@media print{body{max-width:none;padding:0;font-size:11pt}section,svg,table{break-inside:avoid}pre{max-height:none}.charts{grid-template-columns:1fr 1fr}*{print-color-adjust:exact}}
)css";

}  // namespace

const std::string_view kPageStart = "<!DOCTYPE html>\n<!-- equivolve report -->\n";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : replace_bad_bytes(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default: {
        const auto byte = static_cast<unsigned char>(c);
        const bool control = (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
        out += control ? std::string("\xef\xbf\xbd") : std::string(1, c);
      }
    }
  }
  return out;
}

std::string html_page(const std::string& title, const std::string& body) {
  return std::string(kPageStart) +
         "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
         "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#39;; "
         "style-src &#39;unsafe-inline&#39;\"/>\n<title>" +
         escaped(title) + "</title>\n<style>" + kStyle + "</style>\n</head>\n<body>\n" + body +
         "</body>\n</html>\n";
}

std::string section(const std::string& heading, const std::string& body) {
  return "<section>\n<h2>" + escaped(heading) + "</h2>\n" + body + "</section>\n";
}

std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"wide\"><table>\n<thead><tr>";
  for (const std::string& cell : head) out += "<th>" + cell + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (const std::string& cell : row) out += "<td>" + cell + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody>\n</table></div>\n";
}

std::string facts(const std::vector<std::pair<std::string, std::string>>& rows) {
  std::string out = "<dl>\n";
  for (const auto& [name, value] : rows)
    out += "<dt>" + escaped(name) + "</dt><dd>" + escaped(value) + "</dd>\n";
  return out + "</dl>\n";
}

std::string text_box(const std::string& text, const std::string& summary) {
  const std::string box = "<pre>" + escaped(text) + "</pre>\n";
  if (summary.empty()) return box;
  return "<details>\n<summary>" + escaped(summary) + "</summary>\n" + box + "</details>\n";
}

std::string figure_text(double value) {
  return figure_text(value, value);
}

std::string figure_text(double value, double scale) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(scale);
  if (size != 0 && (size < 1e-3 || size >= 1e6)) return fmt::format("{:.4g}", value);
  const std::string text = fmt::format("{:.4f}", value);
  return text == "-0.0000" ? "0.0000" : text;
}

std::string interval_html(double low, double high) {
  const double scale = std::max(std::abs(low), std::abs(high));
  return fmt::format("<small>[{}, {}]</small>", figure_text(low, scale), figure_text(high, scale));
}

}  // namespace equivolve::engine
