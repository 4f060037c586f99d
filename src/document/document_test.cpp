#include <gmock/gmock.h>

#include <string>

#include "document/html.h"
#include "document/pdf.h"

namespace noroshi {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Document small() {
  Document document;
  document.title = "月次報告";
  document.subtitle = "2026-11";
  document.made = from_unix_milliseconds(1'795'305'600'000);
  document.footer = "Noroshi";
  document.signatures = {"責任者"};
  document.sections = {
      {"閲覧",
       {Document::Paragraph{"なし。"}, Document::Facts{{{"目的", "C&C <b>"}}},
        Document::Table{{{"誰が", false}, {"行数", true}}, {{"\"佐藤\"", "1,234"}}}}}};
  return document;
}

TEST(Html, NothingInTheTextIsMarkup) {
  const auto html = to_html(small());
  EXPECT_THAT(html, HasSubstr("C&amp;C &lt;b&gt;"));
  EXPECT_THAT(html, HasSubstr("&quot;佐藤&quot;"));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
}

TEST(Html, NeedsNothingFromElsewhere) {
  const auto html = to_html(small());
  for (const char* word : {"<script", "http:", "https:", "src=", "url(", "@import", "<link"})
    EXPECT_THAT(html, Not(HasSubstr(word))) << word;
}

TEST(Html, SaysItsLanguage) {
  auto document = small();
  EXPECT_THAT(to_html(document), HasSubstr("<html lang=\"en\">"));
  document.language = Language::kJapanese;
  EXPECT_THAT(to_html(document), HasSubstr("<html lang=\"ja\">"));
}

class PdfOf : public testing::Test {
 protected:
  static Pdf made(const Document& document) {
    auto pdf = to_pdf(document);
    EXPECT_TRUE(pdf) << pdf.error().message;
    return pdf.value_or(Pdf{});
  }
};

TEST_F(PdfOf, AShortDocumentIsOnePageWithItsFonts) {
  const auto pdf = made(small());
  EXPECT_EQ(pdf.pages, 1u);
  EXPECT_THAT(pdf.bytes, StartsWith("%PDF-"));
  EXPECT_THAT(pdf.bytes, HasSubstr("/FontFile"));
}

TEST_F(PdfOf, TheSameDocumentIsTheSameFile) { EXPECT_EQ(made(small()).bytes, made(small()).bytes); }

TEST_F(PdfOf, ALongTableGoesOnOverPages) {
  auto document = small();
  Document::Table table{{{"number", true}}, {}};
  for (int i = 0; i < 200; ++i) table.rows.push_back({std::to_string(i)});
  document.sections.push_back({"long", {table}});
  const auto pages = made(document).pages;
  EXPECT_GE(pages, 4u);
  EXPECT_LE(pages, 8u);
}

TEST_F(PdfOf, ATextLongerThanAPageGoesOnOnTheNext) {
  auto document = small();
  std::string text;
  for (int i = 0; i < 4000; ++i) text += "通信の秘密 ";
  document.sections.push_back({"long", {Document::Facts{{{"necessity", text}}}}});
  const auto pages = made(document).pages;
  EXPECT_GE(pages, 5u);
  EXPECT_LE(pages, 12u);
}

TEST_F(PdfOf, AWordWiderThanThePageIsBroken) {
  auto document = small();
  Document::Table table{{{"a", false}, {"b", false}}, {{std::string(3000, 'x'), "y"}}};
  document.sections.push_back({"wide", {table}});
  EXPECT_LE(made(document).pages, 3u);
}

}  // namespace
}  // namespace noroshi
