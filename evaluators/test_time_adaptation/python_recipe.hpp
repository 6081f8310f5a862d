// The recipe and the source model for PyTorch.
#pragma once

#include <string>

#include "evaluators/test_time_adaptation/recipe.hpp"
#include "evaluators/test_time_adaptation/samples.hpp"
#include "evaluators/test_time_adaptation/source_model.hpp"
#include "evaluators/test_time_adaptation/trial.hpp"

namespace equivolve::test_time_adaptation {

/// recipe.py: adapts any PyTorch module with batch norms, and reads source_model.json. Its step
/// gives what Adapter::step gives, up to rounding and to random draws. `formula`: a rule's tokens,
/// empty for recipes.
std::string python_recipe(const Adaptation& adaptation, search::ExpressionView formula,
                          const SampleShape& shape);

/// source_model.json: layers, weights in PyTorch's order, variances and running statistics; with
/// `data` also the names of the classes, and of tables how a row becomes the model's numbers.
std::string model_json(const SourceModel& model, const CleanData* data = nullptr,
                       const DataSettings* settings = nullptr);

}  // namespace equivolve::test_time_adaptation
