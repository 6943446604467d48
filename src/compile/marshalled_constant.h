// The bytes marshal writes for one constant standing alone: what frozensets are sorted by. Only the kinds that a set
// of constants can hold; objects that occur twice within the constant are written twice.
#pragma once

#include <string>

#include "code/constant_pool.h"

namespace ouro::compile {

[[nodiscard]] std::string marshalled_constant(const ConstantPool& pool, ConstId id);

}  // namespace ouro::compile
