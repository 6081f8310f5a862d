#include "benchmarks/test_functions.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace equivolve::benchmarks {
namespace {

using search::Clause;
using search::ConfigurationSpace;
using search::Parameter;
using search::ParameterKind;
using Values = std::vector<double>;

Parameter number(std::string name, double low, double high, bool log = false) {
  Parameter p;
  p.name = std::move(name);
  p.low = low;
  p.high = high;
  p.log = log;
  return p;
}

Parameter integer(std::string name, double low, double high, bool log = false) {
  Parameter p = number(std::move(name), low, high, log);
  p.kind = ParameterKind::kInteger;
  p.step = 1;
  return p;
}

Parameter choice(std::string name, std::size_t count) {
  Parameter p = number(std::move(name), 0, static_cast<double>(count) - 1);
  p.kind = ParameterKind::kChoice;
  p.step = 1;
  for (std::size_t i = 0; i < count; ++i) p.choices.push_back("c" + std::to_string(i));
  return p;
}

Parameter when(Parameter p, std::uint32_t parameter, double value) {
  Clause clause;
  clause.parameter = parameter;
  clause.values = {value};
  p.when.push_back(clause);
  return p;
}

std::vector<Parameter> cube(std::size_t n, double low, double high) {
  std::vector<Parameter> p;
  for (std::size_t i = 0; i < n; ++i) p.push_back(number("x" + std::to_string(i), low, high));
  return p;
}

/// None of these spaces is in a circle or forbids anything.
ConfigurationSpace made(std::vector<Parameter> parameters) {
  return *search::make_configuration_space(std::move(parameters), {});
}

double square(double x) {
  return x * x;
}

// ---- continuous

double sphere(const Values& x) {
  constexpr std::array kAt{1.2, -2.3, 0.4, 3.1, -0.7};
  double sum = 0;
  for (std::size_t i = 0; i < 5; ++i) sum += square(x[i] - kAt[i]);
  return sum;
}

double rosenbrock(const Values& x) {
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i)
    sum += 100 * square(x[i + 1] - x[i] * x[i]) + square(1 - x[i]);
  return sum;
}

double branin(const Values& x) {
  constexpr double kPi = std::numbers::pi;
  return square(x[1] - 5.1 / (4 * kPi * kPi) * x[0] * x[0] + 5 / kPi * x[0] - 6) +
         10 * (1 - 1 / (8 * kPi)) * std::cos(x[0]) + 10;
}

double hartmann(const Values& x) {
  constexpr std::array kAlpha{1.0, 1.2, 3.0, 3.2};
  constexpr double kA[4][6] = {{10, 3, 17, 3.5, 1.7, 8},
                               {0.05, 10, 17, 0.1, 8, 14},
                               {3, 3.5, 1.7, 10, 17, 8},
                               {17, 8, 0.05, 10, 0.1, 14}};
  constexpr double kP[4][6] = {{0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886},
                               {0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991},
                               {0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650},
                               {0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381}};
  double sum = 0;
  for (int i = 0; i < 4; ++i) {
    double inner = 0;
    for (int j = 0; j < 6; ++j) inner += kA[i][j] * square(x[j] - kP[i][j]);
    sum -= kAlpha[i] * std::exp(-inner);
  }
  return sum;
}

double ackley(const Values& x) {
  constexpr std::array kAt{4.5, -11.0, 7.5, 2.0, -6.5};
  double squares = 0, cosines = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    squares += square(x[i] - kAt[i]);
    cosines += std::cos(2 * std::numbers::pi * (x[i] - kAt[i]));
  }
  return -20 * std::exp(-0.2 * std::sqrt(squares / 5)) - std::exp(cosines / 5) + 20 +
         std::numbers::e;
}

double rastrigin(const Values& x) {
  constexpr std::array kAt{0.9, -1.7, 2.4};
  double sum = 0;
  for (std::size_t i = 0; i < 3; ++i)
    sum += square(x[i] - kAt[i]) - 10 * std::cos(2 * std::numbers::pi * (x[i] - kAt[i])) + 10;
  return sum;
}

// ---- as in tuning

/// A learning rate, a momentum, a batch size, layers.
double tuning(const Values& x) {
  const double rate = std::log10(x[0]) + 2.5, momentum = x[1] - 0.85;
  return square(rate) + 4 * square(momentum) + rate * momentum + 0.3 * square(std::log2(x[2]) - 6) +
         0.15 * square(x[3] - 3);
}

/// Three methods, each with parameters of its own.
double methods(const Values& x) {
  if (x[0] == 0)
    return 0.15 + 0.03 * square(std::log10(x[1]) - 1) + 0.05 * square(std::log10(x[2]) + 2);
  if (x[0] == 1) return 0.12 + 0.002 * square(x[3] - 9) + 0.02 * square(std::log10(x[4] / 250));
  return 0.05 + 0.06 * square(std::log10(x[5]) + 3) + 0.02 * square(std::log2(x[6]) - 6) +
         (x[7] == 1 ? 0.04 : 0);
}

ConfigurationSpace methods_space() {
  return made({choice("method", 3), when(number("c", 1e-3, 1e3, true), 0, 0),
               when(number("gamma", 1e-4, 10, true), 0, 0), when(integer("depth", 1, 20), 0, 1),
               when(integer("trees", 10, 1000, true), 0, 1),
               when(number("rate", 1e-5, 1, true), 0, 2),
               when(integer("units", 4, 512, true), 0, 2), when(choice("activation", 2), 0, 2)});
}

/// Six choices of five, and neighbours that suit each other or not.
double choices(const Values& x) {
  double sum = 0;
  for (int i = 0; i < 6; ++i) {
    const int c = static_cast<int>(x[i]);
    sum += (i * 7 + c * 11) % 13 / 13.0;
    if (i < 5) sum += (i * 5 + c * 3 + static_cast<int>(x[i + 1]) * 8) % 11 / 11.0;
  }
  return sum;
}

double least_of_choices() {
  double least = std::numeric_limits<double>::infinity();
  for (int code = 0; code < 15625; ++code) {
    Values x;
    for (int i = 0, rest = code; i < 6; ++i, rest /= 5) x.push_back(rest % 5);
    least = std::min(least, choices(x));
  }
  return least;
}

/// A family, a switch that brings a number with it, a number that only one family has.
double families(const Values& x) {
  constexpr std::array kBase{0.5, 0.3, 0.1, 0.4};
  const double by_switch = x[1] == 1 ? square(x[3] - 0.3) : 0.25;
  const double by_family = x[0] == 2 ? 2 * square(x[4] - 0.6) : 0.1;
  return kBase[static_cast<std::size_t>(x[0])] + by_switch + by_family + 0.01 * square(x[2] - 17);
}

ConfigurationSpace families_space() {
  return made({choice("family", 4), choice("switch", 2), integer("n", 0, 30),
               when(number("a", 0, 1), 1, 1), when(number("b", 0, 1), 0, 2)});
}

}  // namespace

std::vector<TestFunction> test_functions() {
  std::vector<TestFunction> all;
  const auto add = [&](std::string name, ConfigurationSpace space, double (*value)(const Values&),
                       double optimum) {
    all.push_back({std::move(name), std::move(space), value, optimum});
  };
  add("sphere", made(cube(5, -5, 5)), sphere, 0);
  add("rosenbrock", made(cube(4, -2, 2)), rosenbrock, 0);
  add("branin", made({number("x0", -5, 10), number("x1", 0, 15)}), branin, 0.39788735772973816);
  add("hartmann", made(cube(6, 0, 1)), hartmann, -3.322368011415515);
  add("ackley", made(cube(5, -32.768, 32.768)), ackley, 0);
  add("rastrigin", made(cube(3, -5.12, 5.12)), rastrigin, 0);
  add("tuning",
      made({number("rate", 1e-5, 1, true), number("momentum", 0, 0.99),
            integer("batch", 8, 512, true), integer("layers", 1, 8)}),
      tuning, 0);
  add("methods", methods_space(), methods, 0.05);
  add("choices",
      made({choice("a", 5), choice("b", 5), choice("c", 5), choice("d", 5), choice("e", 5),
            choice("f", 5)}),
      choices, least_of_choices());
  add("families", families_space(), families, 0.1);
  return all;
}

ConfigurationSpace timing_space() {
  std::vector<Parameter> p = cube(5, -1, 1);
  p.push_back(number("rate", 1e-5, 1, true));
  p.push_back(integer("layers", 1, 8));
  p.push_back(integer("units", 4, 512, true));
  p.push_back(choice("kind", 4));
  p.push_back(choice("switch", 2));
  return made(std::move(p));
}

}  // namespace equivolve::benchmarks
