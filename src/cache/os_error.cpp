#include "cache/os_error.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "support/utf8.h"

namespace ouro::cache {

std::string_view OsError::class_name() const {
  switch (number) {
    case EACCES:
    case EPERM: return "PermissionError";
    case ENOENT: return "FileNotFoundError";
    case EEXIST: return "FileExistsError";
    case EISDIR: return "IsADirectoryError";
    case ENOTDIR: return "NotADirectoryError";
    case EINTR: return "InterruptedError";
    default: return "OSError";
  }
}

std::string OsError::to_string() const {
  std::string text(class_name());
  text += ": ";
  if (!message.empty()) return text + message;
  char buffer[256];
  text += "[Errno " + std::to_string(number) + "] ";
  text += strerror_r(number, buffer, sizeof(buffer));
  if (!path.empty()) text += ": " + path_repr(path);
  return text;
}

std::string_view OsError::remedy() const {
  switch (number) {
    case EACCES:
    case EPERM: return "give write permission to the directory, or set PYTHONPYCACHEPREFIX to a writable one";
    case EROFS: return "the file system is read-only: set PYTHONPYCACHEPREFIX to a writable directory";
    case ENOSPC:
    case EDQUOT: return "free some space on that file system and run again; what is done stays done";
    case ENOENT: return "there is no such file: check its name, or run again if it was removed meanwhile";
    case EMFILE:
    case ENFILE: return "raise the limit of open files (ulimit -n) or use fewer threads (-j)";
    case ENAMETOOLONG: return "shorten the path, or set PYTHONPYCACHEPREFIX to a short one";
    case EEXIST: return "remove what stands in the cache's place";
    default: return {};
  }
}

std::string path_repr(std::string_view path) {
  const bool has_single = path.find('\'') != std::string_view::npos;
  const char quote = has_single && path.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  char buffer[16];
  for (std::size_t i = 0; i < path.size();) {
    const support::DecodedCodePoint step = support::decode_utf8(path, i, support::Surrogates::Reject);
    if (!step.valid) {
      // os.fsdecode: each undecodable byte becomes U+DC80 to U+DCFF.
      std::snprintf(buffer, sizeof(buffer), "\\udc%02x", static_cast<unsigned char>(path[i]));
      out += buffer;
      ++i;
      continue;
    }
    const std::uint32_t c = step.code_point;
    if (c == static_cast<std::uint32_t>(quote) || c == '\\') {
      out.push_back('\\');
      out.push_back(static_cast<char>(c));
    } else if (c == '\n' || c == '\r' || c == '\t') {
      out.push_back('\\');
      out.push_back(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0)) {
      std::snprintf(buffer, sizeof(buffer), "\\x%02x", c);
      out += buffer;
    } else {
      out.append(path.substr(i, step.length));
    }
    i += step.length;
  }
  out.push_back(quote);
  return out;
}

}  // namespace ouro::cache
