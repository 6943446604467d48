// Between the files of binascii.
#pragma once

#include <string_view>

#include "vm/core/binding.h"
#include "vm/core/protocol.h"
#include "vm/objects/bytes.h"

namespace ouro::vm::binascii {

/// An argument that is bytes-like or an ASCII str.
class AsciiInput {
 public:
  [[nodiscard]] bool open(Vm& vm, Value value);
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  BufferView view_;
  std::string_view bytes_;
};
Failed raise_error(Vm& vm, std::string_view message);

// base64.cpp
Ref a2b_base64(Vm& vm, Value self, Args& args);
Ref b2a_base64(Vm& vm, Value self, Args& args);
Ref a2b_uu(Vm& vm, Value self, Args& args);
Ref b2a_uu(Vm& vm, Value self, Args& args);
// quoted_printable.cpp
Ref a2b_qp(Vm& vm, Value self, Args& args);
Ref b2a_qp(Vm& vm, Value self, Args& args);

}  // namespace ouro::vm::binascii
