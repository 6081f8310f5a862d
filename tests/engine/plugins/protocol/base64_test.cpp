#include <gtest/gtest.h>

#include "engine/plugins/protocol/base64.hpp"

namespace equivolve::engine {
namespace {

std::string base64_of(std::string_view text) {
  std::string out;
  append_base64(std::as_bytes(std::span(text)), out);
  return out;
}

TEST(Base64, KnownAnswers) {  // RFC 4648, section 10
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("fo"), "Zm8=");
  EXPECT_EQ(base64_of("foo"), "Zm9v");
  EXPECT_EQ(base64_of("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_of("fooba"), "Zm9vYmE=");
  EXPECT_EQ(base64_of("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64_of("\xff\xfe\xfb"), "//77");
}

TEST(Base64, EveryLengthComesBack) {
  std::string text;
  for (int i = 0; i < 300; ++i) {
    const auto bytes = from_base64(base64_of(text));
    ASSERT_TRUE(bytes);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(bytes->data()), bytes->size()), text);
    text += static_cast<char>(i * 37);
  }
}

TEST(Base64, OneSpellingAlone) {
  for (const char* wrong : {"Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Zg==Zg==", "====", "Z===",
                            "Zm9v\n", " Zm9", "Zm-v", "Zm9_", "=m9v"})
    EXPECT_FALSE(from_base64(wrong)) << wrong;
}

}  // namespace
}  // namespace equivolve::engine
