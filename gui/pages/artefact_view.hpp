// An artefact as its media type says: a picture, a table, or text.
#pragma once

#include <QWidget>

#include "engine/store/records.hpp"

namespace equivolve::gui {

/// What cannot be shown as what it claims to be is shown as text. Large ones are cut, which is
/// said.
QWidget* make_artefact_view(const engine::ArtefactRow& artefact);

}  // namespace equivolve::gui
