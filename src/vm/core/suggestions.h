// "Did you mean": the name that is closest to a wrong one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ouro::vm {

/// The candidate that CPython would suggest for `wrong` (Python/suggestions.c: edit distance where another letter case costs
/// 1 and any other edit 2, at most a third of the length); empty: none is close enough.
[[nodiscard]] std::string closest_name(std::string_view wrong, const std::vector<std::string>& candidates);

}  // namespace ouro::vm
