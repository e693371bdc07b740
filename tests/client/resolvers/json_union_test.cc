#include "client/resolvers/json_union.h"

#include <gtest/gtest.h>

#include "node/base/random.h"
#include "tests/client/resolvers/siblings.h"

namespace quorate::client {
namespace {

std::string joined(const std::vector<std::string_view>& arrays) {
  const auto all = union_of_arrays(arrays);
  return all ? *all : "! " + all.error().message;
}

TEST(JsonUnion, HasWhatAnyOfThemHasOnceAndSorted) {
  EXPECT_EQ(joined({R"(["milk","bread"])", R"(["milk", "eggs"])"}), R"(["bread","eggs","milk"])");
  EXPECT_EQ(joined({"[]", "[ ]"}), "[]");
  EXPECT_EQ(joined({"[1,1,2]"}), "[1,2]");
}

TEST(JsonUnion, AnElementIsItsTextButForWhiteSpaceBetweenTokens) {
  EXPECT_EQ(joined({R"([{"id": 1, "tags": ["a, b", "]"]}])", R"([{"id":1,"tags":["a, b","]"]}])"}),
            R"([{"id":1,"tags":["a, b","]"]}])");
  EXPECT_EQ(joined({R"(["a\"b", " x "])", R"([[1, 2], []])"}), R"([" x ","a\"b",[1,2],[]])");
  EXPECT_EQ(joined({R"(["\\"])", R"(["é"])"}), R"(["\\","é"])");
}

TEST(JsonUnion, NumbersKeepEveryDigit) {
  EXPECT_EQ(joined({"[123456789012345678901]", "[123456789012345678902, 0.10]"}),
            "[0.10,123456789012345678901,123456789012345678902]");
}

TEST(JsonUnion, WhatIsNoArrayIsRefusedByItsNumber) {
  EXPECT_EQ(joined({"[1]", R"({"a":1})"}),
            "! sibling 2 is no JSON array, so there is no union: it is JSON, but no array");
  for (const char* bad : {"", "milk", "[1", "[1] 2", "[1,]", "[,]"}) {
    EXPECT_EQ(
        joined({bad}).rfind("! sibling 1 is no JSON array, so there is no union: it is not", 0), 0u)
        << bad << ": " << joined({bad});
  }
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  EXPECT_EQ(joined({deep})[0], '!');
}

TEST(JsonUnion, ASingleValueIsLeftAsItIs) {
  EXPECT_EQ(outcome_of(union_arrays(), siblings_of({"[2, 1]"})), "(leave)");
  EXPECT_EQ(outcome_of(union_arrays(), {}), "(leave)");
  EXPECT_EQ(outcome_of(union_arrays(), siblings_of({"[2, 1]", "[3]"})), "[1,2,3]");
}

TEST(JsonUnion, IsCommutativeAssociativeAndIdempotent) {
  const std::vector<std::string> elements = {"1",    "2",       R"("a")",   R"("a,b")",
                                             "null", R"("]")",  "[1, [2]]", R"({"k": [1]})",
                                             "-0.5", R"("\"")", R"("\\")",  "true"};
  Random random(20260131);
  const auto draw = [&] {
    std::string array = "[";
    for (const std::string& element : elements) {
      if (random.chance(1, 3)) array += (array.size() > 1 ? ", " : " ") + element;
    }
    return array + "]";
  };
  for (int i = 0; i < 2'000; ++i) {
    const std::string a = draw();
    const std::string b = draw();
    const std::string c = draw();
    EXPECT_EQ(joined({a, b}), joined({b, a}));
    EXPECT_EQ(joined({joined({a, b}), c}), joined({a, joined({b, c})}));
    EXPECT_EQ(joined({joined({a, b}), c}), joined({a, b, c}));
    EXPECT_EQ(joined({a, a}), joined({a}));
    EXPECT_EQ(joined({joined({a}), a}), joined({a}));
  }
}

}  // namespace
}  // namespace quorate::client
