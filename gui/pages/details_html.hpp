// A candidate's details as rich text for QTextBrowser.
#pragma once

#include <QPalette>
#include <QString>

#include "gui/models/candidate_details.hpp"

namespace equivolve::gui {

/// Coloured; dead code is dimmed.
QString genome_html(const std::vector<TextLine>& text, const QPalette& palette);

/// All members of its class that were read, a column each, in a table whose second row is their
/// text; the one at `chosen` is marked.
QString members_html(const std::vector<ClassMember>& members, int chosen, const QPalette& palette);

/// What was removed from the parent (red, -) and added (green, +).
QString difference_html(const CandidateDetails& details, const QPalette& palette);

/// What it is, in a table; its parents and its class are links: `birth:N`, `ticket:N`, `class:N`.
QString facts_html(const CandidateDetails& details);

/// Each trial's figures, then mean and standard deviation of the trials that were ok; and of those
/// that failed why they did, and the last of what their processes printed.
QString trials_html(const CandidateDetails& details);

}  // namespace equivolve::gui
