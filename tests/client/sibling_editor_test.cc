// Siblings between markers, and what comes back from an editor.
#include "client/kvcli/sibling_editor.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/client/resolvers/siblings.h"

namespace quorate::client::kvcli {
namespace {

namespace fs = std::filesystem;

std::string lines_beginning_with(const std::string& text, const std::string& start) {
  std::string found;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(start, 0) == 0) found += line.substr(0, start.size() + 14) + "\n";
  }
  return found;
}

TEST(MarkSiblings, EachStandsBetweenMarkersThatTellOfIt) {
  const auto marked = mark_siblings(siblings_of({"Porto", "Faro\nBraga\n", ""}));
  ASSERT_TRUE(marked);
  EXPECT_EQ(lines_beginning_with(marked->text, "<<<<<<< "), "<<<<<<< sibling 1 of 3\n");
  EXPECT_EQ(lines_beginning_with(marked->text, "======= "),
            "======= sibling 2 of 3\n======= sibling 3 of 3\n");
  EXPECT_EQ(lines_beginning_with(marked->text, ">>>>>>> "), ">>>>>>> leave the text\n");
  EXPECT_NE(marked->text.find(" through node 1, n1."), std::string::npos) << marked->text;
  EXPECT_NE(marked->text.find("\nPorto\n======="), std::string::npos);
  EXPECT_NE(marked->text.find("\nFaro\nBraga\n======="), std::string::npos);
  EXPECT_TRUE(marked->ends_in_newline);
}

TEST(MarkSiblings, MarkersAreLongerThanWhatTheValuesHave) {
  const auto marked = mark_siblings(siblings_of({"a\n========= title\n", ">>>>>>>"}));
  ASSERT_TRUE(marked);
  EXPECT_EQ(marked->marker_size, 10u);
  EXPECT_EQ(*without_markers(*marked, "a\n========= title\n"), "a\n========= title\n");
}

TEST(MarkSiblings, WhatIsNoTextIsRefused) {
  const auto marked = mark_siblings(siblings_of({"a", "b\xff"}));
  ASSERT_FALSE(marked);
  EXPECT_EQ(marked.error().message.rfind("sibling 2 is no text", 0), 0u);
  EXPECT_FALSE(mark_siblings(siblings_of({std::string("a\0b", 3)})));
}

TEST(WithoutMarkers, TakesTheTextAndRefusesWhatIsNotDone) {
  const auto marked = mark_siblings(siblings_of({"Porto", "Faro"}));
  ASSERT_TRUE(marked);
  EXPECT_EQ(*without_markers(*marked, "Porto, Faro\n"), "Porto, Faro")
      << "no value ends in a newline: that one is the editor's";
  EXPECT_EQ(*without_markers(*marked, "Porto\n\n"), "Porto\n");
  EXPECT_FALSE(without_markers(*marked, marked->text));
  EXPECT_FALSE(without_markers(*marked, ""));
  EXPECT_FALSE(without_markers(*marked, "\n"));
  for (const char* left : {"Porto\n=======\n", "<<<<<<< sibling\nPorto\n", "Porto\n>>>>>>> x"}) {
    EXPECT_FALSE(without_markers(*marked, left)) << left;
  }
}

class Editing : public testing::Test {
 protected:
  Editing() : directory_(fs::temp_directory_path() / ("editing_" + std::to_string(::getpid()))) {
    fs::create_directories(directory_);
    ::setenv("TMPDIR", directory_.c_str(), 1);
    ::unsetenv("VISUAL");
  }
  ~Editing() override {
    fs::remove_all(directory_);
    ::unsetenv("TMPDIR");
    ::unsetenv("EDITOR");
  }

  Result<std::string> edit(const std::string& editor) {
    ::setenv("EDITOR", editor.c_str(), 1);
    SiblingEditor one;
    return one.edit(siblings_of({"Porto", "Faro"}));
  }
  std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }

  const fs::path directory_;
};

TEST_F(Editing, TheEditorIsACommandWithItsOptionsAndItsFileIsGoneAfterwards) {
  const auto text = edit("sed -i -e '/^[<=>]/d'");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(*text, "Porto\nFaro");
  EXPECT_EQ(files(), 0u);
}

TEST_F(Editing, AnEditorThatFailsOrIsNotThereChangesNothing) {
  for (const char* editor : {"false", "sh -c 'kill -9 $$'", "/no/such/editor"}) {
    const auto text = edit(editor);
    ASSERT_FALSE(text) << editor;
    EXPECT_NE(text.error().message.find("nothing was changed"), std::string::npos)
        << text.error().message;
  }
  EXPECT_EQ(files(), 0u);
}

TEST_F(Editing, AnUnchangedOrAnEmptyFileIsRefused) {
  EXPECT_EQ(edit("true").error().message, "nothing was changed in the editor");
  EXPECT_EQ(edit("truncate -s 0").error().message.rfind("the text is empty", 0), 0u);
  EXPECT_EQ(files(), 0u);
}

TEST_F(Editing, ATextWithMarkersIsRefusedAndStays) {
  const auto text = edit("sed -i 's/Porto/PORTO/'");
  ASSERT_FALSE(text);
  EXPECT_NE(text.error().message.find("; your text stays in " + directory_.string()),
            std::string::npos)
      << text.error().message;
  EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace quorate::client::kvcli
