// A grey image, and the filters and samplings that corruptions and augmented views are made of.
// Beyond the edges the edge pixels repeat unless said otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace equivolve::test_time_adaptation {

/// Row by row; black is 0, white is 1.
struct Image {
  std::uint32_t height = 0, width = 0;
  std::vector<double> pixels;

  Image() = default;
  Image(std::uint32_t rows, std::uint32_t columns)
      : height(rows), width(columns), pixels(std::size_t{rows} * columns) {}
  double& at(std::size_t y, std::size_t x) { return pixels[y * width + x]; }
  double at(std::size_t y, std::size_t x) const { return pixels[y * width + x]; }
};

enum class Border : std::uint8_t {
  kRepeat,  ///< a a | a b c | c c
  kMirror,  ///< b a | a b c | c b
};

/// Separable Gaussian, weights cut at 4 sigma (rounded to whole pixels) and normalised.
Image gaussian_blur(const Image& image, double sigma, Border border = Border::kRepeat);

/// Separable: each pixel `middle` times itself and `side` times each neighbour, along rows and, if
/// asked, columns.
Image three_tap_blur(const Image& image, double side, double middle, bool columns_too);

/// A disc: a pixel's weight is the share of its 8 x 8 sub-points at most `radius` from the centre;
/// normalised.
Image disc_blur(const Image& image, double radius);

/// Mean of 2 `reach` + 1 bilinear samples half a pixel apart, centred, along `angle` (radians from
/// the rows).
Image line_blur(const Image& image, int reach, double angle);

/// Bilinear; `y` and `x` in pixels, centres of pixels at whole numbers.
double sample(const Image& image, double y, double x);
/// The same on black ground.
double sample_on_black(const Image& image, double y, double x);

/// About the centre: each pixel is sampled where turning by -`degrees`, dividing by `scale` and
/// taking back the shift leads.
struct Placement {
  double degrees = 0, scale = 1, down = 0, right = 0;
};
Image placed(const Image& image, const Placement& placement, bool on_black = false);

/// Mean over areas of a coarser grid of `side` x `side` cells, each as large as its share of the
/// image.
Image area_means(const Image& image, std::uint32_t side);

double mean_of(const Image& image);
void clip(Image& image);            ///< to 0 .. 1
void round_to_bytes(Image& image);  ///< clipped, then to whole 255ths

}  // namespace equivolve::test_time_adaptation
