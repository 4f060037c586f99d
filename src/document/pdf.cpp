#include "document/pdf.h"

#include <cairo-pdf.h>
#include <fmt/format.h>
#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace noroshi {
namespace {

// Points, 72 to the inch.
constexpr double kPageWidth = 595.28;
constexpr double kPageHeight = 841.89;
constexpr double kSide = 43;
constexpr double kTop = 48;
constexpr double kBottom = 52;
constexpr double kWidth = kPageWidth - 2 * kSide;
constexpr double kPadding = 3;  // above and below a row's text
constexpr double kColumnGap = 8;
constexpr double kFactNames = 120;
constexpr const char* kFamilies = "Noto Sans CJK JP, Noto Sans JP, sans-serif";

struct FreeSurface {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
};
struct FreeContext {
  void operator()(cairo_t* context) const { cairo_destroy(context); }
};
struct FreeObject {
  void operator()(void* object) const { g_object_unref(object); }
};
struct FreeFont {
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
};
using Layout = std::unique_ptr<PangoLayout, FreeObject>;

struct Style {
  double size = 9;
  bool bold = false;
  bool right = false;
  double red = 0.1;
  double green = 0.1;
  double blue = 0.1;
};

cairo_status_t append(void* closure, const unsigned char* data, unsigned int length) {
  static_cast<std::string*>(closure)->append(data, data + length);
  return CAIRO_STATUS_SUCCESS;
}

/// Text in a column of a row.
struct Cell {
  double x = 0;
  double width = 0;
  std::string_view text;
  Style style;
};

/// Sets rows of cells under one another, page after page.
class Typesetter {
 public:
  /// `pages`: how many there will be; 0: to be counted first.
  Typesetter(const Document& document, std::size_t pages) : document_(document), pages_(pages) {
    surface_.reset(cairo_pdf_surface_create_for_stream(append, &bytes_, kPageWidth, kPageHeight));
    const auto set = [this](cairo_pdf_metadata_t what, const std::string& value) {
      cairo_pdf_surface_set_metadata(surface_.get(), what, value.c_str());
    };
    set(CAIRO_PDF_METADATA_TITLE, document.title);
    set(CAIRO_PDF_METADATA_CREATE_DATE, to_rfc3339(document.made).substr(0, 19) + "Z");
    context_.reset(cairo_create(surface_.get()));
    text_.reset(pango_cairo_create_context(context_.get()));
    pango_context_set_language(
        text_.get(),
        pango_language_from_string(document.language == Language::kJapanese ? "ja" : "en"));
  }

  void set() {
    row({{0, kWidth, document_.title, {.size = 17, .bold = true}}});
    row({{0, kWidth, document_.subtitle, {.size = 9.5, .red = 0.3, .green = 0.3, .blue = 0.3}}});
    for (const auto& section : document_.sections) {
      y_ += 12;
      keep_together(70);
      row({{0, kWidth, section.heading, {.size = 12, .bold = true}}});
      rule(1.0);
      y_ += 3;
      for (const auto& block : section.blocks)
        std::visit([this](const auto& each) { add(each); }, block);
    }
    sign();
    end_page();
  }

  [[nodiscard]] bool lacks_glyphs() const { return lacks_glyphs_; }
  [[nodiscard]] std::size_t page() const { return page_; }
  [[nodiscard]] Result<std::string> finish() {
    cairo_surface_finish(surface_.get());
    const auto status = cairo_surface_status(surface_.get());
    if (status != CAIRO_STATUS_SUCCESS)
      return failure(ErrorCode::kIo, fmt::format("PDF: {}", cairo_status_to_string(status)));
    return std::move(bytes_);
  }

 private:
  Layout lay_out(std::string_view text, double width, const Style& style) {
    Layout layout(pango_layout_new(text_.get()));
    const std::unique_ptr<PangoFontDescription, FreeFont> font(pango_font_description_new());
    pango_font_description_set_family_static(font.get(), kFamilies);
    pango_font_description_set_absolute_size(font.get(), style.size * PANGO_SCALE);
    pango_font_description_set_weight(font.get(),
                                      style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout.get(), font.get());
    if (width > 0) pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    pango_layout_set_alignment(layout.get(), style.right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_line_spacing(layout.get(), 1.12F);
    pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
    if (pango_layout_get_unknown_glyphs_count(layout.get()) > 0) lacks_glyphs_ = true;
    return layout;
  }

  static double height_of(PangoLayout* layout) {
    int height = 0;
    pango_layout_get_size(layout, nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
  }

  [[nodiscard]] double room() const { return kPageHeight - kBottom - y_; }

  void keep_together(double height) {
    if (room() < height) new_page();
  }

  void new_page() {
    end_page();
    y_ = kTop;
    ++page_;
  }

  void end_page() {
    const Style small{.size = 7.5, .red = 0.35, .green = 0.35, .blue = 0.35};
    const auto footer = lay_out(document_.footer, kWidth - 70, small);
    draw_lines(footer.get(), kSide, kPageHeight - kBottom + 14, 0, height_of(footer.get()), small);
    auto right = small;
    right.right = true;
    const auto number = lay_out(fmt::format("{} / {}", page_, pages_), 60, right);
    draw_lines(number.get(), kPageWidth - kSide - 60, kPageHeight - kBottom + 14, 0,
               height_of(number.get()), right);
    cairo_show_page(context_.get());
  }

  /// The lines of a layout that begin within [from, to) of it, `from` standing at y. Returns where
  /// the first line begins that did not fit, or the end.
  double draw_lines(PangoLayout* layout, double x, double y, double from, double to,
                    const Style& style) {
    cairo_set_source_rgb(context_.get(), style.red, style.green, style.blue);
    auto* const lines = pango_layout_get_iter(layout);
    double end = height_of(layout);
    do {
      PangoRectangle extents;
      pango_layout_iter_get_line_extents(lines, nullptr, &extents);
      int line_from = 0;
      int line_to = 0;
      pango_layout_iter_get_line_yrange(lines, &line_from, &line_to);
      const auto top = static_cast<double>(line_from) / PANGO_SCALE;
      if (top < from) continue;
      if (static_cast<double>(line_to) / PANGO_SCALE > to + 0.01) {
        end = top;
        break;
      }
      const auto baseline =
          static_cast<double>(pango_layout_iter_get_baseline(lines)) / PANGO_SCALE;
      cairo_move_to(context_.get(), x + static_cast<double>(extents.x) / PANGO_SCALE,
                    y + baseline - from);
      pango_cairo_show_layout_line(context_.get(), pango_layout_iter_get_line_readonly(lines));
    } while (pango_layout_iter_next_line(lines));
    pango_layout_iter_free(lines);
    return end;
  }

  void row(const std::vector<Cell>& cells) {
    std::vector<Layout> layouts;
    double height = 0;
    for (const auto& cell : cells) {
      layouts.push_back(lay_out(cell.text, cell.width, cell.style));
      height = std::max(height, height_of(layouts.back().get()));
    }
    const auto whole_page = kPageHeight - kBottom - kTop - 2 * kPadding;
    if (height + 2 * kPadding > room() && height <= whole_page) new_page();
    y_ += kPadding;
    std::vector<double> done(cells.size(), 0);
    while (true) {
      const auto space = room();
      double used = 0;
      bool all = true;
      for (std::size_t i = 0; i < cells.size(); ++i) {
        auto* const layout = layouts[i].get();
        const auto end =
            draw_lines(layout, kSide + cells[i].x, y_, done[i], done[i] + space, cells[i].style);
        used = std::max(used, end - done[i]);
        done[i] = end;
        all = all && end >= height_of(layout) - 0.01;
      }
      y_ += used;
      if (all) break;
      new_page();
    }
    y_ += kPadding;
  }

  void rule(double width, double grey = 0.1) {
    cairo_set_source_rgb(context_.get(), grey, grey, grey);
    cairo_set_line_width(context_.get(), width);
    cairo_move_to(context_.get(), kSide, y_);
    cairo_line_to(context_.get(), kSide + kWidth, y_);
    cairo_stroke(context_.get());
  }

  void add(const Document::Paragraph& paragraph) {
    Style style{.size = 9.5};
    if (paragraph.warning) style = {.size = 9.5, .bold = true, .red = 0.6, .green = 0, .blue = 0.1};
    row({{0, kWidth, paragraph.text, style}});
  }

  void add(const Document::Facts& facts) {
    for (const auto& [name, said] : facts.facts) {
      row({{0, kFactNames, name, {.bold = true}},
           {kFactNames + kColumnGap, kWidth - kFactNames - kColumnGap, said, {}}});
      rule(0.3, 0.7);
    }
    y_ += 4;
  }

  void add(const Document::Table& table) {
    const auto widths = widths_of(table);
    std::vector<std::string> headings;
    for (const auto& column : table.columns) headings.push_back(column.heading);
    keep_together(50);
    table_row(table, widths, headings, true);
    for (const auto& cells : table.rows) {
      // A heading of its own for every page that the table goes on to.
      if (room() < 24) {
        new_page();
        table_row(table, widths, headings, true);
      }
      table_row(table, widths, cells, false);
    }
    y_ += 4;
  }

  void table_row(const Document::Table& table, const std::vector<double>& widths,
                 const std::vector<std::string>& texts, bool heading) {
    std::vector<Cell> cells;
    double x = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      cells.push_back({x,
                       widths[i],
                       texts[i],
                       {.size = 8.5, .bold = heading, .right = table.columns[i].number}});
      x += widths[i] + kColumnGap;
    }
    row(cells);
    rule(heading ? 0.7 : 0.3, heading ? 0.25 : 0.7);
  }

  /// As wide as what stands in them; where that is more than there is, the widest give way.
  std::vector<double> widths_of(const Document::Table& table) {
    std::vector<double> widths;
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
      double widest = natural_width(table.columns[i].heading, true);
      for (const auto& row : table.rows) widest = std::max(widest, natural_width(row[i], false));
      widths.push_back(widest);
    }
    const auto columns = static_cast<double>(widths.size());
    auto space = kWidth - kColumnGap * (columns - 1);
    // From the narrowest on, each takes what it needs or its share of what is left.
    std::vector<std::size_t> order(widths.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::size_t i) { return widths[i]; });
    double total = 0;
    for (std::size_t done = 0; done < order.size(); ++done) {
      auto& width = widths[order[done]];
      width = std::min(width, space / static_cast<double>(order.size() - done));
      space -= width;
      total += width;
    }
    if (const auto left = kWidth - kColumnGap * (columns - 1) - total; left > 0 && !widths.empty())
      widths[order.back()] += left;
    return widths;
  }

  double natural_width(std::string_view text, bool bold) {
    const auto layout = lay_out(text, 0, {.size = 8.5, .bold = bold});
    int width = 0;
    pango_layout_get_size(layout.get(), &width, nullptr);
    return static_cast<double>(width) / PANGO_SCALE + 1;
  }

  void sign() {
    if (document_.signatures.empty()) return;
    constexpr double kBox = 74;
    keep_together(kBox + 20);
    const auto number = static_cast<double>(document_.signatures.size());
    const auto width = (kWidth - 20 * (number - 1)) / number;
    y_ += kBox - 12;
    double x = kSide;
    cairo_set_source_rgb(context_.get(), 0.1, 0.1, 0.1);
    cairo_set_line_width(context_.get(), 0.7);
    for (std::size_t i = 0; i < document_.signatures.size(); ++i) {
      cairo_move_to(context_.get(), x, y_);
      cairo_line_to(context_.get(), x + width, y_);
      x += width + 20;
    }
    cairo_stroke(context_.get());
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < document_.signatures.size(); ++i)
      cells.push_back(
          {static_cast<double>(i) * (width + 20), width, document_.signatures[i], {.size = 8.5}});
    row(cells);
  }

  const Document& document_;
  const std::size_t pages_;
  std::string bytes_;
  std::unique_ptr<cairo_surface_t, FreeSurface> surface_;
  std::unique_ptr<cairo_t, FreeContext> context_;
  std::unique_ptr<PangoContext, FreeObject> text_;
  double y_ = kTop;
  std::size_t page_ = 1;
  bool lacks_glyphs_ = false;
};

}  // namespace

Result<Pdf> to_pdf(const Document& document) {
  Typesetter first(document, 0);
  first.set();
  if (first.lacks_glyphs())
    return failure(ErrorCode::kUnavailable,
                   "no installed font has the characters of this document: install fonts-noto-cjk");
  Typesetter second(document, first.page());
  second.set();
  return Pdf{TRY(second.finish()), second.page()};
}

}  // namespace noroshi
