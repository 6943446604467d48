// The two forms of an InfoReport.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "info_report.h"

namespace ouro::cli {
namespace {

/// "2023-11-14 22:13:20 UTC".
std::string utc_text(std::uint32_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02u %02d:%02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  return buffer;
}

std::string hex(const std::array<std::uint8_t, 8>& bytes) {
  std::string text;
  char buffer[4];
  for (const std::uint8_t byte : bytes) {
    std::snprintf(buffer, sizeof buffer, "%02x", byte);
    text += buffer;
  }
  return text;
}

std::string_view mode_name(marshal::Invalidation mode) {
  switch (mode) {
    case marshal::Invalidation::Timestamp: return "timestamp";
    case marshal::Invalidation::CheckedHash: return "checked-hash";
    case marshal::Invalidation::UncheckedHash: return "unchecked-hash";
  }
  return "";
}

std::string_view state_name(CacheState state) {
  switch (state) {
    case CacheState::Fresh: return "fresh";
    case CacheState::Stale: return "stale";
    case CacheState::Unchecked: return "unchecked";
    case CacheState::Orphaned: return "orphaned";
    case CacheState::Unknown: return "unknown";
  }
  return "";
}

std::string_view reason_name(marshal::Freshness freshness) {
  switch (freshness) {
    case marshal::Freshness::Fresh: return "same";
    case marshal::Freshness::TimeDiffers: return "time differs";
    case marshal::Freshness::SizeDiffers: return "size differs";
    case marshal::Freshness::HashDiffers: return "hash differs";
  }
  return "";
}

std::string cache_line(const InfoReport& report) {
  const std::string source = report.source;
  switch (report.state) {
    case CacheState::Fresh: return "fresh for " + source;
    case CacheState::Stale: return "stale for " + source + ": " + std::string(reason_name(*report.freshness));
    case CacheState::Unchecked:
      return "taken unchecked for " + source + "; its hash " +
             (report.freshness == marshal::Freshness::Fresh ? "agrees" : "differs");
    case CacheState::Orphaned: return "there is no " + source;
    case CacheState::Unknown: return "the name does not say where the source is";
  }
  return {};
}

void row(std::string& out, std::string_view name, std::string_view text) {
  out += "  ";
  out += name;
  out.append(name.size() < 14 ? 14 - name.size() : 1, ' ');
  out += text;
  out.push_back('\n');
}

std::string count_of(std::uint64_t count, const char* thing) {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s");
}

void print_code(const CodeSummary& code, const version::Facts* facts, std::string& out) {
  out.append(4 + std::size_t{2} * std::min<std::uint32_t>(code.depth, 40), ' ');
  out += code.name;
  if (code.first_line != 0) {
    out += code.last_line > code.first_line
               ? ", lines " + std::to_string(code.first_line) + "-" + std::to_string(code.last_line)
               : ", line " + std::to_string(code.first_line);
  }
  out += ", stack " + std::to_string(code.stacksize);
  if (code.argcount != 0) out += ", " + count_of(static_cast<std::uint64_t>(code.argcount), "argument");
  if (code.posonlyargcount != 0) out += " (" + std::to_string(code.posonlyargcount) + " positional-only)";
  if (code.kwonlyargcount != 0) out += ", " + std::to_string(code.kwonlyargcount) + " keyword-only";
  out += ", " + count_of(code.code_size, "byte") + " of code";
  const std::string flags = flag_names(code.flags, facts);
  if (!flags.empty()) out += ", " + flags;
  out.push_back('\n');
}

}  // namespace

void print_info_text(const InfoReport& report, std::string& out) {
  const marshal::PycHeader& header = report.header;
  out += report.file == "-" ? "<stdin>" : report.file;
  out.push_back('\n');
  row(out, "Python", std::string(to_string(header.implementation)) + " " + header.version.to_string() +
                         " (magic number " + std::to_string(header.magic & 0xFFFFU) + ", written by " +
                         std::string(report.magic->release) + ")");
  row(out, "Header", std::to_string(header.size) + " bytes, " + std::string(mode_name(header.invalidation())));
  if ((header.flags & ~(marshal::kPycHashBased | marshal::kPycCheckSource)) != 0) {
    row(out, "Flags", std::to_string(header.flags) + ": an import refuses unknown bits");
  }
  if (header.invalidation() == marshal::Invalidation::Timestamp) {
    row(out, "Source time", utc_text(header.mtime));
    if (header.has_source_size()) row(out, "Source size", count_of(header.source_size, "byte"));
  } else {
    row(out, "Source hash", hex(header.hash));
  }
  row(out, "Cache", cache_line(report));
  row(out, "Size", count_of(report.size, "byte") +
                       (report.trailing_size == 0 ? "" : ", the last " + std::to_string(report.trailing_size) + " unused"));
  if (report.problem) return row(out, "Code", "not read: " + report.problem->detail);
  row(out, "Code", count_of(report.code.size(), "object") + " of " + report.filename);
  for (const CodeSummary& code : report.code) print_code(code, report.facts, out);
}

namespace {

void print_tree_json(const InfoReport& report, support::JsonWriter& json) {
  std::uint32_t open = 0;  // code objects that are open, one a depth
  for (const CodeSummary& code : report.code) {
    for (; open > code.depth; --open) {
      json.end();
      json.end();
    }
    ++open;
    json.object();
    json.field("name", code.name);
    json.field("first_line", code.first_line);
    json.field("last_line", code.last_line);
    json.field("argcount", code.argcount);
    json.field("posonlyargcount", code.posonlyargcount);
    json.field("kwonlyargcount", code.kwonlyargcount);
    json.field("stacksize", code.stacksize);
    json.field("flags", code.flags);
    json.field("flag_names", flag_names(code.flags, report.facts));
    json.field("code_size", std::uint64_t{code.code_size});
    json.field("constants", std::uint64_t{code.constants});
    json.key("code");
    json.array();
  }
  for (; open > 0; --open) {
    json.end();
    json.end();
  }
}

}  // namespace

void print_error_json(const Error& error, support::JsonWriter& json) {
  json.key("error");
  json.object();
  json.field("code", error.code);
  json.field("detail", error.detail);
  if (error.offset) json.field("offset", *error.offset);
  json.end();
}

void print_info_json(const InfoReport& report, support::JsonWriter& json) {
  const marshal::PycHeader& header = report.header;
  json.object();
  json.field("file", report.file);
  json.field("size", std::uint64_t{report.size});
  json.field("implementation", to_string(header.implementation));
  json.field("version", header.version.to_string());
  json.field("magic", header.magic & 0xFFFFU);
  json.field("release", report.magic->release);
  json.field("header_size", std::uint32_t{header.size});
  json.field("flags", header.flags);
  json.field("invalidation", mode_name(header.invalidation()));
  if (header.invalidation() == marshal::Invalidation::Timestamp) {
    json.field("source_time", header.mtime);
    if (header.has_source_size()) json.field("source_size", header.source_size);
  } else {
    json.field("source_hash", hex(header.hash));
  }
  if (!report.source.empty()) json.field("source", report.source);
  json.field("state", state_name(report.state));
  if (report.freshness) json.field("comparison", reason_name(*report.freshness));
  if (report.problem) {
    print_error_json(*report.problem, json);
  } else {
    json.field("filename", report.filename);
    json.field("unused_bytes", std::uint64_t{report.trailing_size});
    json.key("code");
    print_tree_json(report, json);
  }
  json.end();
}

}  // namespace ouro::cli
