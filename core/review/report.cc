#include "core/review/report.h"

#include <algorithm>

#include "core/crypto/hash.h"

namespace plenary::review {
namespace {

using ReportHash = FixedId<struct ReportHashTag, 16>;

std::int64_t position_of(const OtherRecord& section) {
  const auto found = section.fields.find("position");
  return found == section.fields.end() ? 0 : found->second.integer();
}

}  // namespace

std::string report_text(const ReviewFile& file, const OtherRecord& report) {
  std::string text = report.text("title") + "\n";
  std::vector<const OtherRecord*> sections;
  for (const OtherRecord& section : file.of("report_section")) {
    if (section.reference("report") == report.id) sections.push_back(&section);
  }
  std::ranges::sort(sections, {}, [](const OtherRecord* s) { return std::pair(position_of(*s), s->id.text); });
  for (const OtherRecord* section : sections) {
    text += "\n" + section->text("heading") + "\n";
    for (const char* body : {"body", "body_cy"}) {
      if (!section->text(body).empty()) text += section->text(body) + "\n";
    }
  }
  const auto points = report.fields.find("verbal_points");
  if (points != report.fields.end()) {
    if (const auto* list = std::get_if<std::vector<replica::Value>>(&points->second.content)) {
      for (const auto& point : *list) text += "- " + point.text() + "\n";
    }
  }
  return text;
}

std::string report_hash(const ReviewFile& file, const OtherRecord& report) {
  return crypto::hash<ReportHash>({.type = "plenary report"}, {as_bytes(report_text(file, report))}).hex();
}

}  // namespace plenary::review
